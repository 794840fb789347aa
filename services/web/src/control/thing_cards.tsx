/** Cards of a road and of a camera. */
import { useNow } from '../core/clock.ts'
import type { CameraView, EdgeDetail } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { ago, clockTime, distance, number, span, speed } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Fact } from '../ui/bits.tsx'
import { Panel } from '../ui/states.tsx'
import { cameraTone, total } from './lists.tsx'

export function EdgeCard({ data }: { data: Data<EdgeDetail> }) {
  return (
    <Panel data={data} what="what.edge" rows={6}>
      {(edge) => (
        <article class="card">
          <header class="card-head">
            <span class={`chip level-${edge.level}`}>{tCode('level.', edge.level)}</span>
            <h2>{edge.name || t('edge.unnamed')}</h2>
            <p class="card-sub">
              {t('edge.title')} · {distance(edge.length_m)}
            </p>
          </header>
          <section class="card-part">
            <dl class="facts">
              <Fact term={t('edge.speed')}>
                {edge.speed_mps === null ? t('level.no_data') : speed(edge.speed_mps)}
                {edge.sd_mps !== null && edge.speed_mps !== null && <span class="muted"> {t('edge.sd', { n: number(edge.sd_mps * 3.6) })}</span>}
              </Fact>
              {edge.usual_mps !== null && <Fact term={t('edge.usual')}>{speed(edge.usual_mps)}</Fact>}
              {edge.free_flow_mps !== null && <Fact term={t('edge.free')}>{speed(edge.free_flow_mps)}</Fact>}
              <Fact term={t('edge.count')}>{number(edge.observations)}</Fact>
              {edge.age_s !== null && <Fact term={t('edge.age')}>{ago(edge.age_s * 1000)}</Fact>}
            </dl>
          </section>
          <section class="card-part">
            <h3>{t('edge.history')}</h3>
            <History edge={edge} />
          </section>
        </article>
      )}
    </Panel>
  )
}

const CHART = { width: 320, height: 96, pad: 6 }

/** Speed of the last while with its deviation as a band; the usual speed as a dashed line. */
function History({ edge }: { edge: EdgeDetail }) {
  const rows = edge.history
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last || rows.length < 2) return <p class="small-note">{t('edge.history.none')}</p>
  const most = Math.max(edge.free_flow_mps ?? 0, ...rows.map((row) => row.speed_mps + (row.sd_mps ?? 0)), 1)
  const x = (ms: number) => CHART.pad + ((ms - first.time_ms) / Math.max(1, last.time_ms - first.time_ms)) * (CHART.width - 2 * CHART.pad)
  const y = (mps: number) => CHART.height - CHART.pad - (Math.max(0, mps) / most) * (CHART.height - 2 * CHART.pad)
  const line = rows.map((row) => `${x(row.time_ms).toFixed(1)},${y(row.speed_mps).toFixed(1)}`).join(' ')
  const high = rows.map((row) => `${x(row.time_ms).toFixed(1)},${y(row.speed_mps + (row.sd_mps ?? 0)).toFixed(1)}`)
  const low = rows.map((row) => `${x(row.time_ms).toFixed(1)},${y(row.speed_mps - (row.sd_mps ?? 0)).toFixed(1)}`).reverse()
  const speeds = rows.map((row) => row.speed_mps)
  const words = t('edge.history.label', { from: clockTime(first.time_ms), to: clockTime(last.time_ms), low: speed(Math.min(...speeds)), high: speed(Math.max(...speeds)) })
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={words}>
        <polygon points={[...high, ...low].join(' ')} class="chart-band" />
        {edge.usual_mps !== null && <line x1={CHART.pad} x2={CHART.width - CHART.pad} y1={y(edge.usual_mps)} y2={y(edge.usual_mps)} class="chart-usual" />}
        <polyline points={line} class="chart-line" />
      </svg>
      <figcaption>{words}</figcaption>
    </figure>
  )
}

/** Words for an approach of a junction: `west-2` is the second from the west. */
function sideOf(approach: string): string {
  const [side, nth] = approach.split('-')
  const words = tCode('camera.from.', side ?? approach)
  return nth ? `${words} (${nth})` : words
}

/** What crossed each approach in the newest interval. */
function Counts({ camera, now }: { camera: CameraView; now: number }) {
  const newest = Math.max(...camera.counts.map((one) => one.end_ms))
  return (
    <section class="card-part">
      <h3>{t('camera.counts')}</h3>
      <dl class="facts">
        {camera.counts.map((one) => (
          <Fact key={one.approach_id} term={sideOf(one.approach_id)}>
            {number(total(one.counts))}
            <span class="muted"> {Object.entries(one.counts).map(([kind, n]) => `${tCode('user.', kind)} ${number(n)}`).join(', ')}</span>
          </Fact>
        ))}
      </dl>
      <p class="small-note">{ago(Math.max(0, now - newest))}</p>
    </section>
  )
}

export function CameraCard({ camera }: { camera: CameraView }) {
  const now = useNow(5000)
  return (
    <article class="card">
      <header class="card-head">
        <span class={`chip ${cameraTone(camera)}`}>{tCode('camera.', camera.state)}</span>
        <h2>{say(camera.name)}</h2>
        <p class="card-sub">
          {camera.camera_id}
          {camera.since_ms !== null && ` · ${t('camera.since', { state: tCode('camera.', camera.state), span: span(now - camera.since_ms) })}`}
        </p>
      </header>
      <section class="card-part">
        <p class="why">{say(camera.text)}</p>
        <p class="small-note">{camera.rules.map((rule) => tCode('rule.', rule)).join(' · ')}</p>
      </section>
      {camera.counts.length > 0 && <Counts camera={camera} now={now} />}
    </article>
  )
}
