/** The drawing of a line ahead in time: one string a bus, time to the right, the way of the line downwards. Pure. */
import type { Ladder, LadderBus } from './line_types.ts'

export const CHART = { width: 344, height: 320, left: 8, right: 8, top: 18, bottom: 22 }
/** So far ahead the strings are drawn. */
export const AHEAD_MS = 30 * 60_000
const NAMED = 5

export interface Scale {
  x: (ms: number) => number
  y: (metres: number) => number
}

export function scaleOf(ladder: Ladder, nowMs: number): Scale {
  const wide = CHART.width - CHART.left - CHART.right
  const high = CHART.height - CHART.top - CHART.bottom
  return {
    x: (ms) => CHART.left + (Math.min(AHEAD_MS, Math.max(0, ms - nowMs)) / AHEAD_MS) * wide,
    y: (metres) => CHART.top + (Math.min(ladder.length_m, Math.max(0, metres)) / Math.max(1, ladder.length_m)) * high,
  }
}

/** Where a bus is and will be, as [ms, metres], cut at the end of the drawing. */
export function pathOf(bus: LadderBus, nowMs: number): [number, number][] {
  const points: [number, number][] = [[nowMs, bus.distance_m]]
  for (const [ms, metres] of bus.course) {
    const [beforeMs, beforeM] = points.at(-1)!
    if (ms <= beforeMs || metres < beforeM) continue
    if (ms > nowMs + AHEAD_MS) {
      const share = (nowMs + AHEAD_MS - beforeMs) / (ms - beforeMs)
      points.push([nowMs + AHEAD_MS, beforeM + share * (metres - beforeM)])
      break
    }
    points.push([ms, metres])
  }
  return points
}

/** The area between two strings that run as one: along the leader, back along the follower. */
export function areaBetween(leader: LadderBus, follower: LadderBus, nowMs: number): [number, number][] {
  return [...pathOf(leader, nowMs), ...pathOf(follower, nowMs).reverse()]
}

/** A few stops to read the drawing by: the ends, and some between that do not cover one another. */
export function namedStops(ladder: Ladder): Ladder['stops'] {
  const least = ladder.length_m / NAMED
  const chosen: Ladder['stops'] = []
  for (const stop of ladder.stops) {
    const isLast = stop === ladder.stops.at(-1)
    const before = chosen.at(-1)
    if (isLast && before && chosen.length > 1 && stop.distance_m - before.distance_m < least * 0.6) chosen.pop()
    if (isLast || !before || stop.distance_m - before.distance_m >= least) chosen.push(stop)
  }
  return chosen
}

export const pointsText = (points: readonly [number, number][], { x, y }: Scale): string =>
  points.map(([ms, metres]) => `${x(ms).toFixed(1)},${y(metres).toFixed(1)}`).join(' ')
