import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fleet, unpackQuality, type Frame } from '../src/core/frames.ts'
import { GapError } from '../src/core/live.ts'
import { isGliding, makeTrack, metresPerUnit, mercatorX, mercatorY, nearestAlong, nextGlide, placeOf, spotAt, type Glide, type Spot } from '../src/map/motion.ts'
import { readTracks } from '../src/map/shapes.ts'
import { frameGapMs } from '../src/map/signs.ts'

const WHOLE: Frame = {
  seq: 4,
  now_ms: 1_000_000,
  whole: true,
  shapes: 'abc',
  routes: [['r32', '32']],
  phases: ['in_service', 'layover'],
  sources: ['ufms'],
  ids: [[0, 2], ['29B-1', '29B-2']],
  n: [0, 2],
  t: [1000, 2000],
  x: [10_584_500, 10_580_000],
  y: [2_100_500, 2_100_000],
  h: [90, null],
  v: [82, null],
  d: [1200, null],
  line: [[0], [0]],
  shape: [[0], [7]],
  phase: [[0, 2], [0, 1]],
  sure: [[0, 2], [98, 40]],
  delay: [[0], [120]],
  quality: [[0], [20 * 9261 + 10 * 441 + 20 * 21 + 19]],
  source: [[0, 2], [0, 0]],
}

const fleetAt = (...frames: Frame[]): Fleet => {
  const fleet = new Fleet()
  for (const frame of frames) fleet.take(frame)
  return fleet
}

test('a whole frame tells every bus, and a delta changes only what it names', () => {
  const fleet = fleetAt(WHOLE, { seq: 5, now_ms: 1_002_000, n: [2], t: [500], x: [100], y: [-50], h: [45], v: [50], d: [null], delay: [[0], [-90]] })
  const [first, second] = [fleet.find('29B-1')!, fleet.find('29B-2')!]
  assert.deepEqual([first.route_id, first.route_short_name, first.shape, first.phase, first.probability, first.delay_s, first.distance_m, first.time_ms], ['r32', '32', 7, 'in_service', 0.98, -90, 1200, 999_000])
  assert.deepEqual(first.quality, { correct: 1, complete: 0.5, clean: 1, live: 0.95 })
  assert.deepEqual([second.lon, second.lat, second.heading_deg, second.speed_mps, second.time_ms, second.route_id], [105.801, 20.9995, 45, 5, 1_001_500, null])
  assert.equal(fleet.size, 2)
})

test('a bus that is gone frees its slot for another', () => {
  const fleet = fleetAt(WHOLE, { seq: 5, now_ms: 1_002_000, gone: [2], ids: [[2], ['29B-9']], n: [2], t: [0], x: [10_500_000], y: [2_000_000], h: [null], v: [null], d: [null] })
  assert.deepEqual([...fleet.all()].map((bus) => bus.vehicle_id), ['29B-1', '29B-9'])
  assert.deepEqual([fleet.find('29B-2'), fleet.find('29B-9')!.lon], [undefined, 105])
})

test('a missed frame is noticed, one that came before is not taken twice, a whole one heals', () => {
  const step = (seq: number): Frame => ({ seq, now_ms: 1_002_000, n: [0], t: [0], x: [1], y: [0], h: [null], v: [null], d: [null] })
  const fleet = fleetAt(WHOLE, step(5))
  fleet.take(step(5))
  assert.equal(fleet.find('29B-1')!.lon, 105.84501)
  assert.throws(() => fleet.take(step(7)), GapError)
  fleet.take({ ...WHOLE, seq: 9 })
  fleet.take(step(10))
  assert.equal(fleet.find('29B-1')!.lon, 105.84501)
})

test('a frame about a bus that was never told of asks for everything anew', () => {
  const fleet = fleetAt(WHOLE)
  assert.throws(() => fleet.take({ seq: 5, now_ms: 1_002_000, delay: [[9], [60]] }), GapError)
})

test('nothing is known of a quality that was never told', () => assert.deepEqual(unpackQuality(0), { correct: 0, complete: 0, clean: 0, live: 0 }))

/** Two legs at a right angle: east 1 km, then north 1 km. */
const METRE_LON = 1 / 103_900
const METRE_LAT = 1 / 110_740
const CORNER = makeTrack([105.8, 105.8 + 1000 * METRE_LON, 105.8 + 1000 * METRE_LON], [21, 21, 21 + 1000 * METRE_LAT], [0, 1000, 2000])
const metresApart = (a: Spot, b: Spot): number => Math.hypot(a.x - b.x, a.y - b.y) * metresPerUnit(a.y)
const reportAt = (metres: number, timeMs: number, besideM = 0) => {
  const spot = spotAt(CORNER, metres)
  return { x: spot.x, y: spot.y + besideM / metresPerUnit(spot.y), heading: 0, timeMs, along: metres }
}
const offTrackM = (spot: Spot): number => {
  const near = nearestAlong(CORNER, spot, 0, 2000)
  return near === null ? Infinity : metresApart(spot, spotAt(CORNER, near))
}

test('a bus turns a corner on its street, not through the houses', () => {
  const first = nextGlide(undefined, reportAt(900, 0), CORNER, 0, 1, false)
  const second = nextGlide(first, reportAt(1100, 10_000), CORNER, 100, 1, false)
  for (let at = 100; at <= 12_000; at += 100) assert.ok(offTrackM(placeOf(second, at)) < 0.5)
  assert.ok(metresApart(placeOf(second, 100 + 11_500), spotAt(CORNER, 1100)) < 0.5)
  assert.ok(Math.abs(placeOf(second, 2000).heading! - 90) < 1)
  assert.ok(Math.abs(placeOf(second, 10_000).heading!) < 1)
})

test('a bus never jumps, whatever the next report says within reach', () => {
  let glide: Glide = nextGlide(undefined, reportAt(200, 0), CORNER, 0, 1, false)
  const story = [300, 420, 400, 560, 700, 650, 990, 1040, 1300]
  story.forEach((along, step) => {
    const at = 10_000 * (step + 1)
    const drawn = placeOf(glide, at)
    glide = nextGlide(glide, reportAt(along, at, step % 2 ? 12 : -12), CORNER, at, 1, false)
    assert.ok(metresApart(placeOf(glide, at), drawn) < 0.5, `jumps at ${along}`)
    for (let ms = 0; ms < 10_000; ms += 250) assert.ok(metresApart(placeOf(glide, at + ms), placeOf(glide, at + ms + 250)) < 15)
  })
})

test('a small step back along the line is noise: the bus waits', () => {
  const first = nextGlide(undefined, reportAt(500, 0), CORNER, 0, 1, false)
  const second = nextGlide(first, reportAt(480, 10_000), CORNER, 10_000, 1, false)
  for (const ms of [10_000, 15_000, 30_000]) assert.ok(metresApart(placeOf(second, ms), spotAt(CORNER, 500)) < 0.5)
})

test('a bus that left its line keeps its distance from it', () => {
  const first = nextGlide(undefined, reportAt(300, 0), CORNER, 0, 1, false)
  const second = nextGlide(first, reportAt(400, 10_000, 120), CORNER, 10_000, 1, false)
  assert.ok(Math.abs(offTrackM(placeOf(second, 30_000)) - 120) < 2)
})

test('a far jump and calm motion do not glide; a played day glides as fast as it is played', () => {
  const first = nextGlide(undefined, reportAt(0, 0), CORNER, 0, 1, false)
  assert.equal(isGliding(nextGlide(first, reportAt(2000, 10_000), CORNER, 10_000, 1, false), 10_001), false)
  assert.equal(isGliding(nextGlide(first, reportAt(100, 10_000), CORNER, 10_000, 1, true), 10_001), false)
  assert.equal(nextGlide(first, reportAt(100, 10_000), CORNER, 10_000, 5, false).spanMs, 2300)
})

test('shapes come as steps and are read as tracks', () => {
  const [track] = readTracks({ version: 'v', shapes: [{ x: [10_580_000, 1000], y: [2_100_000, 0], d: [0, 1039] }] })
  assert.deepEqual([...track!.along], [0, 1039])
  assert.deepEqual([track!.x[1], track!.y[0]], [mercatorX(105.81), mercatorY(21)])
})

test('a picture is drawn when a bus has moved a quarter of a pixel, and at least four times a second', () => {
  assert.equal(frameGapMs(10, 21, 1), 250)
  assert.ok(frameGapMs(14, 21, 1) > 80 && frameGapMs(14, 21, 1) < 100)
  assert.ok(frameGapMs(17, 21, 1) < 17)
  assert.ok(frameGapMs(14, 21, 10) < 17)
})
