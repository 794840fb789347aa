/** Bottlenecks: the streets where traffic loses most time, now, as forecast or at an earlier moment; choosing one flies to it. */
import { useRef, useState } from 'preact/hooks'
import type { Bottleneck, BottlenecksBody } from '../core/road_types.ts'
import { useData } from '../core/use_data.ts'
import { clockTime, distance, span, speed } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { Empty, Panel } from '../ui/states.tsx'
import type { Moment } from './moment.ts'
import { wantedPlace } from './search.tsx'
import { select, type Selection } from './selection.ts'

const EVERY_MS = 15_000

/** The edge that stands for a street: the one in its middle. */
const middleOf = (street: Bottleneck): number | undefined => street.edge_indexes[Math.floor(street.edge_indexes.length / 2)]

function go(street: Bottleneck): void {
  const edge = middleOf(street)
  if (edge !== undefined) select({ kind: 'edge', id: String(edge) })
  wantedPlace.set({ lon: street.lon, lat: street.lat, zoom: 15 })
}

export function Jams({ moment, selection }: { moment: Moment; selection: Selection | null }) {
  const { minutes, pastMs } = moment
  const of = pastMs !== null ? `&time_ms=${pastMs}` : minutes ? `&at=${minutes}` : ''
  const data = useData<BottlenecksBody>(`/api/bottlenecks?limit=30${of}`, pastMs === null ? EVERY_MS : 0)
  const lead = pastMs !== null ? t('jam.past', { at: clockTime(pastMs) }) : minutes ? t('jam.ahead', { n: minutes }) : t('jam.lead')
  const none = pastMs !== null ? t('past.none') : minutes ? t('ahead.none') : t('jam.none')
  return (
    <>
      <p class="list-note">{lead}</p>
      <Panel data={data} what="what.jams" rows={6} isEmpty={(body) => body.streets.length === 0} empty={<Empty icon="check" title={none} hint={minutes || pastMs !== null ? undefined : t('jam.none.hint')} />}>
        {(body) => <Streets streets={body.streets} selection={selection} />}
      </Panel>
    </>
  )
}

/** The ranking stands still while somebody points at it. */
function Streets({ streets, selection }: { streets: Bottleneck[]; selection: Selection | null }) {
  const held = useRef(streets)
  const [pointing, setPointing] = useState(false)
  if (!pointing) held.current = streets
  return (
    <ol class="queue jams" onPointerEnter={() => setPointing(true)} onPointerLeave={() => setPointing(false)} onFocusIn={() => setPointing(true)} onFocusOut={() => setPointing(false)}>
      {held.current.map((street, index) => (
        <li key={`${street.name}${middleOf(street)}`}>
          <button type="button" class="queue-row jam" aria-current={selection?.kind === 'edge' && street.edge_indexes.includes(Number(selection.id)) ? 'true' : undefined} onClick={() => go(street)}>
            <span class="jam-rank">{index + 1}</span>
            <span class="queue-title">{street.name || t('edge.unnamed')}</span>
            <b class="jam-lost">{t('jam.lost', { span: span(street.lost_s * 1000) })}</b>
            <span class="jam-bar" aria-hidden="true">
              <span style={{ width: `${100 * Math.min(1, Math.max(0, 1 - street.speed_mps / street.free_flow_mps))}%` }} />
            </span>
            <span class="queue-sub">{t('jam.words', { speed: speed(street.speed_mps), free: speed(street.free_flow_mps), length: distance(street.length_m) })}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}
