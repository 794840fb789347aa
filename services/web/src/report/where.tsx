/** Where it is: here, as the device tells after asking, or near a stop or street that is searched for. */
import { useEffect, useState } from 'preact/hooks'
import type { SearchHits } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { distance } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'

export interface Spot {
  name: string
  lon: number
  lat: number
  /** The direction of travel, where the device moves and knows it. */
  heading_deg: number | null
}

const ROUGH_M = 60
const PAUSE_MS = 250
const MOVING_MPS = 2
const MOST_HITS = 8

type Asking = 'idle' | 'asking' | 'refused' | { roughM: number }

export function Where({ spot, choose }: { spot: Spot | null; choose: (spot: Spot) => void }) {
  const [asking, setAsking] = useState<Asking>('idle')
  const ask = () => {
    if (!('geolocation' in navigator)) return setAsking('refused')
    setAsking('asking')
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setAsking(coords.accuracy > ROUGH_M ? { roughM: coords.accuracy } : 'idle')
        const moves = (coords.speed ?? 0) >= MOVING_MPS && coords.heading !== null && Number.isFinite(coords.heading)
        choose({ name: t('report.at.here'), lon: coords.longitude, lat: coords.latitude, heading_deg: moves ? coords.heading : null })
      },
      () => setAsking('refused'),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 10_000 },
    )
  }
  return (
    <>
      <button type="button" class="button button-wide" disabled={asking === 'asking'} onClick={ask}>
        <Icon name="near" /> {t(asking === 'asking' ? 'report.here.asking' : 'report.here')}
      </button>
      {asking === 'refused' && <p role="alert">{t('report.here.refused')}</p>}
      {typeof asking === 'object' && <p role="alert">{t('report.here.rough', { n: distance(asking.roughM) })}</p>}
      <FindPlace choose={choose} />
      <p class="report-at" aria-live="polite">
        {spot && t('report.at', { place: spot.name })}
      </p>
    </>
  )
}

function FindPlace({ choose }: { choose: (spot: Spot) => void }) {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  const hits = useData<SearchHits>(q ? `/api/search?q=${encodeURIComponent(q)}&limit=${MOST_HITS}&streets=true` : null)
  const found = hits.value ? [...(hits.value.streets ?? []), ...hits.value.stops].slice(0, MOST_HITS) : []
  const take = (one: { name: string; lon: number; lat: number }) => {
    choose({ name: one.name, lon: one.lon, lat: one.lat, heading_deg: null })
    setTyped('')
    setQ('')
  }
  return (
    <>
      <label class="report-label" for="report-place">
        {t('report.find')}
      </label>
      <search class="search">
        <Icon name="search" />
        <input id="report-place" type="search" autocomplete="off" placeholder={t('report.find.hint')} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      </search>
      {q && hits.error && <p role="alert">{t('report.offline')}</p>}
      {q && hits.value && found.length === 0 && <p>{t('report.find.none', { q })}</p>}
      {q && found.length > 0 && (
        <ul class="list">
          {found.map((one, index) => (
            <li key={index}>
              <button type="button" class="report-hit" onClick={() => take(one)}>
                {one.name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
