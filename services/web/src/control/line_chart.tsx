/** The buses of one direction ahead in time: strings that come together will bunch, and say so. */
import { delayLevel } from '../core/levels.ts'
import { clockTime } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import type { Ladder } from './line_types.ts'
import { AHEAD_MS, areaBetween, CHART, namedStops, pathOf, pointsText, scaleOf } from './strings.ts'

const TICKS_MS = [0, 10, 20, 30].map((minutes) => minutes * 60_000)

export function LineChart({ ladder, nowMs }: { ladder: Ladder; nowMs: number }) {
  const scale = scaleOf(ladder, nowMs)
  const byId = new Map(ladder.buses.map((bus) => [bus.vehicle_id, bus]))
  const bunched = ladder.buses.filter((bus) => bus.spacing === 'bunched')
  const words = t('line.chart', { n: ladder.buses.length, pairs: bunched.length, until: clockTime(nowMs + AHEAD_MS) })
  const foot = CHART.height - CHART.bottom
  return (
    <figure class="chart line-chart">
      <svg viewBox={`0 0 ${CHART.width} ${CHART.height}`} role="img" aria-label={words}>
        {namedStops(ladder).map((stop) => (
          <g key={stop.stop_id}>
            <line x1={CHART.left} x2={CHART.width - CHART.right} y1={scale.y(stop.distance_m)} y2={scale.y(stop.distance_m)} class="string-stop" />
            <text x={CHART.width - CHART.right} y={scale.y(stop.distance_m) - 3} class="string-name">
              {stop.name}
            </text>
          </g>
        ))}
        {TICKS_MS.map((ahead) => (
          <g key={ahead}>
            <line x1={scale.x(nowMs + ahead)} x2={scale.x(nowMs + ahead)} y1={CHART.top} y2={foot} class="string-stop" />
            <text x={scale.x(nowMs + ahead)} y={foot + 15} class={`string-tick${ahead === 0 ? ' is-first' : ahead === AHEAD_MS ? ' is-last' : ''}`}>
              {clockTime(nowMs + ahead)}
            </text>
          </g>
        ))}
        {bunched.map((bus) => {
          const leader = bus.ahead ? byId.get(bus.ahead) : undefined
          return leader && <polygon key={bus.vehicle_id} points={pointsText(areaBetween(leader, bus, nowMs), scale)} class="string-bunch" />
        })}
        {ladder.buses.map((bus) => (
          <g key={bus.vehicle_id} class={`string tone-text-${delayLevel(bus)}`}>
            <polyline points={pointsText(pathOf(bus, nowMs), scale)} />
            <circle cx={scale.x(nowMs)} cy={scale.y(bus.distance_m)} r={4} />
          </g>
        ))}
      </svg>
      <figcaption>{words}</figcaption>
    </figure>
  )
}
