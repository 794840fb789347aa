/** What moves: one stream of server-sent events with its own back-off, and how long it has been silent. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { setClock } from './clock.ts'
import type { Clock } from './types.ts'

export type Handlers = Record<string, (body: never) => void>
export type LiveState = 'connecting' | 'open' | 'silent'

/** A part of the stream was missed: it must begin anew. */
export class GapError extends Error {}

const SILENT_AFTER_MS = 15_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/** Wait before attempt `failures` of a reconnection: doubling, with jitter so that phones do not come back at once. */
export function backOffMs(failures: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1)) * (0.75 + random / 2)
}

/** Open a stream; returns what closes it. The clock event is handled here for every page. */
export function openLive(query: string, handlers: Handlers, onState: (state: LiveState) => void): () => void {
  let source: EventSource | null = null
  let failures = 0
  let timer = 0
  let watchdog = 0
  let closed = false

  const heard = () => {
    failures = 0
    onState('open')
    clearTimeout(watchdog)
    watchdog = window.setTimeout(again, SILENT_AFTER_MS)
  }
  const again = () => {
    if (closed) return
    source?.close()
    clearTimeout(watchdog)
    clearTimeout(timer)
    failures += 1
    onState('silent')
    timer = window.setTimeout(connect, backOffMs(failures, Math.random()))
  }
  const connect = () => {
    if (closed) return
    source = new EventSource(`/api/live?${query}`)
    source.onerror = again
    source.onopen = heard
    for (const [name, handle] of Object.entries({ ...handlers, clock: setClock as (clock: Clock) => void })) {
      source.addEventListener(name, (event) => {
        heard()
        try {
          ;(handle as (body: unknown) => void)(JSON.parse((event as MessageEvent<string>).data))
        } catch (error) {
          console.warn(`${name}: unreadable event`, error)
          // Something was missed: a new stream begins with everything.
          if (error instanceof GapError) again()
        }
      })
    }
  }
  onState('connecting')
  connect()
  return () => {
    closed = true
    source?.close()
    clearTimeout(timer)
    clearTimeout(watchdog)
  }
}

export interface Live {
  state: LiveState
  /** Wall time in ms of this device at which the stream was last heard; 0 before. */
  heardAt: () => number
  /** Try at once. */
  again: () => void
}

/** Keep a stream open while a component is shown. */
export function useLive(query: string | null, handlers: Handlers): Live {
  const [state, setState] = useState<LiveState>('connecting')
  const heard = useRef(0)
  const newest = useRef(handlers)
  newest.current = handlers
  const [turn, setTurn] = useState(0)
  const again = useCallback(() => setTurn((n) => n + 1), [])
  const names = Object.keys(handlers).join(',')
  useEffect(() => {
    if (query === null) return
    const forwarded: Handlers = {}
    for (const name of names.split(',')) forwarded[name] = (body: never) => newest.current[name]?.(body)
    return openLive(query, forwarded, (next) => {
      if (next === 'open') heard.current = Date.now()
      setState(next)
    })
  }, [query, names, turn])
  return { state, heardAt: () => heard.current, again }
}
