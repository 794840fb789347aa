/** The card of a road: how fast, how sure, against what is usual, from whom, and where it is heading. */
import { useState } from 'preact/hooks'
import { useNow } from '../core/clock.ts'
import { ageOf, intervalOf, speedOf, trustOf } from '../core/edges.ts'
import type { EdgeChartBody, EdgeDetail } from '../core/road_types.ts'
import { type Data, useData } from '../core/use_data.ts'
import { ago, distance, number, speed } from '../i18n/format.ts'
import { t, tCode, type Key } from '../i18n/index.ts'
import { Fact } from '../ui/bits.tsx'
import { Panel } from '../ui/states.tsx'
import { EdgeChart } from './edge_chart.tsx'

const CHART_MS = 60_000

export function EdgeCard({ data }: { data: Data<EdgeDetail> }) {
  return (
    <Panel data={data} what="what.edge" rows={6}>
      {(edge) => (
        <article class="card" aria-label={edge.name || t('edge.unnamed')}>
          <header class="card-head">
            <span class={`chip level-${edge.level}`}>{tCode('level.', edge.level)}</span>
            <h2>{edge.name || t('edge.unnamed')}</h2>
            <p class="card-sub">
              {t('edge.title')} · {distance(edge.length_m)}
              {edge.class && ` · ${tCode('road.', edge.class)}`}
            </p>
          </header>
          <section class="card-part">
            <Speed edge={edge} />
            <Facts edge={edge} />
          </section>
          <History edge={edge} />
        </article>
      )}
    </Panel>
  )
}

/** The last hour as it came in, or a day of what the archive kept. */
function History({ edge }: { edge: EdgeDetail }) {
  const [day, setDay] = useState(false)
  const kept = useData<EdgeChartBody>(day ? `/api/edges/${edge.edge_index}/history?hours=24` : null, CHART_MS)
  const history = kept.value?.points.flatMap(({ time_ms, speed_mps, sd_mps }) => (speed_mps === null ? [] : [{ time_ms, speed_mps, sd_mps }]))
  return (
    <section class="card-part">
      <h3>{t('edge.history')}</h3>
      <div class="chart-hours" role="group" aria-label={t('edge.history')}>
        {[false, true].map((one) => (
          <button key={String(one)} type="button" aria-pressed={one === day} onClick={() => setDay(one)}>
            {t(one ? 'edge.history.day' : 'edge.history.hour')}
          </button>
        ))}
      </div>
      {day && !kept.value ? <Panel data={kept} what="what.past" rows={3}>{() => null}</Panel> : <EdgeChart edge={history ? { ...edge, history } : edge} />}
    </section>
  )
}

/** The speed with its interval, and in words how far it may be trusted. */
function Speed({ edge }: { edge: EdgeDetail }) {
  const now = useNow(5000)
  const [mps, between] = [speedOf(edge), intervalOf(edge)]
  if (mps === null) return <p class="why">{t('edge.noData')}</p>
  const trust = trustOf(edge, now)
  return (
    <>
      <p class="edge-speed">
        <b>{speed(mps)}</b>
        {between && <span>{t('edge.between', { low: number(between[0] * 3.6), high: number(between[1] * 3.6) })}</span>}
      </p>
      <p class={`trust trust-${trust}`}>{t(`trust.${trust}` as Key)}</p>
    </>
  )
}

function Facts({ edge }: { edge: EdgeDetail }) {
  const now = useNow(5000)
  const age = ageOf(edge, now)
  return (
    <dl class="facts">
      {edge.jam_factor != null && <Fact term={t('edge.jam')}>{t('edge.jam.of', { n: number(edge.jam_factor, 1) })}</Fact>}
      {edge.travel_time_index != null && <Fact term={t('edge.tti')}>× {number(edge.travel_time_index, 2)}</Fact>}
      {edge.usual_mps !== null && <Fact term={t('edge.usual')}>{speed(edge.usual_mps)}</Fact>}
      {edge.free_flow_mps !== null && <Fact term={t('edge.free')}>{speed(edge.free_flow_mps)}</Fact>}
      {edge.traffic_mps != null && edge.speed_mps !== null && !edge.imputed && <Fact term={t('edge.speed')}>{speed(edge.speed_mps)}</Fact>}
      {edge.motorcycle_level && <Fact term={t('edge.motorbikes')}>{edge.motorcycle_level}</Fact>}
      <Fact term={t('edge.count')}>{edge.observations > 0 ? number(edge.observations) : t('edge.count.none')}</Fact>
      {age !== null && edge.observations > 0 && <Fact term={t('edge.age')}>{ago(age * 1000)}</Fact>}
    </dl>
  )
}
