/** Buses glide between two reports instead of jumping; far jumps and calm motion do not glide. */
export interface Moving {
  fromLon: number
  fromLat: number
  toLon: number
  toLat: number
  startMs: number
  durationMs: number
}

const SHORTEST_MS = 800
const LONGEST_MS = 8_000
const FAR_DEG = 0.006

export function placeAt(moving: Moving, nowMs: number): [number, number] {
  const share = moving.durationMs <= 0 ? 1 : Math.min(1, Math.max(0, (nowMs - moving.startMs) / moving.durationMs))
  return [moving.fromLon + (moving.toLon - moving.fromLon) * share, moving.fromLat + (moving.toLat - moving.fromLat) * share]
}

/** The next glide of a bus, from where it is drawn now to its new report, as long as the reports are apart. */
export function glideTo(before: Moving | undefined, lon: number, lat: number, nowMs: number, calm: boolean): Moving {
  const rest = { fromLon: lon, fromLat: lat, toLon: lon, toLat: lat, startMs: nowMs, durationMs: 0 }
  if (!before || calm) return rest
  if (before.toLon === lon && before.toLat === lat) return before
  const [fromLon, fromLat] = placeAt(before, nowMs)
  if (Math.abs(fromLon - lon) > FAR_DEG || Math.abs(fromLat - lat) > FAR_DEG) return rest
  const durationMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, nowMs - before.startMs))
  return { fromLon, fromLat, toLon: lon, toLat: lat, startMs: nowMs, durationMs }
}

export const isMoving = (moving: Moving, nowMs: number): boolean => nowMs < moving.startMs + moving.durationMs
