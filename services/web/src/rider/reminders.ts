/** "Remind me 5 minutes before", while the page is open; by the time shown, never by the timetable alone. */
import { useEffect, useState } from 'preact/hooks'
import type { Arrival, ArrivalsBody } from '../core/types.ts'
import { t } from '../i18n/index.ts'
import { show } from '../ui/toast.tsx'
import { keyOf, whenOf, type Contact } from './arrivals.ts'

const BEFORE_MINUTES = 5

export interface Ring {
  key: string
  arrival: Arrival
  minutes: number
  comes: boolean
}

/** What to ring for now: asked-for buses that are near, and those that are said not to come; nothing while contact is lost. */
export function dueRings(arrivals: readonly Arrival[], asked: ReadonlySet<string>, contact: Contact): Ring[] {
  if (contact.lost) return []
  return arrivals
    .map((arrival) => ({ key: keyOf(arrival), arrival, minutes: whenOf(arrival, contact.nowMs).minutes, comes: arrival.status !== 'not_coming' }))
    .filter(({ key, minutes, comes }) => asked.has(key) && (!comes || minutes <= BEFORE_MINUTES))
}

export function useReminders(body: ArrivalsBody, contact: Contact) {
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    for (const { key, arrival, minutes, comes } of dueRings(body.arrivals, asked, contact)) {
      setAsked((before) => new Set([...before].filter((one) => one !== key)))
      const line = arrival.route_short_name
      ring(comes ? t('stop.remind.now', { line, n: minutes, stop: body.stop.name }) : t('stop.remind.gone', { line, stop: body.stop.name }))
    }
  })
  const toggle = (key: string) => {
    if (!asked.has(key)) {
      show(t('stop.remind.keep'))
      if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission()
    }
    setAsked((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]))
  }
  return { has: (key: string) => asked.has(key), toggle }
}

function ring(text: string): void {
  show(text)
  navigator.vibrate?.([200, 100, 200])
  if ('Notification' in window && Notification.permission === 'granted') void notify(text)
}

/** Phones let only a service worker notify; without one the page does it itself. */
async function notify(text: string): Promise<void> {
  const worker = await navigator.serviceWorker?.getRegistration()
  if (worker) await worker.showNotification(text)
  else new Notification(text)
}
