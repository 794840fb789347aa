/** Times, ages, distances and numbers the local way. The time zone is the city's, never the phone's. */
import { language, t } from './index.ts'

let timezone = 'Asia/Ho_Chi_Minh'
export const setTimezone = (name: string): void => {
  timezone = name
}

const locale = (): string => (language.get() === 'vi' ? 'vi-VN' : 'en-GB')

const cache = new Map<string, Intl.DateTimeFormat>()
function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()}|${timezone}|${name}`
  let made = cache.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat(locale(), { timeZone: timezone, hourCycle: 'h23', ...options })
    cache.set(key, made)
  }
  return made
}

export const clockTime = (ms: number): string =>
  formatter('time', { hour: '2-digit', minute: '2-digit' }).format(ms)

export const clockSeconds = (ms: number): string =>
  formatter('seconds', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(ms)

export const clockMillis = (ms: number): string => `${clockSeconds(ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}`

export const dayTime = (ms: number): string =>
  formatter('daytime', { day: '2-digit', month: '2-digit', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(ms)

export const dayTimeSeconds = (ms: number): string =>
  formatter('daytimes', {
    day: '2-digit',
    month: '2-digit',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).format(ms)

/** A calendar day written YYYYMMDD or YYYY-MM-DD, the local way. */
export function day(date: string): string {
  const digits = date.replace(/-/g, '')
  if (!/^\d{8}$/.test(digits)) return date
  return `${digits.slice(6, 8)}/${digits.slice(4, 6)}/${digits.slice(0, 4)}`
}

/** The calendar day of a moment in the city, YYYYMMDD. */
export const calendarDay = (ms: number): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms).replace(/-/g, '')

export const number = (value: number, digits = 0): string =>
  new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)

export const percent = (share: number): string =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(share)

export const distance = (metres: number): string =>
  metres < 950 ? t('unit.m', { n: number(Math.round(metres / 10) * 10) }) : t('unit.km', { n: number(metres / 1000, 1) })

export const speed = (mps: number): string => t('unit.kmh', { n: number(mps * 3.6) })

/** A span of time in one unit, rounded down: "8 giây", "3 phút", "2 giờ", "4 ngày". */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return t('span.s', { n: seconds })
  if (seconds < 3600) return t('span.min', { n: Math.floor(seconds / 60) })
  if (seconds < 86_400) return t('span.h', { n: Math.floor(seconds / 3600) })
  return t('span.d', { n: Math.floor(seconds / 86_400) })
}

export const ago = (ms: number): string => t('span.ago', { span: span(ms) })

/** "+2 min", "on time", "3 min early". */
export function delay(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60)
  if (Math.abs(seconds) < 60) return t('delay.none')
  return t(seconds > 0 ? 'delay.late' : 'delay.early', { n: minutes })
}

/** A stop as a title: names that already say what they are keep their own word. */
export const stopTitle = (name: string): string => (/^(Bến|Trạm|Điểm|Nhà chờ|Ga) /u.test(name) ? name : t('stop.name', { name }))
