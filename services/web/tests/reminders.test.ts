import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arrival } from '../src/core/types.ts'
import { keyOf, type Contact } from '../src/rider/arrivals.ts'
import { dueRings } from '../src/rider/reminders.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000
const contact: Contact = { lost: false, silentMs: 0, nowMs: NOW } as Contact

function arrival(more: Partial<Arrival>): Arrival {
  return {
    trip_id: 'T', start_date: '2026-02-16', route_id: 'R', route_short_name: '32', headsign: 'Nhổn', stop_id: 'S',
    status: 'live', vehicle_id: 'V', eta_ms: NOW + 9 * MINUTE, p10_ms: null, p50_ms: null, p90_ms: null, scheduled_ms: null,
    delay_s: 0, reason: null, made_at_ms: NOW, fix_time_ms: NOW, at_stop_name: null, stops_away: null,
    standing_since_ms: null, is_next_trip: false, stop_lon: null, stop_lat: null, ...more,
  }
}

const near = arrival({ trip_id: 'near', eta_ms: NOW + 5.5 * MINUTE })
const far = arrival({ trip_id: 'far' })
const gone = arrival({ trip_id: 'gone', status: 'not_coming', eta_ms: NOW + 20 * MINUTE })
const asked = new Set([near, far, gone].map(keyOf))

test('a reminder rings five minutes before the time shown, and not for a bus that nobody asked for', () => {
  assert.deepEqual(dueRings([near, far], asked, contact).map((ring) => ring.arrival.trip_id), ['near'])
  assert.deepEqual(dueRings([near, far], new Set(), contact), [])
})

test('a bus that made up time rings as soon as it is near, however far it was when it was asked for', () => {
  const hurried = { ...far, eta_ms: NOW + 1 * MINUTE }
  assert.deepEqual(dueRings([hurried], asked, contact).map((ring) => ring.minutes), [1])
})

test('a bus that is said not to come rings at once and says so', () => {
  assert.deepEqual(dueRings([gone], asked, contact).map((ring) => ring.comes), [false])
})

test('while contact is lost nothing rings: the minutes stand', () => {
  assert.deepEqual(dueRings([near], asked, { ...contact, lost: true }), [])
})
