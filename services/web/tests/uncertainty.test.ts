import assert from 'node:assert/strict'
import { test } from 'node:test'
import { uncertaintyOf } from '../src/enforcement/uncertainty.ts'

test('independent errors of a time add up by their squares, and each part can be told', () => {
  const { total_s, parts } = uncertaintyOf({ measured: { after_red_s: 1.8, crossing_error_s: 0.03, lamp_error_s: 0.04 } })
  assert.ok(Math.abs(total_s - 0.05) < 1e-9)
  assert.deepEqual(parts.map((part) => part.name), ['crossing_error_s', 'lamp_error_s'])
})

test('a time of which no error is known says none instead of zero', () => {
  assert.deepEqual(uncertaintyOf({ measured: { stood_s: 4 } }), { total_s: 0, parts: [] })
})
