/** A road's speed of the last while with its doubt, the usual speed, and where it is heading. */
import type { EdgeDetail } from '../core/road_types.ts'
import { clockTime, speed } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'

const CHART = { width: 320, height: 132, left: 28, right: 8, top: 8, bottom: 20 }
const HALF_90 = 1.645
/** Two clock times need so much room beside one another. */
const CLOCK_WIDE = 44

interface Dot {
  ms: number
  mps: number
  low: number
  high: number
}

const past = (edge: EdgeDetail): Dot[] =>
  edge.history.map((row) => ({ ms: row.time_ms, mps: row.speed_mps, low: Math.max(0, row.speed_mps - HALF_90 * (row.sd_mps ?? 0)), high: row.speed_mps + HALF_90 * (row.sd_mps ?? 0) }))
const ahead = (edge: EdgeDetail): Dot[] => (edge.forecast ?? []).map((row) => ({ ms: row.time_ms, mps: row.speed_mps, low: row.low_mps, high: row.high_mps }))

/** Round km/h on the axis: two or three lines. */
function ticksOf(mostMps: number): number[] {
  const step = mostMps * 3.6 > 60 ? 30 : mostMps * 3.6 > 30 ? 20 : 10
  return [1, 2, 3].map((n) => n * step).filter((kmh) => kmh < mostMps * 3.6)
}

export function EdgeChart({ edge }: { edge: EdgeDetail }) {
  const [before, after] = [past(edge), ahead(edge)]
  const all = [...before, ...after]
  const [first, last] = [all[0], all.at(-1)]
  if (!first || !last || all.length < 2) return <p class="small-note">{t('edge.history.none')}</p>
  const now = before.at(-1) ?? first
  const most = Math.max(edge.free_flow_mps ?? 0, ...all.map((dot) => Math.min(dot.high, 1.5 * dot.mps + 3)), 3)
  const x = (ms: number) => CHART.left + ((ms - first.ms) / Math.max(1, last.ms - first.ms)) * (CHART.width - CHART.left - CHART.right)
  const y = (mps: number) => CHART.height - CHART.bottom - (Math.min(most, Math.max(0, mps)) / most) * (CHART.height - CHART.top - CHART.bottom)
  const points = (dots: readonly Dot[], of: (dot: Dot) => number) => dots.map((dot) => `${x(dot.ms).toFixed(1)},${y(of(dot)).toFixed(1)}`)
  const band = (dots: readonly Dot[]) => [...points(dots, (dot) => dot.high), ...points(dots, (dot) => dot.low).reverse()].join(' ')
  const heading = before.length > 0 ? [now, ...after] : after
  const foot = CHART.height - CHART.bottom
  const words = wordsOf(before, after)
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={words}>
        {ticksOf(most).map((kmh) => (
          <g key={kmh}>
            <line x1={CHART.left} x2={CHART.width - CHART.right} y1={y(kmh / 3.6)} y2={y(kmh / 3.6)} class="string-stop" />
            <text x={CHART.left - 4} y={y(kmh / 3.6) + 4} class="string-name">
              {kmh}
            </text>
          </g>
        ))}
        <polygon points={band(before)} class="chart-band" />
        {after.length > 0 && <polygon points={band(heading)} class="chart-band chart-band-ahead" />}
        {edge.usual_mps !== null && <line x1={CHART.left} x2={CHART.width - CHART.right} y1={y(edge.usual_mps)} y2={y(edge.usual_mps)} class="chart-usual" />}
        <polyline points={points(before, (dot) => dot.mps).join(' ')} class="chart-line" />
        {after.length > 0 && <polyline points={points(heading, (dot) => dot.mps).join(' ')} class="chart-line chart-ahead" />}
        {after.length > 0 && <line x1={x(now.ms)} x2={x(now.ms)} y1={CHART.top} y2={foot} class="chart-now" />}
        <text x={CHART.left} y={CHART.height - 5} class="string-tick is-first">
          {clockTime(first.ms)}
        </text>
        {after.length > 0 && before.length > 0 && x(now.ms) - CHART.left > CLOCK_WIDE && (
          <text x={x(now.ms)} y={CHART.height - 5} class="string-tick">
            {clockTime(now.ms)}
          </text>
        )}
        <text x={CHART.width - CHART.right} y={CHART.height - 5} class="string-tick is-last">
          {clockTime(last.ms)}
        </text>
      </svg>
      <figcaption>{words}</figcaption>
    </figure>
  )
}

function wordsOf(before: readonly Dot[], after: readonly Dot[]): string {
  const said: string[] = []
  const [first, last] = [before[0], before.at(-1)]
  if (first && last) {
    const speeds = before.map((dot) => dot.mps)
    said.push(t('edge.history.label', { from: clockTime(first.ms), to: clockTime(last.ms), low: speed(Math.min(...speeds)), high: speed(Math.max(...speeds)) }))
  }
  const end = after.at(-1)
  if (end) said.push(t('edge.ahead.label', { to: clockTime(end.ms), speed: speed(end.mps), low: speed(end.low), high: speed(end.high) }))
  return said.join('. ')
}
