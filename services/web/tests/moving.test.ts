import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cityNow } from '../src/core/clock.ts'
import { delayLevel } from '../src/core/levels.ts'
import { backOffMs } from '../src/core/live.ts'
import { inQueueOrder, matches, mergeNewer } from '../src/control/data.ts'
import type { IncidentView, TrackPoint } from '../src/core/types.ts'
import { boxAt, eventTime, nearestFrame, paceOf, playerTime } from '../src/enforcement/frames.ts'

test('a played clock runs at its speed from the moment it was read', () => {
  assert.equal(cityNow({ now_ms: 1000, speed: 10, played: true }, 50, 150), 2000)
})

test('reconnections wait longer each time, never over the limit, and not all at once', () => {
  assert.equal(backOffMs(1, 0.5), 1000)
  assert.ok(backOffMs(4, 0.5) > backOffMs(3, 0.5))
  assert.ok(backOffMs(40, 1) <= 37_500)
  assert.notEqual(backOffMs(3, 0.1), backOffMs(3, 0.9))
})

test('a delay has one of five meanings, and none without a trip', () => {
  const level = (delay_s: number | null, trip_id: string | null = 'T') => delayLevel({ delay_s, trip_id })
  assert.deepEqual([level(-180), level(0), level(240), level(700), level(null), level(60, null)], ['early', 'on_time', 'slow', 'late', 'unknown', 'unknown'])
})

test('an older report never takes the place of a newer one', () => {
  const known = [{ id: 'a', at: 5 }]
  assert.deepEqual(mergeNewer(known, [{ id: 'a', at: 4 }, { id: 'b', at: 1 }], (x) => x.id, (x) => x.at), [{ id: 'a', at: 5 }, { id: 'b', at: 1 }])
})

test('the queue has candidates first, the likeliest on top, and what is done last', () => {
  const one = (incident_id: string, state: string, probability: number) => ({ incident_id, state, probability, started_ms: 0 }) as IncidentView
  const list = [one('done', 'cleared', 1), one('low', 'detected', 0.4), one('work', 'verified', 1), one('high', 'detected', 0.9)]
  assert.deepEqual(inQueueOrder(list).map((row) => row.incident_id), ['high', 'low', 'work', 'done'])
  assert.equal(matches('active', list[0]!), false)
  assert.equal(matches('done', list[0]!), true)
})

test('frames are found by event time, and a file at another pace still shows the right frame', () => {
  const frames = [0, 166, 334, 500].map((ms) => 1_000_000 + ms)
  assert.equal(nearestFrame(frames, 1_000_300), 2)
  assert.equal(paceOf(frames, 0.667), 1)
  assert.equal(paceOf(frames, Number.NaN), 1)
  const pace = paceOf(frames, 2 * (0.5 * 4) / 3)
  assert.equal(Math.round(pace), 2)
  const beat = { startS: 1, pace }
  assert.equal(Math.round(eventTime(frames, playerTime(frames, 2, beat), beat)), frames[2])
})

test('the box stands between two points of the track, and nowhere far outside it', () => {
  const track: TrackPoint[] = [0, 200].map((ms) => ({ time_ms: ms, box: [ms, 0, ms + 10, 10], confidence: 1 }))
  assert.deepEqual(boxAt(track, 100), [100, 0, 110, 10])
  assert.deepEqual(boxAt(track, 300), [200, 0, 210, 10])
  assert.equal(boxAt(track, 2000), null)
  assert.equal(boxAt([], 0), null)
})
