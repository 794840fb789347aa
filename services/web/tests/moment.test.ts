import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromNow, lastTime, NOW, NOW_AT, playOn, readMoment, STEP_MS, STOPS, stopOf, writeMoment } from '../src/control/moment.ts'

const MINUTE = 60_000
const AT = 1_795_064_400_000 + 25_000 // 12:00:25

test('the address holds minutes ahead or a moment that is over, and nothing else', () => {
  assert.deepEqual(readMoment('30', AT), { minutes: 30, pastMs: null })
  assert.deepEqual(readMoment(String(AT - 5), AT), { minutes: 0, pastMs: AT - 5 })
  for (const text of [null, '', '20', '-15', String(AT + 1), 'x', '1e12', '0']) assert.deepEqual(readMoment(text, AT), NOW, String(text))
  for (const moment of [NOW, fromNow(15, AT), fromNow(-45, AT)]) assert.deepEqual(readMoment(writeMoment(moment), AT), moment)
})

test('a stop of the slider leads to its moment and back, and the past stays past however little is over', () => {
  STOPS.forEach((minutes, at) => assert.equal(stopOf(fromNow(minutes, AT), AT), at))
  assert.equal(stopOf({ minutes: 0, pastMs: AT - 1 }, AT), NOW_AT - 1)
  assert.equal(stopOf({ minutes: 0, pastMs: AT - 900 * MINUTE }, AT), 0)
})

test('a time of day is the newest that is over, yesterday\'s where today\'s is to come', () => {
  assert.equal(lastTime('11:40', '12:00', AT)?.pastMs, AT - 25_000 - 20 * MINUTE)
  assert.equal(lastTime('12:01', '12:00', AT)?.pastMs, AT - 25_000 - 1439 * MINUTE)
  assert.deepEqual(lastTime('12:00', '12:00', AT), NOW)
  for (const typed of ['9:05', '09.05', '905', ' 9h05 ']) assert.equal(lastTime(typed, '12:00', AT)?.pastMs, AT - 25_000 - 175 * MINUTE)
  for (const typed of ['', '25:00', '12:60', 'noon', '7']) assert.equal(lastTime(typed, '12:00', AT), null)
})

test('playing begins an hour back, goes on step by step and ends at now', () => {
  let moment = playOn(NOW, AT)
  assert.equal(moment.pastMs, AT - 25_000 - 60 * MINUTE)
  const seen = []
  while (moment.pastMs !== null && seen.length < 100) {
    seen.push(moment.pastMs)
    moment = playOn(moment, AT)
  }
  assert.equal(seen.length, 13)
  assert.equal(seen[1]! - seen[0]!, STEP_MS)
  assert.deepEqual(moment, NOW)
})
