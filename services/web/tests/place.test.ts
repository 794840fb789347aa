import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calendarDay, setTimezone } from '../src/i18n/format.ts'

test('a calendar day is the day of the city, not of the reader', () => {
  const ms = Date.UTC(2026, 5, 14, 3, 30)
  setTimezone('America/New_York')
  assert.equal(calendarDay(ms), '20260613')
  setTimezone('Asia/Ho_Chi_Minh')
  assert.equal(calendarDay(ms), '20260614')
})
