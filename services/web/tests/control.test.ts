import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, inPainOrder, isAny, natural, readWanted } from '../src/control/fleet.ts'
import { findBuses } from '../src/control/find_buses.ts'
import { qualityNow, trailOf, weakest } from '../src/control/bus_facts.ts'
import type { Bus } from '../src/core/frames.ts'

const NOW = 1_000_000
const GOOD = { correct: 1, complete: 1, clean: 1, live: 1 }
const bus = (vehicle_id: string, more: Partial<Bus> = {}): Bus => ({
  vehicle_id,
  time_ms: NOW - 5_000,
  lon: 105.8,
  lat: 21,
  heading_deg: null,
  speed_mps: null,
  distance_m: null,
  route_id: 'r32',
  route_short_name: '32',
  shape: null,
  phase: 'in_service',
  probability: 1,
  delay_s: 0,
  quality: GOOD,
  source: 'ufms',
  ...more,
})
const FLEET = [
  bus('29B-100.01'),
  bus('29B-100.02', { delay_s: 700 }),
  bus('29B-100.03', { delay_s: 900, route_short_name: '09A' }),
  bus('29B-100.04', { time_ms: NOW - 300_000 }),
  bus('29B-100.05', { delay_s: null, phase: 'layover', quality: { ...GOOD, clean: 0.4 } }),
]
const chosen = (query: string, held: string[] = []) => {
  const { shown, counts, all } = choose(FLEET, readWanted(new URLSearchParams(query)), new Set(held), NOW)
  return { ids: shown.map((one) => one.vehicle_id.slice(-2)), counts, all }
}

test('without a filter every bus is shown and every one is counted once', () => {
  const { ids, counts, all } = chosen('')
  assert.deepEqual([ids.length, all], [5, 5])
  assert.deepEqual(counts.levels, { late: 2, slow: 0, on_time: 1, early: 0, unknown: 1, stale: 1 })
  assert.equal(isAny(readWanted(new URLSearchParams('tab=buses&sel=x'))), false)
})

test('kinds of one group are one or the other, groups are both', () => {
  assert.deepEqual(chosen('bus=late,stale').ids, ['02', '03', '04'])
  assert.deepEqual(chosen('bus=late&line=09A').ids, ['03'])
  assert.deepEqual(chosen('poor=1').ids, ['05'])
  assert.deepEqual(chosen('held=1', ['29B-100.02']).ids, ['02'])
  assert.deepEqual(chosen('phase=layover&source=ufms').ids, ['05'])
  assert.deepEqual(chosen('bus=nonsense').ids.length, 5)
})

test('the count of a filter tells what it would show beside the others', () => {
  const { counts } = chosen('bus=late&line=09A')
  assert.equal(counts.levels.late, 1)
  assert.equal(counts.levels.on_time, 0)
  assert.deepEqual([...counts.lines].sort(), [['09A', 1], ['32', 1]])
})

test('the worst buses are on top, and the order does not depend on the order they came in', () => {
  const order = (buses: Bus[]) => inPainOrder(buses, NOW).map((one) => one.vehicle_id.slice(-2))
  assert.deepEqual(order(FLEET), ['04', '03', '02', '01', '05'])
  assert.deepEqual(order([...FLEET].reverse()), order(FLEET))
})

test('lines are sorted as people count', () => assert.deepEqual(['22B', '9', '100', '22A'].sort(natural), ['9', '22A', '22B', '100']))

test('a plate is found without its signs, its end before its middle; a line finds its buses', () => {
  assert.deepEqual(findBuses(FLEET, '10003').map((one) => one.vehicle_id), ['29B-100.03'])
  assert.equal(findBuses(FLEET, '29b')[0]!.vehicle_id, '29B-100.01')
  assert.deepEqual(findBuses(FLEET, '09a').map((one) => one.vehicle_id), ['29B-100.03'])
  assert.deepEqual(findBuses(FLEET, ' .- '), [])
})

test('the score of being live goes on falling while a bus is silent', () => {
  assert.equal(qualityNow(GOOD, 60_000).live, 1)
  assert.ok(Math.abs(qualityNow(GOOD, 345_000).live - 0.5) < 0.01)
  assert.equal(qualityNow({ ...GOOD, live: 0.2 }, 0).live, 0.2)
  assert.equal(qualityNow(GOOD, 900_000).live, 0)
})

test('the weakest score is named, and nothing is where all are good', () => {
  assert.equal(weakest({ ...GOOD, complete: 0.7, clean: 0.4 }), 'clean')
  assert.equal(weakest({ ...GOOD, complete: 0.85 }), null)
})

test('a trail has a length and a time', () => {
  const { metres, seconds } = trailOf([[0, 105.8, 21], [60_000, 105.8, 21.01]])
  assert.deepEqual([Math.round(metres), seconds], [1112, 60])
  assert.deepEqual(trailOf([]), { metres: 0, seconds: 0 })
})
