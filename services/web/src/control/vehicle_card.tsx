/** One bus: what it does and how sure we are, its delay, its next stops, and how good and how old its data is. */
import { segment } from '../core/api.ts'
import { useNow } from '../core/clock.ts'
import type { Bus } from '../core/frames.ts'
import { delayLevel, STALE_MS } from '../core/levels.ts'
import type { Quality, VehicleDetail } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { ago, clockTime, delay, distance, percent, span, speed } from '../i18n/format.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'
import { Fact, LineBadge, QualityBars } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/states.tsx'
import { qualityNow, trailOf, weakest } from './bus_facts.ts'

const NEXT_STOPS = 5

export function VehicleCard({ data, told }: { data: Data<VehicleDetail>; told: Bus | undefined }) {
  const now = useNow(1000)
  return (
    <Panel data={data} what="what.vehicle" rows={6}>
      {(detail) => {
        // The stream is newer than what was read a few seconds ago.
        const bus: VehicleDetail = told && told.time_ms > detail.time_ms ? { ...detail, time_ms: told.time_ms, delay_s: told.delay_s, speed_mps: told.speed_mps, phase: told.phase, probability: told.probability, quality: told.quality } : detail
        const ageMs = now - bus.time_ms
        return (
          <article class="card" aria-label={t('vehicle.title', { bus: bus.vehicle_id })}>
            <Head bus={bus} />
            {ageMs > STALE_MS && (
              <p class="band band-old" role="status">
                <Icon name="warn" size={16} />
                {t('vehicle.silent', { span: span(ageMs) })}
              </p>
            )}
            <Delay bus={bus} ageMs={ageMs} />
            <NextStops bus={bus} />
            <Scores quality={qualityNow(bus.quality, ageMs)} ageMs={ageMs} />
          </article>
        )
      }}
    </Panel>
  )
}

function Head({ bus }: { bus: VehicleDetail }) {
  return (
    <header class="card-head">
      <div class="card-line">
        {bus.route_short_name && <LineBadge name={bus.route_short_name} />}
        <h2>{bus.headsign ?? t('vehicle.title', { bus: bus.vehicle_id })}</h2>
      </div>
      <p class="card-sub">
        {t('vehicle.title', { bus: bus.vehicle_id })} · {tCode('phase.', bus.phase)} ({t('vehicle.probability', { p: percent(bus.probability) })})
      </p>
    </header>
  )
}

function Delay({ bus, ageMs }: { bus: VehicleDetail; ageMs: number }) {
  const trail = trailOf(bus.trail)
  const level = ageMs > STALE_MS ? 'stale' : delayLevel(bus)
  return (
    <section class="card-part">
      <p class={`delay-big tone-text-${level}`}>{bus.delay_s === null ? t('vehicle.noDelay') : delay(bus.delay_s)}</p>
      {bus.reason && <p class="why">{say(bus.reason)}</p>}
      <dl class="facts">
        <Fact term={t('vehicle.age')}>
          <span class={ageMs > STALE_MS ? 'is-late' : undefined}>{ago(ageMs)}</span>
        </Fact>
        {bus.speed_mps !== null && <Fact term={t('vehicle.speed')}>{speed(bus.speed_mps)}</Fact>}
        {trail.seconds > 0 && <Fact term={t('vehicle.trail', { span: span(trail.seconds * 1000) })}>{`${distance(trail.metres)}, ${speed(trail.metres / trail.seconds)}`}</Fact>}
        <Fact term={t('vehicle.source')}>{bus.source}</Fact>
      </dl>
    </section>
  )
}

function NextStops({ bus }: { bus: VehicleDetail }) {
  return (
    <section class="card-part">
      <h3>{t('vehicle.next')}</h3>
      {bus.next_stops.length === 0 ? (
        <p class="small-note">{t('vehicle.next.none')}</p>
      ) : (
        <ol class="next-stops">
          {bus.next_stops.slice(0, NEXT_STOPS).map((stop) => (
            <li key={stop.stop_id}>
              <a href={`/stop/${segment(stop.stop_id)}`}>{stop.name}</a>
              <b>{clockTime(stop.eta_ms)}</b>
              <small>
                {clockTime(stop.p10_ms)}–{clockTime(stop.p90_ms)}
              </small>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Scores({ quality, ageMs }: { quality: Quality; ageMs: number }) {
  const low = weakest(quality)
  return (
    <section class="card-part">
      <h3>{t('quality.title')}</h3>
      <QualityBars quality={quality} />
      <p class="small-note">{low ? t(`quality.why.${low}` as Key, { span: span(ageMs) }) : t('quality.good')}</p>
    </section>
  )
}
