/** One line: its buses ahead in time, how far apart they will be, what is wrong and what helps. */
import { useNow } from '../core/clock.ts'
import { delayLevel } from '../core/levels.ts'
import { setQuery, usePlace } from '../core/router.ts'
import type { AlertView } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { delay, span } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import { LineChart } from './line_chart.tsx'
import type { Ladder, LadderBus, LineBody } from './line_types.ts'
import { select } from './selection.ts'

export function LineCard({ data }: { data: Data<LineBody> }) {
  return (
    <Panel data={data} what="what.line" rows={8}>
      {(body) => <Card body={body} />}
    </Panel>
  )
}

function Card({ body }: { body: LineBody }) {
  const now = useNow(5000)
  const { query } = usePlace()
  const wanted = Number(query.get('dir') ?? 0)
  const ladder = body.directions.find((one) => one.direction_id === wanted) ?? body.directions[0]
  const ofLine = body.alerts.filter((alert) => !ladder?.buses.some((bus) => bus.vehicle_id === alert.vehicle_id))
  return (
    <article class="card" aria-label={t('route.title', { line: body.route.short_name })}>
      <header class="card-head">
        <div class="card-line">
          <LineBadge name={body.route.short_name} color={body.route.color} />
          <h2>{body.route.long_name}</h2>
        </div>
        {body.directions.length > 1 && (
          <div class="filters" role="group" aria-label={t('route.directions')}>
            {body.directions.map((one) => (
              <button key={one.direction_id} type="button" aria-pressed={one === ladder} onClick={() => setQuery({ dir: one.direction_id ? String(one.direction_id) : null })}>
                {t('route.direction', { headsign: one.headsign })}
              </button>
            ))}
          </div>
        )}
      </header>
      {ofLine.length > 0 && (
        <ul class="card-part line-alerts">
          {ofLine.map((alert) => (
            <li key={alert.alert_id}>
              <AlertLine alert={alert} now={now} />
            </li>
          ))}
        </ul>
      )}
      {ladder && (
        <section class="card-part">
          {ladder.buses.length === 0 ? (
            <Empty icon="bus" title={t('line.none')} />
          ) : (
            <>
              <LineChart ladder={ladder} nowMs={body.now_ms} />
              <Rungs ladder={ladder} alerts={body.alerts} now={now} />
            </>
          )}
        </section>
      )}
    </article>
  )
}

function AlertLine({ alert, now }: { alert: AlertView; now: number }) {
  return (
    <>
      <span class="chip">{tCode('alert.', alert.kind)}</span> {say(alert.text)} <small>{span(now - alert.started_ms)}</small>
    </>
  )
}

/** The buses in their order, with the gap between each two against what is planned. */
function Rungs({ ladder, alerts, now }: { ladder: Ladder; alerts: AlertView[]; now: number }) {
  const planned = ladder.planned_headway_s
  return (
    <>
      <p class="small-note">{planned === null ? t('line.noPlan') : t('line.planned', { span: span(planned * 1000) })}</p>
      <ol class="rungs">
        {ladder.buses.map((bus) => (
          <li key={bus.vehicle_id}>
            {bus.headway_s !== null && (
              <p class={`rung-gap is-${bus.spacing ?? 'even'}`}>
                {t('line.gap', { span: span(bus.headway_s * 1000) })} {bus.spacing && bus.spacing !== 'even' && <b>{tCode('line.spacing.', bus.spacing)}</b>}
              </p>
            )}
            <RungRow bus={bus} />
            {alerts
              .filter((alert) => alert.vehicle_id === bus.vehicle_id)
              .map((alert) => (
                <p key={alert.alert_id} class="rung-alert">
                  <AlertLine alert={alert} now={now} />
                </p>
              ))}
          </li>
        ))}
      </ol>
    </>
  )
}

function RungRow({ bus }: { bus: LadderBus }) {
  return (
    <button type="button" class="fleet-row" onClick={() => select({ kind: 'vehicle', id: bus.vehicle_id })}>
      <span class="fleet-id">{bus.vehicle_id}</span>
      <span class={`rung-delay tone-text-${delayLevel(bus)}`}>{bus.delay_s === null ? tCode('phase.', bus.phase) : delay(bus.delay_s)}</span>
    </button>
  )
}
