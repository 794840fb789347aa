import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EdgeBook, intervalOf, trustOf } from '../src/core/edges.ts'
import type { EdgeView } from '../src/core/road_types.ts'

const NOW = 1_000_000_000
const edge = (more: Partial<EdgeView>): EdgeView => ({
  edge_index: 1, edge_id: '1/2/3', level: 'free', speed_mps: 9, sd_mps: 1, free_flow_mps: 10, usual_mps: null, observations: 3, age_s: 30, time_ms: NOW, ...more,
})

test('a road is sure whose interval stays within the neighbouring level', () => {
  assert.equal(trustOf(edge({ low_mps: 6, high_mps: 12, traffic_mps: 9 }), NOW), 'sure')
  assert.equal(trustOf(edge({ low_mps: 3, high_mps: 12, traffic_mps: 9 }), NOW), 'unsure')
})

test('an old observation is unsure, and grows old by itself', () => {
  assert.equal(trustOf(edge({}), NOW), 'sure')
  assert.equal(trustOf(edge({}), NOW + 600_000), 'unsure')
})

test('what nobody drove is a guess now, and judged by its interval in a forecast', () => {
  const guess = edge({ imputed: true, low_mps: 8, high_mps: 10 })
  assert.equal(trustOf(guess, NOW), 'guess')
  assert.equal(trustOf(guess, NOW, true), 'sure')
})

test('without an interval there is no trust, with a deviation there is one', () => {
  assert.equal(intervalOf(edge({ sd_mps: null })), null)
  assert.equal(trustOf(edge({ sd_mps: null }), NOW), 'unsure')
  assert.deepEqual(intervalOf(edge({ speed_mps: 1, sd_mps: 2 })), [0, 4.29])
})

test('an older state of an edge never wins', () => {
  const book = new EdgeBook()
  book.take([edge({ time_ms: NOW, speed_mps: 5 })])
  book.take([edge({ time_ms: NOW - 1, speed_mps: 9 })])
  assert.deepEqual([...book.all()].map((one) => one.speed_mps), [5])
})
