/** Which buses a controller wants to see: pure filters over the fleet, read from the address and written into it. */
import type { Bus } from '../core/frames.ts'
import { levelNow, type BusLevel } from '../core/levels.ts'

export const LEVELS: BusLevel[] = ['late', 'slow', 'on_time', 'early', 'unknown', 'stale']
/** Below this the weakest of the four scores is poor. */
export const POOR = 0.8

export interface Wanted {
  levels: BusLevel[]
  line: string | null
  phase: string | null
  source: string | null
  held: boolean
  poor: boolean
}

export interface Counts {
  levels: Record<BusLevel, number>
  held: number
  poor: number
  lines: Map<string, number>
  phases: Map<string, number>
  sources: Map<string, number>
}

export function readWanted(query: URLSearchParams): Wanted {
  const levels = (query.get('bus') ?? '').split(',')
  return {
    levels: LEVELS.filter((level) => levels.includes(level)),
    line: query.get('line'),
    phase: query.get('phase'),
    source: query.get('source'),
    held: query.get('held') === '1',
    poor: query.get('poor') === '1',
  }
}

export const isAny = (wanted: Wanted): boolean => wanted.levels.length > 0 || wanted.line !== null || wanted.phase !== null || wanted.source !== null || wanted.held || wanted.poor

export const NOTHING: Record<string, null> = { bus: null, line: null, phase: null, source: null, held: null, poor: null }

export const worstScore = ({ quality: q }: Bus): number => Math.min(q.correct, q.complete, q.clean, q.live)

type Group = 'levels' | 'line' | 'phase' | 'source' | 'held' | 'poor'

/** Whether a bus fits every group but one. */
function fits(bus: Bus, level: BusLevel, wanted: Wanted, held: ReadonlySet<string>, but: Group | null): boolean {
  return (
    (but === 'levels' || wanted.levels.length === 0 || wanted.levels.includes(level)) &&
    (but === 'line' || wanted.line === null || bus.route_short_name === wanted.line) &&
    (but === 'phase' || wanted.phase === null || bus.phase === wanted.phase) &&
    (but === 'source' || wanted.source === null || bus.source === wanted.source) &&
    (but === 'held' || !wanted.held || held.has(bus.vehicle_id)) &&
    (but === 'poor' || !wanted.poor || worstScore(bus) < POOR)
  )
}

const add = (counts: Map<string, number>, key: string | null): void => {
  if (key) counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** The buses that fit, and how many each filter would show beside the other groups. */
export function choose(buses: Iterable<Bus>, wanted: Wanted, held: ReadonlySet<string>, nowMs: number): { shown: Bus[]; counts: Counts; all: number } {
  const counts: Counts = { levels: { late: 0, slow: 0, on_time: 0, early: 0, unknown: 0, stale: 0 }, held: 0, poor: 0, lines: new Map(), phases: new Map(), sources: new Map() }
  const shown: Bus[] = []
  let all = 0
  for (const bus of buses) {
    all += 1
    const level = levelNow(bus, nowMs)
    const but = (group: Group) => fits(bus, level, wanted, held, group)
    if (fits(bus, level, wanted, held, null)) shown.push(bus)
    if (but('levels')) counts.levels[level] += 1
    if (held.has(bus.vehicle_id) && but('held')) counts.held += 1
    if (worstScore(bus) < POOR && but('poor')) counts.poor += 1
    if (but('line')) add(counts.lines, bus.route_short_name)
    if (but('phase')) add(counts.phases, bus.phase)
    if (but('source')) add(counts.sources, bus.source)
  }
  return { shown, counts, all }
}

const RANK: Record<BusLevel, number> = { stale: 0, late: 1, early: 2, slow: 3, on_time: 4, unknown: 5 }

/** The worst first: silent, late, early, a little late; within one kind by minutes, then by number. */
export const inPainOrder = (buses: readonly Bus[], nowMs: number): Bus[] =>
  buses
    .map((bus) => ({ bus, rank: RANK[levelNow(bus, nowMs)], minutes: Math.round(Math.abs(bus.delay_s ?? 0) / 60) }))
    .sort((a, b) => a.rank - b.rank || b.minutes - a.minutes || (a.bus.vehicle_id < b.bus.vehicle_id ? -1 : 1))
    .map(({ bus }) => bus)

/** Lines in the order people count: 9 before 10, 22A before 22B. */
export const natural = new Intl.Collator('vi', { numeric: true }).compare
