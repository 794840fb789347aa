/** What a rider is told about one arrival: pure rules, no page. */
import type { Arrival, ArrivalsBody } from '../core/types.ts'

const MINUTE_MS = 60_000
/** Below this a bus is "due". */
const DUE_MS = MINUTE_MS
/** Contact lost for longer than this stops every countdown. */
export const CONTACT_LOST_MS = 30_000
/** Ages above this are red. */
export const OLD_MS = 120_000

export interface When {
  due: boolean
  minutes: number
  /** Honest range in whole minutes, from the 10 % to the 90 % quantile; null where unknown or a single minute. */
  range: [number, number] | null
}

/** Minutes are rounded down: a rider who is told 4 must never find the bus gone after 4. */
export function whenOf(arrival: Arrival, nowMs: number): When {
  const left = arrival.eta_ms - nowMs
  const minutes = Math.max(0, Math.floor(left / MINUTE_MS))
  const due = left < DUE_MS
  if (arrival.p10_ms === null || arrival.p90_ms === null || arrival.status !== 'live') {
    return { due, minutes, range: null }
  }
  const from = Math.max(0, Math.min(minutes, Math.floor((arrival.p10_ms - nowMs) / MINUTE_MS)))
  const to = Math.max(minutes, Math.ceil((arrival.p90_ms - nowMs) / MINUTE_MS))
  return { due, minutes, range: to > from && to > 0 ? [from, to] : null }
}

export const keyOf = (arrival: Arrival): string => `${arrival.trip_id}|${arrival.start_date}|${arrival.stop_id}`

/** The next bus in place of one that does not run: the same line first, else another line to the same place. */
export function insteadOf(missing: Arrival, arrivals: readonly Arrival[]): Arrival | null {
  const later = arrivals.filter((a) => a.status !== 'not_coming' && keyOf(a) !== keyOf(missing) && a.eta_ms >= (missing.scheduled_ms ?? 0))
  // A place has both directions of a line: only those that go the same way help.
  const place = later.filter((a) => a.headsign === missing.headsign)
  return place.find((a) => a.route_id === missing.route_id) ?? place.find((a) => a.headsign !== null) ?? null
}

/** Later buses of the same line and direction. */
export const laterOf = (arrival: Arrival, arrivals: readonly Arrival[]): Arrival[] =>
  arrivals.filter(
    (a) => a.route_id === arrival.route_id && a.headsign === arrival.headsign && a.eta_ms > arrival.eta_ms && a.status !== 'not_coming',
  )

/** Keep the order that is under the finger: known ones stay where they are, new ones come at the end. */
export function steadyOrder<T>(items: readonly T[], key: (item: T) => string, before: readonly string[]): T[] {
  const rank = new Map(before.map((name, index) => [name, index]))
  const known = items.filter((item) => rank.has(key(item)))
  known.sort((a, b) => rank.get(key(a))! - rank.get(key(b))!)
  return [...known, ...items.filter((item) => !rank.has(key(item)))]
}

export interface Contact {
  lost: boolean
  /** Wall time since the last contact. */
  silentMs: number
  /** City time at which the minutes stand. */
  nowMs: number
}

/** Whether minutes may run on: only while the server was heard from lately. */
export function contactOf(body: ArrivalsBody, receivedAt: number, heardAt: number, wallNow: number, cityNow: number, speed: number): Contact {
  const last = Math.max(receivedAt, heardAt)
  const silentMs = Math.max(0, wallNow - last)
  if (silentMs <= CONTACT_LOST_MS) return { lost: false, silentMs, nowMs: cityNow }
  return { lost: true, silentMs, nowMs: body.now_ms + Math.max(0, last - receivedAt) * speed }
}
