/** "Remind me 5 minutes before", while the page is open; by the time shown, never by the timetable alone. */
import { useEffect, useState } from 'preact/hooks'
import type { ArrivalsBody } from '../core/types.ts'
import { t } from '../i18n/index.ts'
import { show } from '../ui/toast.tsx'
import { keyOf, whenOf, type Contact } from './arrivals.ts'

const BEFORE_MINUTES = 5

export function useReminders(body: ArrivalsBody, contact: Contact) {
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    for (const arrival of body.arrivals) {
      const key = keyOf(arrival)
      if (!asked.has(key) || contact.lost) continue
      const { minutes } = whenOf(arrival, contact.nowMs)
      if (minutes > BEFORE_MINUTES) continue
      setAsked((before) => new Set([...before].filter((one) => one !== key)))
      ring(t('stop.remind.now', { line: arrival.route_short_name, n: minutes, stop: body.stop.name }))
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
  if ('Notification' in window && Notification.permission === 'granted') new Notification(text)
}
