/** One bus on its way to the stop; touching it opens the details. */
import type { ComponentChildren } from 'preact'
import { segment } from '../core/api.ts'
import { setQuery, usePlace } from '../core/router.ts'
import type { Arrival } from '../core/types.ts'
import { ago, clockTime, span, stopTitle } from '../i18n/format.ts'
import { say, t } from '../i18n/index.ts'
import { Fact, LineBadge } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { show } from '../ui/toast.tsx'
import { insteadOf, laterOf, whenOf, type Contact } from './arrivals.ts'

interface Props {
  arrival: Arrival
  all: Arrival[]
  stopName: string
  contact: Contact
  open: boolean
  reminder: boolean
  onRemind: () => void
  onToggle: () => void
  /** What is shown beneath the details: the map once it was asked for. */
  map: ComponentChildren
}

function statusWords(arrival: Arrival, { nowMs, lost }: Contact): string {
  if (lost && arrival.status !== 'planned') return t('stop.status.lost')
  if (arrival.status === 'live') return t('stop.status.live')
  if (arrival.status === 'stale') {
    return t('stop.status.stale', { span: arrival.fix_time_ms === null ? '?' : span(nowMs - arrival.fix_time_ms) })
  }
  return t(arrival.reason ? 'stop.status.mayNotRun' : 'stop.status.planned')
}

export function ArrivalRow(props: Props) {
  const { arrival, all, contact, open } = props
  const missing = arrival.status === 'not_coming'
  const details = `details-${arrival.trip_id}-${arrival.start_date}`
  return (
    <li class={`arrival is-${arrival.status}${open ? ' is-open' : ''}`}>
      <button type="button" class="arrival-row" aria-expanded={open} aria-controls={open ? details : undefined} onClick={props.onToggle}>
        <LineBadge name={arrival.route_short_name} />
        <span class="arrival-main">
          <span class="arrival-headsign">{arrival.headsign ?? ''}</span>
          {missing ? <Missing arrival={arrival} all={all} /> : <Reason arrival={arrival} nowMs={contact.nowMs} />}
        </span>
        {!missing && <Minutes arrival={arrival} contact={contact} />}
      </button>
      {open && <Details id={details} {...props} />}
    </li>
  )
}

function Missing({ arrival, all }: { arrival: Arrival; all: Arrival[] }) {
  const next = insteadOf(arrival, all)
  return (
    <>
      <span class="arrival-missing">
        <Icon name="close" size={16} />
        {t('stop.status.notComing', { time: clockTime(arrival.scheduled_ms ?? arrival.eta_ms) })}
      </span>
      <span class="arrival-reason">
        {next ? t('stop.nextInstead', { time: clockTime(next.eta_ms), line: next.route_short_name }) : t('stop.noNext')}
      </span>
    </>
  )
}

/** Why it comes when it comes; a bus that stands stays on the list and says for how long. */
function Reason({ arrival, nowMs }: { arrival: Arrival; nowMs: number }) {
  const reason = say(arrival.reason)
  return (
    <>
      {arrival.standing_since_ms !== null && (
        <span class="arrival-standing">
          <Icon name="pause" size={16} />
          {t('stop.standing', { span: span(nowMs - arrival.standing_since_ms) })}
        </span>
      )}
      {reason && <span class="arrival-reason">{reason}</span>}
      {arrival.is_next_trip && <span class="arrival-reason">{t('stop.nextTrip')}</span>}
    </>
  )
}

function Minutes({ arrival, contact }: { arrival: Arrival; contact: Contact }) {
  const when = whenOf(arrival, contact.nowMs)
  const due = when.due && arrival.status === 'live'
  return (
    <span class="arrival-when">
      {due ? (
        <span class="arrival-due">{contact.lost ? clockTime(arrival.eta_ms) : t('stop.soon')}</span>
      ) : (
        <span class="arrival-minutes">
          <b>{when.minutes}</b> {t('stop.minutesUnit')}
        </span>
      )}
      {when.range && !due && <span class="arrival-range">{t('stop.range', { from: when.range[0], to: when.range[1] })}</span>}
      <span class="arrival-status">
        {arrival.status === 'live' && !contact.lost ? <span class="pulse" aria-hidden="true" /> : <span aria-hidden="true">○</span>} {statusWords(arrival, contact)}
      </span>
    </span>
  )
}

function whereWords(arrival: Arrival): string {
  const { at_stop_name: stop, stops_away: away } = arrival
  if (!stop) return t('stop.where.unknown')
  if (away === null) return stop
  return away === 0 ? t('stop.where.next', { stop }) : t('stop.where.away', { stop, n: away })
}

async function share(arrival: Arrival, stopName: string): Promise<void> {
  const text = `${t('route.title', { line: arrival.route_short_name })} · ${stopTitle(stopName)} · ${clockTime(arrival.eta_ms)}`
  try {
    if (navigator.share) await navigator.share({ text, url: location.href })
    else {
      await navigator.clipboard.writeText(location.href)
      show(t('app.copied'))
    }
  } catch {
    // The person closed the share sheet; nothing to do.
  }
}

function Details({ id, arrival, all, stopName, contact, reminder, onRemind, map }: Props & { id: string }) {
  const { query } = usePlace()
  const later = laterOf(arrival, all)
  const running = arrival.status !== 'not_coming'
  const mapShown = query.get('map') === '1'
  return (
    <div id={id} class="details" role="group" aria-label={t('stop.details', { line: arrival.route_short_name })}>
      <dl class="facts">
        {running && (
          <Fact term={t('stop.arrives')}>
            {arrival.p10_ms !== null && arrival.p90_ms !== null
              ? t('stop.arrives.value', { time: clockTime(arrival.eta_ms), from: clockTime(arrival.p10_ms), to: clockTime(arrival.p90_ms) })
              : clockTime(arrival.eta_ms)}
          </Fact>
        )}
        {arrival.scheduled_ms !== null && <Fact term={t('stop.planned')}>{clockTime(arrival.scheduled_ms)}</Fact>}
        {arrival.vehicle_id && (
          <>
            <Fact term={t('stop.where')}>
              {whereWords(arrival)}
            </Fact>
            <Fact term={t('stop.bus')}>{arrival.vehicle_id}</Fact>
          </>
        )}
        {arrival.fix_time_ms !== null && <Fact term={t('stop.fixAge')}>{ago(contact.nowMs - arrival.fix_time_ms)}</Fact>}
        {later.length > 0 && <Fact term={t('stop.later')}>{later.slice(0, 3).map((one) => clockTime(one.eta_ms)).join(', ')}</Fact>}
      </dl>
      <div class="details-acts">
        {arrival.vehicle_id && running && (
          <button type="button" class="button" aria-pressed={mapShown} onClick={() => setQuery({ map: mapShown ? null : '1' })}>
            <Icon name="map" />
            {mapShown ? t('stop.map.hide') : t('stop.map')}
          </button>
        )}
        {running && (
          <button type="button" class="button" aria-pressed={reminder} onClick={onRemind}>
            <Icon name="bell" filled={reminder} />
            {reminder ? t('stop.remind.on') : t('stop.remind')}
          </button>
        )}
        <a class="button" href={`/route/${segment(arrival.route_id)}`}>
          <Icon name="bus" />
          {t('stop.line')}
        </a>
        <button type="button" class="button" onClick={() => void share(arrival, stopName)}>
          <Icon name="share" />
          {t('stop.share')}
        </button>
      </div>
      {map}
    </div>
  )
}
