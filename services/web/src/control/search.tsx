/** The slash key's search: buses by plate or line, lines, stops and streets by name; what is chosen is shown on this page. */
import { useRef, useState } from 'preact/hooks'
import { makeStore } from '../core/store.ts'
import type { Bus, Fleet } from '../core/frames.ts'
import { setQuery } from '../core/router.ts'
import type { RouteHit, SearchHits, StopHit, StreetHit } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t, type Key } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { findBuses } from './find_buses.ts'
import { NOTHING } from './fleet.ts'
import { select } from './selection.ts'

const MOST = 5
export const SEARCH_ID = 'control-search'

/** A place the map is asked to go to. */
export const wantedPlace = makeStore<{ lon: number; lat: number; zoom: number } | null>(null)

interface Hit {
  key: string
  group: 'bus' | 'line' | 'stop' | 'street'
  badge: string | null
  colour?: string | null
  words: string
  choose: () => void
}

const busHit = (bus: Bus): Hit => ({
  key: bus.vehicle_id,
  group: 'bus',
  badge: bus.route_short_name ?? '–',
  words: bus.vehicle_id,
  choose: () => select({ kind: 'vehicle', id: bus.vehicle_id }),
})
const lineHit = (route: RouteHit): Hit => ({
  key: route.route_id,
  group: 'line',
  badge: route.short_name,
  colour: route.color,
  words: route.long_name,
  choose: () => setQuery({ ...NOTHING, tab: 'buses', line: route.short_name, view: null }),
})
const stopHit = (stop: StopHit): Hit => ({
  key: stop.stop_id,
  group: 'stop',
  badge: null,
  words: stop.name,
  choose: () => {
    select({ kind: 'stop', id: stop.stop_id })
    wantedPlace.set({ lon: stop.lon, lat: stop.lat, zoom: 16 })
  },
})
const streetHit = (street: StreetHit): Hit => ({
  key: `street-${street.edge_index}`,
  group: 'street',
  badge: null,
  words: street.name,
  choose: () => {
    select({ kind: 'edge', id: String(street.edge_index) })
    wantedPlace.set({ lon: street.lon, lat: street.lat, zoom: 15.5 })
  },
})

export function ControlSearch({ fleet }: { fleet: Fleet }) {
  const [q, setQ] = useState('')
  const box = useRef<HTMLElement>(null)
  const wanted = q.trim()
  const data = useData<SearchHits>(wanted ? `/api/search?q=${encodeURIComponent(wanted)}&limit=${MOST}&streets=true` : null)
  const found = data.value
  const hits = [...(wanted ? findBuses(fleet.all(), wanted).map(busHit) : []), ...(found?.routes ?? []).map(lineHit), ...(found?.stops ?? []).map(stopHit), ...(found?.streets ?? []).map(streetHit)]
  const take = (hit: Hit) => {
    hit.choose()
    setQ('')
    document.getElementById(SEARCH_ID)?.blur()
  }
  const walk = (event: KeyboardEvent, step: number) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLElement>('.csearch-hits button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLElement)
    const next = buttons[at + step]
    if (next) next.focus()
    else if (step < 0) document.getElementById(SEARCH_ID)?.focus()
    event.preventDefault()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') walk(event, 1)
    else if (event.key === 'ArrowUp') walk(event, -1)
    else if (event.key === 'Escape') {
      setQ('')
      document.getElementById(SEARCH_ID)?.blur()
      event.stopPropagation()
    } else if (event.key === 'Enter' && (event.target as HTMLElement).id === SEARCH_ID && hits[0]) take(hits[0])
  }
  return (
    <search class="csearch" ref={box} onKeyDown={press}>
      <label class="hidden" for={SEARCH_ID}>
        {t('csearch.label')}
      </label>
      <Icon name="search" size={16} />
      <input id={SEARCH_ID} type="search" value={q} placeholder={t('csearch.label')} autocomplete="off" onInput={(event) => setQ(event.currentTarget.value)} />
      <kbd aria-hidden="true">/</kbd>
      {wanted && (
        <div class="csearch-hits">
          {found && hits.length === 0 && <p class="small-note">{t('csearch.none', { q })}</p>}
          {hits.map((hit, at) => (
            <button key={hit.key} type="button" class="row-link" onClick={() => take(hit)}>
              {hit.badge ? <LineBadge name={hit.badge} color={hit.colour} /> : <Icon name={hit.group === 'stop' ? 'stop' : 'map'} />}
              <span class="row-main">{hit.words}</span>
              {hits[at - 1]?.group !== hit.group && <small class="muted">{t(`csearch.${hit.group}` as Key)}</small>}
            </button>
          ))}
        </div>
      )}
    </search>
  )
}
