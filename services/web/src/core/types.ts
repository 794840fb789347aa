/** The shapes of the HTTP API, as ARCHITECTURE.md gives them. Times are integer ms UTC, places lon, lat. */

export interface Text {
  vi: string
  en: string
}

export interface Clock {
  now_ms: number
  speed: number
  played: boolean
}

export interface City {
  id: string
  name: Text
  timezone: string
  bbox: [number, number, number, number]
  origin: 'import' | 'sample'
  languages: string[]
  parts: { gtfs: boolean; network: boolean; cameras: boolean; roster: boolean; map: boolean }
  calendar: { first_date: string; last_date: string; ended: boolean; repeat: boolean } | null
  doubts: Text[]
  clock: Clock
  setup_needed: boolean
}

export interface StopHit {
  stop_id: string
  name: string
  lon: number
  lat: number
  routes: string[]
  distance_m: number | null
}

export interface RouteHit {
  route_id: string
  short_name: string
  long_name: string
  color: string | null
}

export interface StreetHit {
  name: string
  edge_index: number
  lon: number
  lat: number
}

export interface SearchHits {
  stops: StopHit[]
  routes: RouteHit[]
  streets?: StreetHit[]
}

export type ArrivalStatus = 'live' | 'stale' | 'planned' | 'not_coming'

export interface Arrival {
  trip_id: string
  start_date: string
  route_id: string
  route_short_name: string
  headsign: string | null
  stop_id: string
  status: ArrivalStatus
  vehicle_id: string | null
  eta_ms: number
  p10_ms: number | null
  p50_ms: number | null
  p90_ms: number | null
  scheduled_ms: number | null
  delay_s: number | null
  reason: Text | null
  made_at_ms: number | null
  fix_time_ms: number | null
  at_stop_name: string | null
  stops_away: number | null
  /** Since when its bus stands where it should not. */
  standing_since_ms: number | null
  /** Its bus still runs another trip; the layover lies between. */
  is_next_trip: boolean
  /** Where this bus calls: which of the place's platforms or sides. */
  stop_lon: number | null
  stop_lat: number | null
}

export interface AlertView {
  alert_id: string
  kind: string
  started_ms: number
  updated_ms: number
  ended_ms: number | null
  text: Text
  vehicle_id: string | null
  route_id: string | null
  trip_id: string | null
  lon: number | null
  lat: number | null
  detour?: { line: [number, number][]; missed_stop_ids: string[] } | null
}

export interface Disruptions {
  now_ms: number
  alerts: AlertView[]
  incidents: { id: string; text: Text; route_ids: string[]; routes: string[]; lon: number; lat: number; since_ms: number }[]
}

export interface ArrivalsBody {
  stop: StopHit
  now_ms: number
  newest_fix_ms: number | null
  arrivals: Arrival[]
  alerts: AlertView[]
}

export interface Quality {
  correct: number
  complete: number
  clean: number
  live: number
}

export interface VehicleView {
  vehicle_id: string
  time_ms: number
  lon: number
  lat: number
  heading_deg: number | null
  speed_mps: number | null
  route_id: string | null
  route_short_name: string | null
  headsign: string | null
  direction_id: number | null
  trip_id: string | null
  phase: string
  probability: number
  delay_s: number | null
  distance_m: number | null
  next_stop_id: string | null
  next_stop_name: string | null
  source: string
  quality: Quality
}

export interface VehicleDetail extends VehicleView {
  trail: [number, number, number][]
  next_stops: { stop_id: string; name: string; lon: number | null; lat: number | null; eta_ms: number; p10_ms: number; p50_ms: number; p90_ms: number }[]
  reason: Text | null
}

export interface VehiclesBody {
  now_ms: number
  vehicles: VehicleView[]
}

export interface RouteStop {
  stop_id: string
  name: string
  lon: number
  lat: number
  distance_m: number
}

export interface RouteDirection {
  direction_id: number
  headsign: string | null
  stops: RouteStop[]
  shape: [number, number][]
  length_m: number
}

export interface RouteBody {
  route: RouteHit
  directions: RouteDirection[]
  vehicles: VehicleView[]
  alerts: AlertView[]
}

export interface Overview {
  now_ms: number
  alarms: number
  vehicles_live: number
  /** Those that should be heard now; parked ones need not. */
  vehicles_expected: number
  vehicles_parked: number
  vehicles_known: number
  on_time_share: number | null
  travel_time_index: number | null
  feeds_late: number
  cameras_ok: number
  cameras: number
}

export interface FeedView {
  source: string
  time_ms: number
  newest_fix_ms: number | null
  age_s: number | null
  fixes: number
  vehicles: number
  vehicles_live: number
  quality: Quality
  verdicts: Record<string, number>
  worst: Text | null
  at_fault: { vehicle_id: string; rule: string; count: number }[]
}

export type IncidentAction = 'verify' | 'dismiss' | 'respond' | 'clear' | 'close' | 'undo'

export type Depth = 'wet' | 'shallow' | 'knee' | 'deep'

export interface IncidentView {
  incident_id: string
  state: string
  kind: string
  lon: number
  lat: number
  started_ms: number
  updated_ms: number
  probability: number
  title: Text
  why: Text
  evidence: {
    edge_ids: string[]
    edge_indexes: number[]
    vehicle_ids: string[]
    route_ids: string[]
    camera_ids: string[]
    speed_mps: number | null
    usual_mps: number | null
    /** Each kind of evidence in a sentence, and by how much it raises the natural logarithm of the odds. */
    findings?: { kind: string; text: Text; log_odds: number }[]
  }
  source: string
  flood?: Depth | null
  passable?: string[] | null
  actions: IncidentAction[]
  log: {
    time_ms: number
    actor: string
    action: string
    note: string | null
    from_state: string | null
    to_state: string | null
  }[]
}

export interface CameraCount {
  approach_id: string
  start_ms: number
  end_ms: number
  counts: Record<string, number>
  occupancy: number | null
  /** How far back from the line the standing queue reached, and how many stood in it; null where nobody measures it. */
  queue_m: number | null
  queue_vehicles: number | null
  queue_since_ms: number | null
  /** For how much of the interval pictures came and were looked at; null: all of it. */
  watched_s: number | null
  model_sha256: string | null
}

export type CircumstanceKind = 'officer' | 'priority_vehicle' | 'crash' | 'breakdown' | 'works' | 'signal_off'

/** What people say is before a camera; it excuses acts there. No approach: at all of them. */
export interface Circumstance {
  kind: CircumstanceKind
  approach_id: string | null
  since_ms: number
  until_ms: number | null
}

export interface CameraView {
  camera_id: string
  name: Text
  lon: number
  lat: number
  state: string
  since_ms: number | null
  time_ms: number | null
  frames: number
  skipped: number
  live: number
  rules: string[]
  text: Text
  /** The detector that watched it last; null where none did, and text says why. */
  model_sha256: string | null
  /** Whether it has a stream; one without is planned, or only counts. */
  pictures: boolean
  approaches: string[]
  counts: CameraCount[]
  circumstances: Circumstance[]
}

export interface CaseRow {
  case_id: string
  candidate_id: string
  camera_id: string
  camera_name: Text
  rule: string
  time_ms: number
  status: 'open' | 'approved' | 'rejected'
  plate: string | null
  plate_confidence: number
  plate_partial: string | null
  plate_doubt: string | null
  confidence: number
  road_user: string
  has_picture: boolean
}

export interface CasesBody {
  cases: CaseRow[]
  counts: Record<string, number>
  oldest_ms: number | null
}

export interface LampSpan {
  colour: string
  start_ms: number
  end_ms: number
}

export interface TrackPoint {
  time_ms: number
  box: [number, number, number, number]
  confidence: number
}

export interface CaseDetail extends CaseRow {
  measured: Record<string, number>
  uncertainty_s: number
  clause: { id: string; text: Text; in_force_from: string } | null
  timeline: LampSpan[]
  track: TrackPoint[]
  frame_size: [number, number]
  stop_line: [[number, number], [number, number]] | null
  lamps: unknown
  exceptions: Record<string, string>
  versions: Record<string, string>
  files: { name: string; media_type: string; bytes: number; sha256: string }[]
  clip: { file: string; start_ms: number; end_ms: number; frame_ms: number[]; lacks: string[] } | null
  has_copy: boolean
  original_until_ms: number | null
  verification: { ok: boolean; text: Text }
  log: { time_ms: number; actor: string; action: string; note: string | null }[]
  decision: { verdict: string; reason_code: string | null; text: string | null; actor: string; time_ms: number } | null
}

export interface Me {
  user: { name: string; roles: string[] } | null
  csrf: string
  setup_needed: boolean
}

export interface OpenFeed {
  id: string
  standard: string
  text: Text
  experimental: boolean
  forms: { path: string; media_type: string }[]
  entities: number | null
}

export interface OpenFeeds {
  made_ms: number
  refresh_s: number
  static: { path: string; sha256: string; bytes: number; version: string | null; modified_ms: number; timezone: string; first_date: string | null; last_date: string | null } | null
  feeds: OpenFeed[]
}

export interface Reason {
  code: string
  text: Text
}

/** Shares of what riders were told, null of nothing; `late_s` is how much later than said buses came. */
export interface Right {
  answers: number
  accurate: number | null
  covered: number | null
  missed: number | null
  late_s: number | null
}

export interface LineRight extends Right {
  route: RouteHit
}

export interface Accuracy {
  now_ms: number
  hours: number
  accurate: number | null
  all: Right
  bins: (Right & { from_s: number; to_s: number })[]
  lines: LineRight[]
}
