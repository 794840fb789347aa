/** A line as a straight ladder of stops with its buses moving along it; no map is needed. */
import { useEffect } from 'preact/hooks'
import { segment } from '../core/api.ts'
import { useNow } from '../core/clock.ts'
import { useLive } from '../core/live.ts'
import { go, setQuery, usePlace } from '../core/router.ts'
import type { RouteBody, RouteDirection, VehiclesBody, VehicleView } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { delay, distance, span } from '../i18n/format.ts'
import { t, tCode } from '../i18n/index.ts'
import { LazyMap } from '../map/lazy.tsx'
import { LineBadge } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { Failure, Skeleton, StaleBand } from '../ui/states.tsx'
import { delayLevel } from '../core/levels.ts'
import { Alerts } from './alerts.tsx'
import { placeOnLadder, STEP_PX } from './ladder.ts'

const POLL_MS = 60_000
const OLD_FIX_MS = 120_000

export function Route({ id }: { id: string }) {
  const { query } = usePlace()
  const data = useData<RouteBody>(`/api/routes/${segment(id)}`, POLL_MS)
  const body = data.value
  useLive(`topics=buses,clock&route_id=${segment(id)}`, {
    buses: ({ vehicles }: VehiclesBody) => {
      if (body) data.put({ ...body, vehicles: merge(body.vehicles, vehicles, id) })
    },
  })
  useEffect(() => {
    document.title = body ? t('route.title', { line: body.route.short_name }) : t('app.name')
  })
  if (!body) {
    return (
      <main id="main" class="rider">
        <RouteHead body={null} />
        {data.error ? <Failure what="what.route" error={data.error} retry={data.reload} /> : <Skeleton rows={8} height={STEP_PX} />}
      </main>
    )
  }
  const wanted = Number(query.get('dir') ?? body.directions[0]?.direction_id ?? 0)
  const direction = body.directions.find((one) => one.direction_id === wanted) ?? body.directions[0]
  const ageMs = Date.now() - (data.receivedAt ?? 0)
  const showMap = query.get('map') === '1'
  return (
    <main id="main" class="rider">
      <RouteHead body={body} />
      {data.error && <StaleBand ageMs={ageMs} old={ageMs > OLD_FIX_MS} />}
      <Alerts alerts={body.alerts} />
      <Directions directions={body.directions} chosen={direction} />
      <div class="details-acts">
        <button type="button" class="button" aria-pressed={showMap} onClick={() => setQuery({ map: showMap ? null : '1' })}>
          <Icon name="map" />
          {showMap ? t('stop.map.hide') : t('route.map')}
        </button>
      </div>
      {direction && showMap && (
        <LazyMap shape={direction.shape} lengthM={direction.length_m} vehicleIds={body.vehicles.map((bus) => bus.vehicle_id)} />
      )}
      {direction && <Ladder direction={direction} vehicles={body.vehicles} />}
    </main>
  )
}

/** Newer positions replace older ones; a bus that left the line leaves the list. */
function merge(before: VehicleView[], newer: VehicleView[], routeId: string): VehicleView[] {
  const all = new Map(before.map((bus) => [bus.vehicle_id, bus]))
  for (const bus of newer) {
    const known = all.get(bus.vehicle_id)
    if (bus.route_id === routeId) {
      if (!known || bus.time_ms >= known.time_ms) all.set(bus.vehicle_id, bus)
    } else if (known && bus.time_ms >= known.time_ms) all.delete(bus.vehicle_id)
  }
  return [...all.values()]
}

function RouteHead({ body }: { body: RouteBody | null }) {
  return (
    <div class="page-head">
      <button type="button" class="icon-button" aria-label={t('app.back')} onClick={() => (history.length > 1 ? history.back() : go('/'))}>
        <Icon name="back" size={24} />
      </button>
      {body ? (
        <>
          <LineBadge name={body.route.short_name} color={body.route.color} />
          <h1>
            <span class="hidden">{t('route.title', { line: body.route.short_name })}: </span>
            {body.route.long_name}
          </h1>
        </>
      ) : (
        <h1>
          <span class="skeleton-line" />
        </h1>
      )}
    </div>
  )
}

function Directions({ directions, chosen }: { directions: RouteDirection[]; chosen: RouteDirection | undefined }) {
  if (directions.length < 2) return null
  return (
    <div class="segments" role="group" aria-label={t('route.directions')}>
      {directions.map((direction) => (
        <button
          key={direction.direction_id}
          type="button"
          aria-pressed={direction === chosen}
          onClick={() => setQuery({ dir: String(direction.direction_id) })}
        >
          {t('route.direction', { headsign: direction.headsign ?? direction.stops.at(-1)?.name ?? '' })}
        </button>
      ))}
    </div>
  )
}

function Ladder({ direction, vehicles }: { direction: RouteDirection; vehicles: VehicleView[] }) {
  const now = useNow(2000)
  const here = vehicles.filter((bus) => bus.direction_id === direction.direction_id && bus.distance_m !== null)
  const placed = placeOnLadder(direction.stops, here)
  return (
    <>
      <p class="ladder-sum">
        <strong>{here.length > 0 ? t('route.buses', { n: here.length }) : t('route.buses.none')}</strong>
        <span>{t('route.stops', { n: direction.stops.length, length: distance(direction.length_m) })}</span>
      </p>
      {here.length === 0 && <p class="small-note">{t('route.buses.none.hint')}</p>}
      <div class="ladder" style={{ height: `${direction.stops.length * STEP_PX}px` }}>
        <ol>
          {direction.stops.map((stop) => (
            <li key={stop.stop_id} style={{ height: `${STEP_PX}px` }}>
              <a href={`/stop/${segment(stop.stop_id)}`}>
                <span class="ladder-dot" aria-hidden="true" />
                <span class="ladder-name">{stop.name}</span>
              </a>
            </li>
          ))}
        </ol>
        <ul class="ladder-buses">
          {placed.map(({ bus, y }) => {
            const ageMs = now - bus.time_ms
            const level = ageMs > OLD_FIX_MS ? 'unknown' : delayLevel(bus)
            return (
              <li key={bus.vehicle_id} class={`ladder-bus tone-${level}`} style={{ transform: `translateY(${y}px)` }}>
                <Icon name="bus" size={16} />
                <span class="hidden">{t('route.bus', { bus: bus.vehicle_id })}</span>
                <span class="ladder-words">
                  {ageMs > OLD_FIX_MS ? t('route.age', { span: span(ageMs) }) : bus.delay_s === null ? tCode('phase.', bus.phase) : delay(bus.delay_s)}
                </span>
                {bus.next_stop_name && <span class="hidden">{t('route.between', { stop: bus.next_stop_name })}</span>}
              </li>
            )
          })}
        </ul>
      </div>
    </>
  )
}
