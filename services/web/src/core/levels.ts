/** Delay of a bus in the meanings of the palette; old data has a look of its own and is never green. */
export type BusLevel = 'on_time' | 'slow' | 'late' | 'early' | 'unknown' | 'stale'

const EARLY_S = -60
const ON_TIME_S = 180
const LATE_S = 480
/** A bus that was silent for longer is drawn as old. */
export const STALE_MS = 120_000

/** Early from 1 min, on time up to 3 min late, a little late up to 8 min, late above; unknown without a trip. */
export function delayLevel(bus: { delay_s: number | null; trip_id?: string | null }): BusLevel {
  if (bus.delay_s === null || bus.trip_id === null) return 'unknown'
  if (bus.delay_s < EARLY_S) return 'early'
  if (bus.delay_s <= ON_TIME_S) return 'on_time'
  return bus.delay_s <= LATE_S ? 'slow' : 'late'
}

/** As `delayLevel`, but `stale` when the newest report is old. */
export const levelNow = (bus: { delay_s: number | null; trip_id?: string | null; time_ms: number }, nowMs: number): BusLevel =>
  nowMs - bus.time_ms > STALE_MS ? 'stale' : delayLevel(bus)
