/** How a bus moves between two reports: along its line's shape where it keeps to it, never through houses, never in jumps. */

/** A line in the map's own square (web mercator, 0 to 1, y down) with the metres along it. */
export interface Track {
  x: Float64Array
  y: Float64Array
  along: Float64Array
}

export interface Spot {
  x: number
  y: number
  /** Degrees clockwise from north; null while it stands or is not known. */
  heading: number | null
}

/** One report as the map needs it. */
export interface Report extends Spot {
  timeMs: number
  along: number | null
}

export interface Glide {
  startMs: number
  spanMs: number
  timeMs: number
  from: Spot
  to: Spot
  way: Way | null
}

interface Way {
  track: Track
  fromM: number
  toM: number
  /** Beside the track at both ends, in the map's square: a detour keeps its distance, noise is pulled in. */
  fromOff: [number, number]
  toOff: [number, number]
}

const EARTH_M = 40_075_016.686
const SHORTEST_MS = 800
const LONGEST_MS = 20_000
/** A glide takes a little longer than reports are apart, so that a late report does not make the bus stop and go. */
const STRETCH = 1.15
/** Further than this a bus is not shown driving there. */
const FAR_M = 900
/** Within this of its line a bus is drawn on it. */
const NEAR_M = 40
const BESIDE_M = 200
/** Small steps back along the line are noise: the bus waits. */
const BACK_M = 60

export const mercatorX = (lon: number): number => lon / 360 + 0.5
export const mercatorY = (lat: number): number => 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)
/** Metres of one unit of the map's square at a height in it. */
export const metresPerUnit = (y: number): number => EARTH_M / Math.cosh(2 * Math.PI * (0.5 - y))

export function makeTrack(lon: readonly number[], lat: readonly number[], along: readonly number[]): Track {
  return { x: Float64Array.from(lon, mercatorX), y: Float64Array.from(lat, mercatorY), along: Float64Array.from(along) }
}

export function spotAt({ x, y, along }: Track, metres: number): Spot {
  let low = 0
  let high = along.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (along[middle]! <= metres) low = middle
    else high = middle
  }
  const length = along[high]! - along[low]!
  const share = length > 0 ? Math.min(1, Math.max(0, (metres - along[low]!) / length)) : 0
  const dx = x[high]! - x[low]!
  const dy = y[high]! - y[low]!
  return { x: x[low]! + dx * share, y: y[low]! + dy * share, heading: (Math.atan2(dx, -dy) * 180) / Math.PI }
}

/** The metres along a track where it is nearest to a spot, looked for between two ways along; null when it is far. */
export function nearestAlong({ x, y, along }: Track, spot: Spot, fromM: number, toM: number): number | null {
  let best = (BESIDE_M / metresPerUnit(spot.y)) ** 2
  let found: number | null = null
  for (let i = 1; i < along.length; i += 1) {
    if (along[i]! < fromM || along[i - 1]! > toM) continue
    const dx = x[i]! - x[i - 1]!
    const dy = y[i]! - y[i - 1]!
    const square = dx * dx + dy * dy
    const share = square > 0 ? Math.min(1, Math.max(0, ((spot.x - x[i - 1]!) * dx + (spot.y - y[i - 1]!) * dy) / square)) : 0
    const away = (x[i - 1]! + dx * share - spot.x) ** 2 + (y[i - 1]! + dy * share - spot.y) ** 2
    if (away < best) {
      best = away
      found = along[i - 1]! + (along[i]! - along[i - 1]!) * share
    }
  }
  return found
}

export const shareOf = (glide: Glide, nowMs: number): number =>
  glide.spanMs <= 0 ? 1 : Math.min(1, Math.max(0, (nowMs - glide.startMs) / glide.spanMs))
export const isGliding = (glide: Glide, nowMs: number): boolean => nowMs < glide.startMs + glide.spanMs

/** Where a bus is drawn at a moment. */
export function placeOf(glide: Glide, nowMs: number): Spot {
  const share = shareOf(glide, nowMs)
  const { from, to, way } = glide
  if (share >= 1) return to
  if (!way) return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share, heading: to.heading }
  const spot = spotAt(way.track, way.fromM + (way.toM - way.fromM) * share)
  const eased = share * share * (3 - 2 * share)
  return {
    x: spot.x + way.fromOff[0] + (way.toOff[0] - way.fromOff[0]) * eased,
    y: spot.y + way.fromOff[1] + (way.toOff[1] - way.fromOff[1]) * eased,
    heading: to.heading === null ? null : spot.heading,
  }
}

const rest = (report: Report, nowMs: number): Glide => ({ startMs: nowMs, spanMs: 0, timeMs: report.timeMs, from: report, to: report, way: null })

/** The glide to a new report, from where the bus is drawn now. */
export function nextGlide(before: Glide | undefined, report: Report, track: Track | null, nowMs: number, speed: number, calm: boolean): Glide {
  const way = track && report.along !== null ? endOf(track, report, report.along) : null
  const to: Spot = way ? { x: way.spot.x + way.off[0], y: way.spot.y + way.off[1], heading: report.heading === null ? null : way.spot.heading } : report
  const there = { ...report, ...to }
  if (!before || calm || report.timeMs < before.timeMs) return rest(there, nowMs)
  const from = placeOf(before, nowMs)
  if (Math.hypot(to.x - from.x, to.y - from.y) * metresPerUnit(to.y) > FAR_M) return rest(there, nowMs)
  const apartMs = (report.timeMs - before.timeMs) / Math.max(0.1, speed)
  const spanMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, apartMs * STRETCH))
  const glide: Glide = { startMs: nowMs, spanMs, timeMs: report.timeMs, from, to, way: null }
  if (track && way && report.along !== null) glide.way = wayBetween(before, nowMs, from, track, way.off, report.along)
  if (glide.way && glide.way.toM !== report.along) glide.to = besideTrack(glide.way, to.heading)
  return glide
}

/** The end of a glide on its track: on it when near, beside it when on a detour; null when it is elsewhere. */
function endOf(track: Track, report: Report, along: number): { spot: Spot; off: [number, number] } | null {
  const spot = spotAt(track, along)
  const off: [number, number] = [report.x - spot.x, report.y - spot.y]
  const awayM = Math.hypot(...off) * metresPerUnit(report.y)
  if (awayM > BESIDE_M) return null
  return { spot, off: awayM <= NEAR_M ? [0, 0] : off }
}

function besideTrack({ track, toM, toOff }: Way, heading: number | null): Spot {
  const spot = spotAt(track, toM)
  return { x: spot.x + toOff[0], y: spot.y + toOff[1], heading: heading === null ? null : spot.heading }
}

function wayBetween(before: Glide, nowMs: number, from: Spot, track: Track, toOff: [number, number], along: number): Way | null {
  const fromM =
    before.way?.track === track
      ? before.way.fromM + (before.way.toM - before.way.fromM) * shareOf(before, nowMs)
      : nearestAlong(track, from, along - FAR_M, along + 4 * BACK_M)
  if (fromM === null) return null
  const toM = along < fromM && fromM - along < BACK_M ? fromM : along
  const spot = spotAt(track, fromM)
  return { track, fromM, toM, fromOff: [from.x - spot.x, from.y - spot.y], toOff }
}
