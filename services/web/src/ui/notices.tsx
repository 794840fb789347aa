/** What everybody must know before reading a number: played clock, sample city, repeated calendar, no network. */
import { useEffect, useState } from 'preact/hooks'
import { useCity } from '../core/city.ts'
import { usePlace } from '../core/router.ts'
import { useClock, useNow } from '../core/clock.ts'
import { calendarDay, day, dayTime, number } from '../i18n/format.ts'
import { say, t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const read = () => setOnline(navigator.onLine)
    addEventListener('online', read)
    addEventListener('offline', read)
    return () => {
      removeEventListener('online', read)
      removeEventListener('offline', read)
    }
  }, [])
  return online
}

export function Notices() {
  const city = useCity()
  const clock = useClock()
  const now = useNow(5000)
  const online = useOnline()
  const { path } = usePlace()
  const calendar = city?.calendar
  const doubts = city?.doubts ?? []
  return (
    <section class="notices" aria-label={t('notice.label')}>
      {!online && (
        <p class="notice notice-strong" role="status">
          <Icon name="warn" size={16} />
          {t('notice.offline')}
        </p>
      )}
      {clock?.played && (
        <p class="notice notice-played">
          <Icon name="play" size={16} filled />
          {t('notice.played', { time: dayTime(now), speed: number(clock.speed, clock.speed % 1 ? 1 : 0) })}
        </p>
      )}
      {city?.origin === 'sample' && (
        <p class="notice">
          <Icon name="info" size={16} />
          {t('notice.sample')}
        </p>
      )}
      {calendar && calendar.last_date < calendarDay(now) && (
        <p class="notice">
          <Icon name="info" size={16} />
          {calendar.repeat
            ? t('notice.repeat', { first: day(calendar.first_date), last: day(calendar.last_date) })
            : t('notice.ended', { last: day(calendar.last_date) })}
        </p>
      )}
      {/* Doubts about the data are for those who can mend it. */}
      {path === '/control' && doubts.length > 0 && (
        <details class="notice">
          <summary>{t('notice.doubts', { n: doubts.length })}</summary>
          <ul>
            {doubts.map((doubt, index) => (
              <li key={index}>{say(doubt)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
