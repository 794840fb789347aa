/** The queue of incidents; the machine's candidates look different from what people have verified. */
import { useNow } from '../core/clock.ts'
import { setQuery } from '../core/router.ts'
import type { IncidentView } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { clockTime, number, span } from '../i18n/format.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'
import { Empty, Panel } from '../ui/states.tsx'
import { FILTERS, type Filter, useSteadyQueue } from './data.ts'
import { select, type Selection } from './selection.ts'

export function StateChip({ state }: { state: string }) {
  return <span class={`chip chip-${state}`}>{tCode('state.', state)}</span>
}

interface Props {
  data: Data<{ incidents: IncidentView[] }>
  list: IncidentView[]
  filter: Filter
  selection: Selection | null
}

export function Queue({ data, list, filter, selection }: Props) {
  const { shown, fresh, setPointing } = useSteadyQueue(list, filter)
  return (
    <>
      <div class="filters" role="group" aria-label={t('queue.filter')}>
        {FILTERS.map((one) => (
          <button key={one} type="button" aria-pressed={one === filter} onClick={() => setQuery({ f: one === 'active' ? null : one })}>
            {t(`queue.filter.${one}` as Key)}
          </button>
        ))}
      </div>
      {fresh > 0 && (
        <button type="button" class="queue-new" onClick={() => setPointing(false)}>
          {t('queue.new', { n: fresh })}
        </button>
      )}
      <Panel
        data={data}
        what="what.incidents"
        rows={5}
        rowHeight={88}
        isEmpty={() => shown.length === 0}
        empty={data.value?.incidents.length ? <Empty icon="check" title={t('queue.empty.filter')} /> : <Empty icon="check" title={t('queue.empty')} hint={t('queue.empty.hint')} />}
      >
        {() => (
          <ul class="queue" onPointerEnter={() => setPointing(true)} onPointerLeave={() => setPointing(false)}>
            {shown.map((one) => (
              <li key={one.incident_id}>
                <QueueRow incident={one} chosen={selection?.kind === 'incident' && selection.id === one.incident_id} />
              </li>
            ))}
          </ul>
        )}
      </Panel>
    </>
  )
}

function QueueRow({ incident, chosen }: { incident: IncidentView; chosen: boolean }) {
  const now = useNow(5000)
  const candidate = incident.state === 'detected'
  return (
    <button type="button" class={`queue-row is-${incident.state}`} aria-current={chosen ? 'true' : undefined} onClick={() => select({ kind: 'incident', id: incident.incident_id })}>
      <span class="queue-top">
        <StateChip state={incident.state} />
        {candidate && <span class="queue-odds">{t('queue.odds', { p: number(incident.probability, 2) })}</span>}
      </span>
      <span class="queue-title">{say(incident.title)}</span>
      <span class="queue-sub">
        {t('queue.since', { time: clockTime(incident.started_ms), span: span(now - incident.started_ms) })} ·{' '}
        {incident.flood ? tCode('depth.', incident.flood) : t('queue.buses', { n: incident.evidence.vehicle_ids.length })}
      </span>
    </button>
  )
}
