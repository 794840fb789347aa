/** Delay of a bus in the five meanings of the palette. */
import type { VehicleView } from './types.ts'

export type BusLevel = 'on_time' | 'slow' | 'late' | 'early' | 'unknown'

const EARLY_S = -60
const ON_TIME_S = 180
const LATE_S = 480

/** Early from 1 min, on time up to 3 min late, a little late up to 8 min, late above; unknown without a trip. */
export function delayLevel(bus: Pick<VehicleView, 'delay_s' | 'trip_id'>): BusLevel {
  if (bus.delay_s === null || bus.trip_id === null) return 'unknown'
  if (bus.delay_s < EARLY_S) return 'early'
  if (bus.delay_s <= ON_TIME_S) return 'on_time'
  return bus.delay_s <= LATE_S ? 'slow' : 'late'
}
