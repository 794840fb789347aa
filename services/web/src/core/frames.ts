/** All buses from the stream's frames: a whole one first, then only what changed; a missed frame asks for a whole one again. */
import { GapError } from './live.ts'
import type { Quality } from './types.ts'

const DEGREES = 100_000
const SCORES = 21

type Column<T> = [gaps: number[], values: T[]]

/** One event `vehicles`; ARCHITECTURE.md tells every key. */
export interface Frame {
  seq: number
  now_ms: number
  whole?: boolean
  shapes?: string
  routes?: [id: string, shortName: string][]
  phases?: string[]
  sources?: string[]
  ids?: Column<string>
  gone?: number[]
  n?: number[]
  t?: number[]
  x?: number[]
  y?: number[]
  h?: (number | null)[]
  v?: (number | null)[]
  d?: (number | null)[]
  line?: Column<number | null>
  shape?: Column<number | null>
  phase?: Column<number>
  sure?: Column<number>
  delay?: Column<number | null>
  quality?: Column<number>
  source?: Column<number>
}

/** One bus as the map and the lists know it; changed in place. */
export interface Bus {
  vehicle_id: string
  time_ms: number
  lon: number
  lat: number
  heading_deg: number | null
  speed_mps: number | null
  distance_m: number | null
  route_id: string | null
  route_short_name: string | null
  shape: number | null
  phase: string
  probability: number
  delay_s: number | null
  quality: Quality
  source: string
}

interface Told extends Bus {
  x: number
  y: number
}

export function unpackQuality(packed: number): Quality {
  const score = (power: number) => (Math.floor(packed / SCORES ** power) % SCORES) / (SCORES - 1)
  return { correct: score(3), complete: score(2), clean: score(1), live: score(0) }
}

const blank = (id: string): Told => ({
  vehicle_id: id,
  time_ms: 0,
  lon: 0,
  lat: 0,
  heading_deg: null,
  speed_mps: null,
  distance_m: null,
  route_id: null,
  route_short_name: null,
  shape: null,
  phase: 'unknown',
  probability: 0,
  delay_s: null,
  quality: unpackQuality(0),
  source: '',
  x: 0,
  y: 0,
})

export class Fleet {
  /** Version of the shapes that `shape` counts in. */
  shapes = ''
  nowMs = 0
  private seq = -1
  private readonly slots = new Map<number, Told>()
  private readonly byId = new Map<string, Told>()
  private routes: [string, string][] = []
  private phases: string[] = []
  private sources: string[] = []

  get size(): number {
    return this.byId.size
  }
  /** Whether a whole frame has come. */
  get known(): boolean {
    return this.seq >= 0
  }
  find = (id: string): Bus | undefined => this.byId.get(id)
  all = (): IterableIterator<Bus> => this.byId.values()

  /** Take a frame; throws `GapError` when the ones before it were missed. */
  take(frame: Frame): void {
    if (frame.whole) this.begin(frame)
    else if (frame.seq <= this.seq) return
    else if (frame.seq !== this.seq + 1) throw new GapError(`frame ${frame.seq} after ${this.seq}`)
    this.seq = frame.seq
    this.nowMs = frame.now_ms
    this.sources = frame.sources ?? this.sources
    for (const slot of sums(frame.gone ?? [])) this.drop(slot)
    each(frame.ids, (slot, id) => this.add(slot, id))
    this.change(frame)
    this.move(frame)
  }

  private begin(frame: Frame): void {
    this.slots.clear()
    this.byId.clear()
    this.routes = frame.routes ?? []
    this.phases = frame.phases ?? []
    this.shapes = frame.shapes ?? ''
  }

  private add(slot: number, id: string): void {
    const bus = blank(id)
    this.slots.set(slot, bus)
    this.byId.set(id, bus)
  }

  /** The bus of a slot; one that was never told of means that something was missed. */
  private at(slot: number): Told {
    const bus = this.slots.get(slot)
    if (!bus) throw new GapError(`no bus in slot ${slot}`)
    return bus
  }

  private drop(slot: number): void {
    const bus = this.slots.get(slot)
    this.slots.delete(slot)
    if (bus) this.byId.delete(bus.vehicle_id)
  }

  private change(frame: Frame): void {
    const set = <T>(column: Column<T> | undefined, put: (bus: Told, value: T) => void) =>
      each(column, (slot, value) => put(this.at(slot), value))
    set(frame.line, (bus, line) => {
      const [id, name] = (line === null ? undefined : this.routes[line]) ?? [null, null]
      bus.route_id = id
      bus.route_short_name = name
    })
    set(frame.shape, (bus, shape) => (bus.shape = shape))
    set(frame.phase, (bus, phase) => (bus.phase = this.phases[phase] ?? 'unknown'))
    set(frame.sure, (bus, sure) => (bus.probability = sure / 100))
    set(frame.delay, (bus, delay) => (bus.delay_s = delay))
    set(frame.quality, (bus, quality) => (bus.quality = unpackQuality(quality)))
    set(frame.source, (bus, source) => (bus.source = this.sources[source] ?? ''))
  }

  private move(frame: Frame): void {
    let at = 0
    for (const slot of sums(frame.n ?? [])) {
      const bus = this.at(slot)
      const dmPerS = frame.v?.[at] ?? null
      bus.x += frame.x![at]!
      bus.y += frame.y![at]!
      bus.lon = bus.x / DEGREES
      bus.lat = bus.y / DEGREES
      bus.time_ms = frame.now_ms - frame.t![at]!
      bus.heading_deg = frame.h?.[at] ?? null
      bus.speed_mps = dmPerS === null ? null : dmPerS / 10
      bus.distance_m = frame.d?.[at] ?? null
      at += 1
    }
  }
}

function* sums(gaps: readonly number[]): IterableIterator<number> {
  let slot = 0
  for (const gap of gaps) yield (slot += gap)
}

function each<T>(column: Column<T> | undefined, act: (slot: number, value: T) => void): void {
  if (!column) return
  let at = 0
  for (const slot of sums(column[0])) act(slot, column[1][at++]!)
}
