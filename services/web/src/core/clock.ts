/** The city's clock on this page: the server's time carried on by the local stopwatch, never by the phone's own clock. */
import { useEffect, useState } from 'preact/hooks'
import { makeStore, useStore } from './store.ts'
import type { Clock } from './types.ts'

interface Anchor extends Clock {
  at: number
}

const anchor = makeStore<Anchor | null>(null)

/** Milliseconds of the local stopwatch; it does not jump when the phone's clock is set. */
export const stopwatch = (): number => performance.now()

/** City time now, from a clock read at stopwatch time `at`. */
export function cityNow(clock: Clock, at: number, stopwatchNow: number): number {
  return clock.now_ms + (stopwatchNow - at) * clock.speed
}

/** Take over what the server says about the time. */
export function setClock(clock: Clock): void {
  anchor.set({ ...clock, at: stopwatch() })
}

/** A body with `now_ms` sets the clock right without changing its speed. */
export function nudgeClock(nowMs: number): void {
  const known = anchor.get()
  if (known) anchor.set({ ...known, now_ms: nowMs, at: stopwatch() })
}

/** City time, or the local clock until the server has spoken. */
export function now(): number {
  const known = anchor.get()
  return known ? cityNow(known, known.at, stopwatch()) : Date.now()
}

export const clockSpeed = (): number => anchor.get()?.speed ?? 1

/** City time that moves while a component is shown. */
export function useNow(everyMs = 1000): number {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now()
}

export const useClock = (): Clock | null => useStore(anchor)
