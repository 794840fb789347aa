/** What can be worked out of a bus's data: its scores now, the weakest of them, its trail. */
import type { Quality } from '../core/types.ts'

const LIVE_S = 90
const GONE_S = 600
const GOOD = 0.8

/** The scores as they are now: `live` goes on falling while a bus is silent, from 1 at 90 s to 0 at ten minutes. */
export function qualityNow(quality: Quality, ageMs: number): Quality {
  const live = Math.min(1, Math.max(0, 1 - (ageMs / 1000 - LIVE_S) / (GONE_S - LIVE_S)))
  return { ...quality, live: Math.min(quality.live, live) }
}

/** The weakest of the four scores, null where all are good. */
export function weakest(quality: Quality): keyof Quality | null {
  const names = ['correct', 'complete', 'clean', 'live'] as const
  const low = names.reduce((least, name) => (quality[name] < quality[least] ? name : least))
  return quality[low] < GOOD ? low : null
}

/** Metres and seconds of a trail. */
export function trailOf(trail: readonly [number, number, number][]): { metres: number; seconds: number } {
  let metres = 0
  for (let i = 1; i < trail.length; i += 1) {
    const [[, west, south], [, east, north]] = [trail[i - 1]!, trail[i]!]
    metres += 111_195 * Math.hypot((east - west) * Math.cos((north * Math.PI) / 180), north - south)
  }
  return { metres, seconds: trail.length > 1 ? (trail.at(-1)![0] - trail[0]![0]) / 1000 : 0 }
}
