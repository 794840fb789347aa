/** The shapes of the road API: edges, bottlenecks, rain. */

import type { Text } from './types.ts'

export type Level = 'free' | 'slow' | 'congested' | 'blocked' | 'no_data'

export interface EdgeView {
  edge_index: number
  edge_id: string
  level: Level
  speed_mps: number | null
  sd_mps: number | null
  free_flow_mps: number | null
  usual_mps: number | null
  observations: number
  age_s: number | null
  time_ms: number
  /** Nobody drove here: estimated from what is near and what is usual. */
  imputed?: boolean
  traffic_mps?: number | null
  /** The 90 % interval of the speed. */
  low_mps?: number | null
  high_mps?: number | null
  /** 0 free … 10 closed. */
  jam_factor?: number | null
  travel_time_index?: number | null
  /** Level of service on streets of motorbikes, A … F. */
  motorcycle_level?: string | null
}

export interface EdgesBody {
  now_ms: number
  /** Minutes ahead; 0 is now. */
  at_min?: number
  made_ms?: number | null
  states: EdgeView[]
}

/** The roads as they stood at an earlier moment: only those that vehicles had shown. */
export interface PastEdgesBody {
  now_ms: number
  time_ms: number
  states: EdgeView[]
}

export interface EdgeDetail extends EdgeView {
  name: string | null
  class: string | null
  length_m: number
  history: { time_ms: number; speed_mps: number; sd_mps: number | null }[]
  forecast?: { time_ms: number; speed_mps: number; low_mps: number; high_mps: number; usual_mps: number | null }[]
}

/** What the archive kept of one edge. */
export interface EdgeChartBody {
  from_ms: number
  to_ms: number
  points: { time_ms: number; speed_mps: number | null; sd_mps: number | null }[]
}

export interface Bottleneck {
  name: string
  edge_indexes: number[]
  lost_s: number
  length_m: number
  speed_mps: number
  free_flow_mps: number
  lon: number
  lat: number
}

export interface BottlenecksBody {
  now_ms: number
  at_min?: number
  streets: Bottleneck[]
}

export interface Gauge {
  gauge_id: string
  source: string
  lon: number
  lat: number
  time_ms: number
  age_s: number
  period_s: number
  mm_h: number
  stale: boolean
}

export interface RainBody {
  now_ms: number
  gauges: Gauge[]
  sources: { source: string; time_ms: number; slowest: number; problems: Text[] }[]
}

/** What detection learnt from what staff said of one candidate. */
export interface Lesson {
  incident_id: string
  title: Text
  real: boolean
  reason: string | null
  actor: string
  /** Wall time. */
  judged_ms: number
  learnt: boolean
  /** By how much stronger evidence at this place must be now. */
  times: number
  kinds: string[]
  edge_indexes: number[]
  lon: number
  lat: number
}

export interface LearntBody {
  now_ms: number
  lessons: Lesson[]
  kinds: { kind: string; right: number; wrong: number; trust: number }[]
}
