/** The slash key's search: buses on the map by plate, lines and stops by name. */
import { useState } from 'preact/hooks'
import { segment } from '../core/api.ts'
import type { Fleet } from '../core/frames.ts'
import type { SearchHits } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { select } from './selection.ts'

const MOST = 6
export const SEARCH_ID = 'control-search'

export function ControlSearch({ fleet }: { fleet: Fleet }) {
  const [q, setQ] = useState('')
  const wanted = q.trim().toLowerCase()
  const data = useData<SearchHits>(wanted ? `/api/search?q=${encodeURIComponent(wanted)}&limit=${MOST}` : null)
  const plain = wanted.replace(/[^\p{L}\p{N}]/gu, '')
  const buses = plain ? [...fleet.all()].filter((bus) => bus.vehicle_id.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '').includes(plain) || bus.route_short_name?.toLowerCase() === plain).slice(0, MOST) : []
  const hits = data.value
  const none = wanted && data.value && buses.length + data.value.routes.length + data.value.stops.length === 0
  return (
    <search class="csearch">
      <label class="hidden" for={SEARCH_ID}>
        {t('csearch.label')}
      </label>
      <Icon name="search" size={16} />
      <input
        id={SEARCH_ID}
        type="search"
        value={q}
        placeholder={t('csearch.label')}
        autocomplete="off"
        onInput={(event) => setQ(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setQ('')
            event.currentTarget.blur()
          } else if (event.key === 'Enter' && buses[0]) {
            select({ kind: 'vehicle', id: buses[0].vehicle_id })
            setQ('')
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
      {wanted && (
        <div class="csearch-hits">
          {none && <p class="small-note">{t('csearch.none', { q })}</p>}
          {buses.map((bus) => (
            <button
              key={bus.vehicle_id}
              type="button"
              class="row-link"
              onClick={() => {
                select({ kind: 'vehicle', id: bus.vehicle_id })
                setQ('')
              }}
            >
              <LineBadge name={bus.route_short_name ?? '–'} />
              <span class="row-main">{bus.vehicle_id}</span>
            </button>
          ))}
          {hits?.routes.map((route) => (
            <a key={route.route_id} class="row-link" href={`/route/${segment(route.route_id)}`}>
              <LineBadge name={route.short_name} color={route.color} />
              <span class="row-main">{route.long_name}</span>
            </a>
          ))}
          {hits?.stops.map((stop) => (
            <a key={stop.stop_id} class="row-link" href={`/stop/${segment(stop.stop_id)}`}>
              <Icon name="stop" />
              <span class="row-main">{stop.name}</span>
            </a>
          ))}
        </div>
      )}
    </search>
  )
}
