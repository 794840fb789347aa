/** Everything the control page watches: read once, kept fresh by one stream, read again now and then. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { nudgeClock } from '../core/clock.ts'
import { EdgeBook } from '../core/edges.ts'
import { Fleet, type Frame } from '../core/frames.ts'
import { useLive, type Live } from '../core/live.ts'
import type { EdgesBody, EdgeView, RainBody } from '../core/road_types.ts'
import type { AlertView, CameraView, FeedView, IncidentView, Overview } from '../core/types.ts'
import { useData, type Data } from '../core/use_data.ts'

const OVERVIEW_MS = 5_000
const SLOW_MS = 15_000
const RAIN_MS = 60_000
const TURN_MS = 500
const ROADS_TURN_MS = 1_000

export interface ControlData {
  overview: Data<Overview>
  /** Every bus, changed in place; `turn` counts the pictures that pages draw of it. */
  fleet: Fleet
  turn: number
  /** Every edge of which something is known, changed in place; `roadsTurn` counts the pictures drawn of it. */
  roads: EdgeBook
  roadsTurn: number
  edges: Data<EdgesBody>
  rain: Data<RainBody>
  incidents: Data<{ incidents: IncidentView[] }>
  feeds: Data<{ feeds: FeedView[] }>
  alerts: Data<{ alerts: AlertView[] }>
  cameras: Data<{ cameras: CameraView[] }>
  live: Live
}

/** Newer entries take the place of older ones with the same key; an older one never wins. */
export function mergeNewer<T>(before: readonly T[], newer: readonly T[], key: (item: T) => string, time: (item: T) => number): T[] {
  const all = new Map(before.map((item) => [key(item), item]))
  for (const item of newer) {
    const known = all.get(key(item))
    if (!known || time(item) >= time(known)) all.set(key(item), item)
  }
  return [...all.values()]
}

/** A counter that goes up when told that something changed, at most a few times a second. */
function useTurn(everyMs: number): [number, () => void] {
  const [turn, setTurn] = useState(0)
  const timer = useRef(0)
  useEffect(() => () => clearTimeout(timer.current), [])
  const changed = () => {
    if (timer.current) return
    timer.current = window.setTimeout(() => {
      timer.current = 0
      setTurn((n) => n + 1)
    }, everyMs)
  }
  return [turn, changed]
}

export function useControlData(): ControlData {
  const overview = useData<Overview>('/api/control/overview', OVERVIEW_MS)
  const fleet = useRef<Fleet | null>(null)
  fleet.current ??= new Fleet()
  const [turn, changed] = useTurn(TURN_MS)
  const roads = useRef<EdgeBook | null>(null)
  roads.current ??= new EdgeBook()
  const [roadsTurn, roadsChanged] = useTurn(ROADS_TURN_MS)
  // Read once: the stream begins with the whole again each time it opens.
  const edges = useData<EdgesBody>('/api/edges')
  useEffect(() => {
    roads.current!.take(edges.value?.states ?? [])
    roadsChanged()
  }, [edges.value])
  const rain = useData<RainBody>('/api/rain', RAIN_MS)
  const incidents = useData<{ incidents: IncidentView[] }>('/api/incidents', SLOW_MS)
  const feeds = useData<{ feeds: FeedView[] }>('/api/feeds', SLOW_MS)
  const alerts = useData<{ alerts: AlertView[] }>('/api/alerts', SLOW_MS)
  const cameras = useData<{ cameras: CameraView[] }>('/api/cameras', SLOW_MS)
  const live = useLive('topics=vehicles,edges,incidents,feeds,clock', {
    vehicles: (frame: Frame) => {
      fleet.current!.take(frame)
      nudgeClock(frame.now_ms)
      changed()
    },
    edges: ({ states }: { states: EdgeView[] }) => {
      roads.current!.take(states)
      roadsChanged()
    },
    incidents: (body: { incidents: IncidentView[] }) => {
      const known = incidents.value?.incidents ?? []
      incidents.put({ incidents: mergeNewer<IncidentView>(known, body.incidents, (one) => one.incident_id, (one) => one.updated_ms) })
    },
    feeds: (body: { feeds: FeedView[] }) => {
      const known = feeds.value?.feeds ?? []
      feeds.put({ feeds: mergeNewer<FeedView>(known, body.feeds, (feed) => feed.source, (feed) => feed.time_ms) })
    },
  })
  return { overview, fleet: fleet.current, turn, roads: roads.current, roadsTurn, edges, rain, incidents, feeds, alerts, cameras, live }
}

export type Filter = 'active' | 'detected' | 'done' | 'all'
export const FILTERS: Filter[] = ['active', 'detected', 'done', 'all']
const DONE = new Set(['cleared', 'closed', 'dismissed'])

export function matches(filter: Filter, incident: IncidentView): boolean {
  if (filter === 'all') return true
  if (filter === 'detected') return incident.state === 'detected'
  return DONE.has(incident.state) === (filter === 'done')
}

/** Candidates first, the likeliest on top, then what is being worked on, the newest on top. */
export function inQueueOrder(incidents: readonly IncidentView[]): IncidentView[] {
  const rank = (one: IncidentView) => (one.state === 'detected' ? 0 : DONE.has(one.state) ? 2 : 1)
  return [...incidents].sort(
    (a, b) => rank(a) - rank(b) || (rank(a) === 0 ? b.probability - a.probability : b.started_ms - a.started_ms) || (a.incident_id < b.incident_id ? -1 : 1),
  )
}

/** The queue in an order that does not move while somebody points at it; counts what is new since. */
export function useSteadyQueue(list: IncidentView[], filter: Filter) {
  const held = useRef<string[]>([])
  const [pointing, setPointing] = useState(false)
  const fresh = pointing ? list.filter((one) => !held.current.includes(one.incident_id)).length : 0
  const shown = pointing
    ? held.current.flatMap((id) => list.find((one) => one.incident_id === id) ?? [])
    : list
  useEffect(() => {
    held.current = shown.map((one) => one.incident_id)
  })
  useEffect(() => setPointing(false), [filter])
  return { shown, fresh, setPointing }
}
