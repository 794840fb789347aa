/** The moment that the roads are shown for: now, some minutes ahead as forecast, or an earlier one. Pure. */

/** Stops of the slider in minutes from now: each quarter of the last three hours, now, and what is forecast. */
export const STOPS = [-180, -165, -150, -135, -120, -105, -90, -75, -60, -45, -30, -15, 0, 15, 30, 60] as const
export const NOW_AT = STOPS.indexOf(0)
/** Those that are named under the slider. */
export const MARKS = [-180, -120, -60, 0, 60] as const
const MINUTE_MS = 60_000
const DAY_MIN = 1440
/** Playing goes on by so much city time with each step, from so long ago when it begins at now. */
export const STEP_MS = 5 * MINUTE_MS
export const PLAY_FROM_MS = 60 * MINUTE_MS

export interface Moment {
  /** Minutes ahead as forecast, 0 where it is none. */
  minutes: number
  /** An earlier moment, null where it is none. */
  pastMs: number | null
}

export const NOW: Moment = { minutes: 0, pastMs: null }

/** Read `15`, `30`, `60`, or milliseconds since 1970 that are over; anything else is now. */
export function readMoment(text: string | null, nowMs: number): Moment {
  const value = /^\d+$/.test(text ?? '') ? Number(text) : 0
  if (value > 0 && STOPS.some((one) => one === value)) return { minutes: value, pastMs: null }
  return value > DAY_MIN && value < nowMs ? { minutes: 0, pastMs: value } : NOW
}

export const writeMoment = ({ minutes, pastMs }: Moment): string | null => (pastMs !== null ? String(pastMs) : minutes > 0 ? String(minutes) : null)

const wholeMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS

/** The moment so many minutes from now. */
export function fromNow(minutes: number, nowMs: number): Moment {
  if (minutes >= 0) return { minutes, pastMs: null }
  return { minutes: 0, pastMs: wholeMinute(nowMs) + minutes * MINUTE_MS }
}

/** The stop of the slider that lies nearest. */
export function stopOf(moment: Moment, nowMs: number): number {
  const minutes = moment.pastMs === null ? moment.minutes : Math.min(-1, (moment.pastMs - nowMs) / MINUTE_MS)
  let best = 0
  STOPS.forEach((one, at) => {
    if (Math.abs(one - minutes) < Math.abs(STOPS[best]! - minutes)) best = at
  })
  return moment.pastMs !== null ? Math.min(best, NOW_AT - 1) : best
}

/** Minutes since midnight of a time of day as people type it: 7:40, 07.40, 740. */
function minuteOfDay(clock: string): number | null {
  const [, hour, minute] = /^\s*(\d{1,2})[:.h]?(\d{2})\s*$/.exec(clock) ?? []
  return hour === undefined || Number(hour) > 23 || Number(minute) > 59 ? null : Number(hour) * 60 + Number(minute)
}

/** The newest moment at which the clock showed `wanted`, as it shows `shown` now; null for what is no time. */
export function lastTime(wanted: string, shown: string, nowMs: number): Moment | null {
  const [then, here] = [minuteOfDay(wanted), minuteOfDay(shown)]
  if (then === null || here === null) return null
  const ago = (here - then + DAY_MIN) % DAY_MIN
  return ago ? fromNow(-ago, nowMs) : NOW
}

/** Where playing goes next from a moment: on, or back to now when it has come there. */
export function playOn(moment: Moment, nowMs: number): Moment {
  const next = (moment.pastMs ?? wholeMinute(nowMs) - PLAY_FROM_MS - STEP_MS) + STEP_MS
  return next < nowMs ? { minutes: 0, pastMs: next } : NOW
}
