/** Water: spots that hold, the deepest first, and what the rain gauges say, the heaviest first. */
import { useNow } from '../core/clock.ts'
import { setQuery } from '../core/router.ts'
import type { RainBody } from '../core/road_types.ts'
import type { IncidentView } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { ago, number } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Empty, Panel } from '../ui/states.tsx'
import { DEPTHS, FRESH_MS, WhoPasses } from './depths.tsx'
import { placing } from './flooding.tsx'
import { wantedPlace } from './search.tsx'
import { select } from './selection.ts'

export const isFlood = (one: IncidentView): boolean => one.kind === 'flood' && (one.state === 'verified' || one.state === 'responding')

const depthOf = (one: IncidentView): number => (one.flood ? DEPTHS.indexOf(one.flood) : -1)

export function WaterList({ incidents, rain }: { incidents: Data<{ incidents: IncidentView[] }>; rain: Data<RainBody> }) {
  return (
    <>
      <div class="list-act">
        <button
          type="button"
          class="button button-main"
          onClick={() => {
            placing.set({ at: null })
            setQuery({ view: 'map' })
          }}
        >
          {t('flood.place')}
        </button>
      </div>
      <Panel data={incidents} what="what.incidents" rows={2} isEmpty={(body) => !body.incidents.some(isFlood)} empty={<Empty icon="check" title={t('flood.none')} hint={t('flood.none.hint')} />}>
        {(body) => <Spots floods={body.incidents.filter(isFlood)} />}
      </Panel>
      <h2 class="list-head">{t('rain.title')}</h2>
      <Panel data={rain} what="what.rain" rows={2} isEmpty={(body) => body.gauges.length === 0} empty={<Empty icon="info" title={t('rain.none')} hint={t('rain.none.hint')} />}>
        {(body) => <Gauges body={body} />}
      </Panel>
    </>
  )
}

function Spots({ floods }: { floods: IncidentView[] }) {
  const now = useNow(5000)
  return (
    <ul class="queue">
      {[...floods]
        .sort((a, b) => depthOf(b) - depthOf(a) || b.updated_ms - a.updated_ms)
        .map((one) => (
          <li key={one.incident_id}>
            <button type="button" class="queue-row" onClick={() => select({ kind: 'incident', id: one.incident_id })}>
              <span class="queue-title">{say(one.title)}</span>
              <span class="queue-sub">
                {one.flood && tCode('depth.', one.flood)} · {t('flood.said', { age: ago(now - one.updated_ms) })}
                {now - one.updated_ms > FRESH_MS && <b> · {t('flood.old')}</b>}
              </span>
              <WhoPasses passable={one.passable ?? []} />
            </button>
          </li>
        ))}
    </ul>
  )
}

function Gauges({ body }: { body: RainBody }) {
  return (
    <>
      {body.sources.flatMap((source) => source.problems.map((problem) => <p key={`${source.source}${say(problem)}`} class="small-note">{say(problem)}</p>))}
      <ul class="queue">
        {[...body.gauges]
          .sort((a, b) => Number(a.stale) - Number(b.stale) || b.mm_h - a.mm_h)
          .map((gauge) => (
            <li key={`${gauge.source}/${gauge.gauge_id}`}>
              <button
                type="button"
                class="fleet-row"
                onClick={() => {
                  wantedPlace.set({ lon: gauge.lon, lat: gauge.lat, zoom: 14 })
                  setQuery({ view: 'map' })
                }}
              >
                <span class="fleet-id">{gauge.gauge_id}</span>
                <span class="fleet-delay">{gauge.stale ? t('rain.stale') : t('rain.rate', { n: number(gauge.mm_h, 1) })}</span>
                <span class="fleet-age">{ago(gauge.age_s * 1000)}</span>
              </button>
            </li>
          ))}
      </ul>
    </>
  )
}
