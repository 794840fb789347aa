/** One stop: when does my bus come, and can I still catch it? */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { segment } from '../core/api.ts'
import { clockSpeed, nudgeClock, useNow } from '../core/clock.ts'
import { keep, recall } from '../core/kept.ts'
import { useLive } from '../core/live.ts'
import { go, setQuery, usePlace } from '../core/router.ts'
import type { Arrival, ArrivalsBody, RouteHit } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { span, stopTitle } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Empty, Failure, Skeleton } from '../ui/states.tsx'
import { Alerts } from './alerts.tsx'
import { ArrivalRow } from './arrival_row.tsx'
import { contactOf, keyOf, OLD_MS, steadyOrder, type Contact } from './arrivals.ts'
import { noteSeen, toggleFavourite, useFavourites } from './favourites.ts'
import { LineChips } from './hits.tsx'
import { LazyMap } from '../map/lazy.tsx'
import { useReminders } from './reminders.ts'

const POLL_MS = 20_000
const KEPT_STOPS = 'arrivals:'

interface Kept {
  body: ArrivalsBody
  at: number
}

/** Arrivals of a stop: read, then kept fresh by events; the last ones stay on this device. */
function useArrivals(id: string) {
  const data = useData<ArrivalsBody>(`/api/stops/${segment(id)}/arrivals?limit=20`, POLL_MS)
  const live = useLive(`topics=arrivals,clock&stop_id=${segment(id)}`, {
    arrivals: (body: ArrivalsBody) => {
      nudgeClock(body.now_ms)
      data.put(body)
    },
  })
  const [kept] = useState(() => recall<Kept | null>(KEPT_STOPS + id, null))
  useEffect(() => {
    if (data.value) keep(KEPT_STOPS + id, { body: data.value, at: data.receivedAt })
  }, [data.value])
  const body = data.value ?? (data.error && data.error.status !== 404 ? kept?.body : null) ?? null
  const receivedAt = data.value ? data.receivedAt! : (kept?.at ?? 0)
  return { body, receivedAt, heardAt: data.value ? live.heardAt() : 0, data }
}

export function Stop({ id }: { id: string }) {
  const { query } = usePlace()
  const now = useNow(1000)
  const { body, receivedAt, heardAt, data } = useArrivals(id)
  useEffect(() => {
    document.title = body ? stopTitle(body.stop.name) : t('app.name')
    if (body) noteSeen(body.stop)
  }, [body?.stop.stop_id])

  if (!body) {
    return (
      <main id="main" class="rider">
        <StopHead name={null} />
        {data.error ? <Failure what="what.arrivals" error={data.error} retry={data.reload} /> : <Skeleton rows={5} height={92} />}
      </main>
    )
  }
  const contact = contactOf(body, receivedAt, heardAt, Date.now(), now, clockSpeed())
  const bus = query.get('bus')
  const map = query.get('map') === '1' ? <LazyMap stop={whereOf(body, bus)} vehicleIds={vehicleIdsOf(body, bus)} /> : null
  return (
    <main id="main" class="rider">
      <StopHead name={body.stop.name} body={body} />
      <Freshness body={body} contact={contact} />
      {/* A trip that does not run has its own row in the list. */}
      <Alerts alerts={body.alerts.filter((alert) => alert.kind !== 'not_coming')} />
      <ArrivalList body={body} contact={contact} open={bus} map={bus ? map : null} />
      {!bus && map}
      <section class="block">
        <h2>{t('stop.lines')}</h2>
        <LineLinks body={body} />
      </section>
    </main>
  )
}

/** The platform or side where the chosen bus calls, else the stop itself. */
function whereOf({ stop, arrivals }: ArrivalsBody, bus: string | null): { name: string; lon: number; lat: number } {
  const chosen = bus ? arrivals.find((arrival) => keyOf(arrival) === bus) : undefined
  return { name: stop.name, lon: chosen?.stop_lon ?? stop.lon, lat: chosen?.stop_lat ?? stop.lat }
}

function vehicleIdsOf(body: ArrivalsBody, bus: string | null): string[] {
  const chosen = bus ? body.arrivals.filter((arrival) => keyOf(arrival) === bus) : body.arrivals
  return chosen.flatMap((arrival) => (arrival.vehicle_id ? [arrival.vehicle_id] : []))
}

/** Every line of the stop leads to its page; lines without a bus on its way are looked up by their name. */
function LineLinks({ body }: { body: ArrivalsBody }) {
  const known = new Map(body.arrivals.map((arrival) => [arrival.route_short_name, arrival.route_id]))
  const missing = body.stop.routes.filter((name) => !known.has(name))
  const all = useData<{ routes: RouteHit[] }>(missing.length > 0 ? '/api/routes' : null)
  for (const route of all.value?.routes ?? []) {
    if (missing.includes(route.short_name)) known.set(route.short_name, route.route_id)
  }
  return (
    <div class="line-links">
      {[...known].map(([name, routeId]) => (
        <a key={routeId} class="line-link" href={`/route/${segment(routeId)}`}>
          {t('route.title', { line: name })}
          <Icon name="chevron" size={16} />
        </a>
      ))}
      <LineChips routes={missing.filter((name) => !known.has(name))} />
    </div>
  )
}

function StopHead({ name, body }: { name: string | null; body?: ArrivalsBody }) {
  const favourites = useFavourites()
  const saved = favourites.some((stop) => stop.stop_id === body?.stop.stop_id)
  return (
    <div class="page-head">
      <button type="button" class="icon-button" aria-label={t('app.back')} onClick={() => (history.length > 1 ? history.back() : go('/'))}>
        <Icon name="back" size={24} />
      </button>
      <h1>{name ? stopTitle(name) : <span class="skeleton-line" />}</h1>
      {body && (
        <button
          type="button"
          class={saved ? 'icon-button is-on' : 'icon-button'}
          aria-pressed={saved}
          aria-label={saved ? t('stop.favourite.remove') : t('stop.favourite.add')}
          onClick={() => toggleFavourite(body.stop)}
        >
          <Icon name="star" size={24} filled={saved} />
        </button>
      )}
    </div>
  )
}

/** How fresh the page is, in one line; grey and loud when contact is lost. */
function Freshness({ body, contact }: { body: ArrivalsBody; contact: Contact }) {
  if (contact.lost) {
    return (
      <p class={contact.silentMs > OLD_MS ? 'band band-old' : 'band'} role="status">
        <Icon name="warn" size={16} />
        {t('stop.silent', { span: span(contact.silentMs) })}
      </p>
    )
  }
  if (body.newest_fix_ms === null && body.arrivals.length === 0) return null
  if (body.newest_fix_ms === null) {
    return (
      <p class="fresh">
        <span aria-hidden="true">○</span> {t('stop.noLive')}
      </p>
    )
  }
  const ageMs = Math.max(0, contact.nowMs - body.newest_fix_ms)
  return (
    <p class="fresh fresh-live">
      <span class="pulse" aria-hidden="true" /> <strong>{t('stop.live')}</strong> · {ageMs < 3000 ? t('stop.justNow') : t('stop.updated', { span: span(ageMs) })}
    </p>
  )
}

function ArrivalList({ body, contact, open, map }: { body: ArrivalsBody; contact: Contact; open: string | null; map: ComponentChildren }) {
  const touching = useRef(false)
  const order = useRef<string[]>([])
  const reminders = useReminders(body, contact)
  const list =
    touching.current || open ? steadyOrder(body.arrivals, keyOf, order.current) : body.arrivals
  order.current = list.map(keyOf)
  useEffect(() => {
    const lift = () => {
      touching.current = false
    }
    addEventListener('pointerup', lift)
    addEventListener('pointercancel', lift)
    return () => {
      removeEventListener('pointerup', lift)
      removeEventListener('pointercancel', lift)
    }
  }, [])
  if (list.length === 0) return <Empty icon="bus" title={t('stop.empty')} hint={t('stop.empty.hint')} />
  return (
    <ul
      class={contact.lost ? 'arrivals is-frozen' : 'arrivals'}
      onPointerDown={() => {
        touching.current = true
      }}
    >
      {list.map((arrival: Arrival) => {
        const key = keyOf(arrival)
        return (
          <ArrivalRow
            key={key}
            arrival={arrival}
            all={body.arrivals}
            stopName={body.stop.name}
            contact={contact}
            open={open === key}
            map={open === key ? map : null}
            reminder={reminders.has(key)}
            onRemind={() => reminders.toggle(key)}
            onToggle={() => setQuery({ bus: open === key ? null : key, map: null })}
          />
        )
      })}
    </ul>
  )
}
