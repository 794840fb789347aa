import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AlertView, Arrival, ArrivalsBody } from '../src/core/types.ts'
import { contactOf, insteadOf, keyOf, laterOf, steadyOrder, whenOf } from '../src/rider/arrivals.ts'
import { groupAlerts } from '../src/rider/alert_groups.ts'
import { heightOf, placeOnLadder, STEP_PX } from '../src/rider/ladder.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000

function arrival(more: Partial<Arrival>): Arrival {
  return {
    trip_id: 'T', start_date: '2026-02-16', route_id: 'R', route_short_name: '32', headsign: 'Nhổn', stop_id: 'S',
    status: 'live', vehicle_id: 'V', eta_ms: NOW + 4.6 * MINUTE, p10_ms: NOW + 3.2 * MINUTE, p50_ms: NOW + 5 * MINUTE,
    p90_ms: NOW + 6.1 * MINUTE, scheduled_ms: null, delay_s: 0, reason: null, made_at_ms: NOW, fix_time_ms: NOW,
    at_stop_name: null, stops_away: null, standing_since_ms: null, is_next_trip: false, stop_lon: null, stop_lat: null, ...more,
  }
}

test('alerts with the same words are one row that says how often, the newest on top', () => {
  const alert = (id: string, started_ms: number, words: string): AlertView => ({
    alert_id: id, kind: 'stuck', started_ms, updated_ms: NOW, ended_ms: null, text: { vi: words, en: words },
    vehicle_id: null, route_id: null, trip_id: null, lon: null, lat: null,
  })
  const groups = groupAlerts([alert('a', 1, 'Tuyến 32'), alert('b', 2, 'Tuyến 09'), alert('c', 3, 'Tuyến 32')])
  assert.deepEqual(groups.map(({ alert: { alert_id }, starts }) => [alert_id, starts]), [['c', [1, 3]], ['b', [2]]])
})

test('minutes are rounded down and the range is rounded outwards', () => {
  assert.deepEqual(whenOf(arrival({}), NOW), { due: false, minutes: 4, range: [3, 7] })
})

test('a bus less than a minute away is due, and one that should be here never counts below zero', () => {
  assert.equal(whenOf(arrival({ eta_ms: NOW + 59_000 }), NOW).due, true)
  assert.deepEqual(whenOf(arrival({ eta_ms: NOW - 90_000, p10_ms: NOW - 120_000, p90_ms: NOW - 60_000 }), NOW), { due: true, minutes: 0, range: null })
})

test('a planned time and a stale one have no range, because none is known', () => {
  assert.equal(whenOf(arrival({ status: 'planned' }), NOW).range, null)
  assert.equal(whenOf(arrival({ status: 'stale' }), NOW).range, null)
})

test('a bus that does not run offers the next of its line, else another line to the same place', () => {
  const missing = arrival({ trip_id: 'gone', status: 'not_coming', scheduled_ms: NOW })
  const next = arrival({ trip_id: 'next', eta_ms: NOW + 15 * MINUTE })
  const other = arrival({ trip_id: 'other', route_id: 'Q', eta_ms: NOW + 5 * MINUTE })
  assert.equal(insteadOf(missing, [missing, other, next]), next)
  assert.equal(insteadOf(missing, [missing, other]), other)
  assert.equal(insteadOf(missing, [missing]), null)
})

test('later buses are of the same line and direction', () => {
  const first = arrival({})
  const later = arrival({ trip_id: 'later', eta_ms: NOW + 20 * MINUTE })
  const back = arrival({ trip_id: 'back', headsign: 'Giáp Bát', eta_ms: NOW + 20 * MINUTE })
  assert.deepEqual(laterOf(first, [first, later, back]), [later])
})

test('while a finger is on the list the known rows stay and new ones come at the end', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((trip_id) => arrival({ trip_id })) as [Arrival, Arrival, Arrival]
  assert.deepEqual(steadyOrder([c, a, b], keyOf, [keyOf(b), keyOf(a)]), [b, a, c])
})

test('minutes stand still when the server has been silent, at the moment it was last heard', () => {
  const body: ArrivalsBody = { stop: { stop_id: 'S', name: 'S', lon: 0, lat: 0, routes: [], distance_m: null }, now_ms: NOW, newest_fix_ms: NOW, arrivals: [], alerts: [] }
  assert.equal(contactOf(body, 1_000, 0, 11_000, NOW + 10_000, 1).lost, false)
  const lost = contactOf(body, 1_000, 6_000, 186_000, NOW + 185_000, 1)
  assert.deepEqual(lost, { lost: true, silentMs: 180_000, nowMs: NOW + 5_000 })
})

test('a bus between two stops stands between them on the ladder', () => {
  const stops = [0, 400, 1000].map((distance_m, i) => ({ stop_id: String(i), name: '', lon: 0, lat: 0, distance_m }))
  assert.equal(heightOf(stops, 200), 0.5 * STEP_PX)
  assert.equal(heightOf(stops, 700), 1.5 * STEP_PX)
  assert.equal(heightOf(stops, -50), 0)
  assert.equal(heightOf(stops, 5000), 2 * STEP_PX)
})

test('buses close together keep their order on the ladder and do not cover each other', () => {
  const stops = [0, 1000].map((distance_m, i) => ({ stop_id: String(i), name: '', lon: 0, lat: 0, distance_m }))
  const placed = placeOnLadder(stops, [{ vehicle_id: 'b', distance_m: 110 }, { vehicle_id: 'a', distance_m: 100 }] as never)
  assert.deepEqual(placed.map((one) => one.bus.vehicle_id), ['a', 'b'])
  assert.ok(placed[1]!.y - placed[0]!.y >= 26)
})
