/** Lines as the control room reads them. */
import type { AlertView, RouteHit } from '../core/types.ts'

export type Spacing = 'bunched' | 'even' | 'wide'

/** time_ms, distance_m, p10_ms, p90_ms of one stop ahead. */
export type CoursePoint = [number, number, number, number]

export interface LadderBus {
  vehicle_id: string
  trip_id: string | null
  time_ms: number
  distance_m: number
  delay_s: number | null
  phase: string
  ahead: string | null
  headway_s: number | null
  spacing: Spacing | null
  course: CoursePoint[]
}

export interface Ladder {
  direction_id: number
  headsign: string
  length_m: number
  planned_headway_s: number | null
  stops: { stop_id: string; name: string; distance_m: number }[]
  buses: LadderBus[]
}

export interface LineBody {
  now_ms: number
  route: RouteHit
  directions: Ladder[]
  alerts: AlertView[]
}

export interface LineRow {
  route: RouteHit
  buses: number
  late: number
  bunched: number
  wide: number
  alerts: Record<string, number>
  pain: number
}

export interface LinesBody {
  now_ms: number
  lines: LineRow[]
}
