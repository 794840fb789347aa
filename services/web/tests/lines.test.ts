import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertsByKind } from '../src/control/alert_kinds.ts'
import type { Ladder, LadderBus } from '../src/control/line_types.ts'
import { AHEAD_MS, areaBetween, CHART, namedStops, pathOf, scaleOf } from '../src/control/strings.ts'
import type { AlertView } from '../src/core/types.ts'

const NOW = 1_800_000_000_000
const MINUTE = 60_000

const bus = (more: Partial<LadderBus>): LadderBus => ({
  vehicle_id: 'A', trip_id: 'T', time_ms: NOW, distance_m: 1000, delay_s: 0, phase: 'in_service', ahead: null, headway_s: null, spacing: null,
  course: [[NOW + 10 * MINUTE, 3000, NOW + 9 * MINUTE, NOW + 12 * MINUTE], [NOW + 40 * MINUTE, 9000, NOW + 38 * MINUTE, NOW + 44 * MINUTE]], ...more,
})
const ladder = (metres: number[]): Ladder => ({
  direction_id: 0, headsign: 'Nhổn', length_m: metres.at(-1)!, planned_headway_s: 600, buses: [],
  stops: metres.map((distance_m, i) => ({ stop_id: `S${i}`, name: `S${i}`, distance_m })),
})

test('a string begins where the bus is and is cut at the edge of the drawing', () => {
  const path = pathOf(bus({}), NOW)
  assert.deepEqual(path[0], [NOW, 1000])
  assert.deepEqual(path.at(-1), [NOW + AHEAD_MS, 7000])
})

test('a string never runs back in time or along the line', () => {
  const path = pathOf(bus({ course: [[NOW - MINUTE, 2000, NOW, NOW], [NOW + MINUTE, 500, NOW, NOW], [NOW + 2 * MINUTE, 1500, NOW, NOW]] }), NOW)
  assert.deepEqual(path, [[NOW, 1000], [NOW + 2 * MINUTE, 1500]])
})

test('the area between two buses goes along one and back along the other', () => {
  const area = areaBetween(bus({ course: [] }), bus({ distance_m: 400, course: [] }), NOW)
  assert.deepEqual(area, [[NOW, 1000], [NOW, 400]])
})

test('everything lies inside the drawing', () => {
  const { x, y } = scaleOf(ladder([0, 5000, 10_000]), NOW)
  for (const ms of [NOW - MINUTE, NOW, NOW + 2 * AHEAD_MS]) assert.ok(x(ms) >= CHART.left && x(ms) <= CHART.width - CHART.right)
  for (const metres of [-5, 0, 20_000]) assert.ok(y(metres) >= CHART.top && y(metres) <= CHART.height - CHART.bottom)
})

test('the ends of a line are always named, and names do not cover one another', () => {
  const named = namedStops(ladder([0, 100, 200, 2000, 4100, 6200, 9800, 10_000])).map((stop) => stop.distance_m)
  assert.deepEqual([named[0], named.at(-1)], [0, 10_000])
  assert.ok(named.slice(1).every((metres, i) => metres - named[i]! >= 1000))
})

test('alerts stand by kind, what hurts riders most on top, the newest first in each', () => {
  const alert = (kind: string, started_ms: number): AlertView => ({
    alert_id: `${kind}${started_ms}`, kind, started_ms, updated_ms: NOW, ended_ms: null, text: { vi: '', en: '' },
    vehicle_id: null, route_id: null, trip_id: null, lon: null, lat: null,
  })
  const groups = alertsByKind([alert('lost', 1), alert('new_kind', 1), alert('not_coming', 1), alert('lost', 2)])
  assert.deepEqual(groups.map((g) => [g.kind, g.alerts.map((a) => a.started_ms)]), [['not_coming', [1]], ['lost', [2, 1]], ['new_kind', [1]]])
})
