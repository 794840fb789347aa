/** A stop as the controller sees it: which buses come next, each a way to its card. */
import { segment } from '../core/api.ts'
import type { ArrivalsBody } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { clockTime, delay, stopTitle } from '../i18n/format.ts'
import { t, tCode } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import { select } from './selection.ts'

export function StopCard({ data }: { data: Data<ArrivalsBody> }) {
  return (
    <Panel data={data} what="what.place" rows={6}>
      {({ stop, arrivals }) => (
        <article class="card" aria-label={stop.name}>
          <header class="card-head">
            <h2>{stopTitle(stop.name)}</h2>
            <p class="card-sub">
              {stop.routes.join(' · ')} · <a href={`/stop/${segment(stop.stop_id)}`}>{t('stopcard.page')}</a>
            </p>
          </header>
          <section class="card-part">
            <h3>{t('stopcard.next')}</h3>
            {arrivals.length === 0 ? (
              <Empty icon="bus" title={t('stopcard.none')} />
            ) : (
              <ul class="fleet">
                {arrivals.map((row) => (
                  <li key={`${row.trip_id}|${row.start_date}|${row.stop_id}`}>
                    <button type="button" class="fleet-row" disabled={row.vehicle_id === null} onClick={() => row.vehicle_id && select({ kind: 'vehicle', id: row.vehicle_id })}>
                      <LineBadge name={row.route_short_name} />
                      <span class="fleet-id">{row.headsign}</span>
                      <span class="fleet-delay">{clockTime(row.eta_ms)}</span>
                      <span class="fleet-age">{row.status === 'live' && row.delay_s !== null ? delay(row.delay_s) : tCode('stopcard.', row.status)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </section>
        </article>
      )}
    </Panel>
  )
}
