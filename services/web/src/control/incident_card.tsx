/** The selected incident: what, where, since, the evidence in words, the actions, the log. */
import { useNow } from '../core/clock.ts'
import type { Fleet } from '../core/frames.ts'
import type { CameraView, IncidentView } from '../core/types.ts'
import { useStore } from '../core/store.ts'
import { clockSeconds, clockTime, number, percent, span, speed } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Fact, LineBadge } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { askingWhy, IncidentActions, type Acting } from './actions.tsx'
import { Findings } from './findings.tsx'
import { FloodPart } from './flood_part.tsx'
import { StateChip } from './queue.tsx'
import { select } from './selection.ts'

const MOST_BUSES = 12

interface Props {
  incident: IncidentView
  acting: Acting
  fleet: Fleet
  cameras: readonly CameraView[]
  take: (incident: IncidentView) => void
}

export function IncidentCard({ incident, acting, fleet, cameras, take }: Props) {
  const now = useNow(1000)
  const asking = useStore(askingWhy) === incident.incident_id
  return (
    <article class="card" aria-label={say(incident.title)}>
      <header class="card-head">
        <StateChip state={incident.state} />
        <h2>{say(incident.title)}</h2>
        <p class="card-sub">
          {tCode('kind.', incident.kind)} · {t('queue.since', { time: clockTime(incident.started_ms), span: span(now - incident.started_ms) })}
        </p>
        {incident.state === 'detected' && <p class="candidate-note">{t('incident.candidate')}</p>}
      </header>
      <IncidentActions incident={incident} acting={acting} asking={asking} />
      {incident.kind === 'flood' ? <FloodPart flood={incident} take={take} /> : <Evidence incident={incident} fleet={fleet} cameras={cameras} />}
      <Log incident={incident} />
    </article>
  )
}

function Evidence({ incident, fleet, cameras }: { incident: IncidentView; fleet: Fleet; cameras: readonly CameraView[] }) {
  const { evidence } = incident
  const buses = evidence.vehicle_ids.map((id) => ({ id, bus: fleet.find(id) }))
  const lines = [...new Set(buses.flatMap(({ bus }) => (bus?.route_short_name ? [bus.route_short_name] : [])))]
  const findings = evidence.findings ?? []
  return (
    <section class="card-part">
      <h3>{t('incident.evidence')}</h3>
      {findings.length > 0 ? <Findings incident={incident} findings={findings} /> : <p class="why">{say(incident.why)}</p>}
      <dl class="facts">
        <Fact term={t('incident.odds')}>
          <Odds value={incident.probability} />
        </Fact>
      </dl>
      <SpeedBars speedMps={evidence.speed_mps} usualMps={evidence.usual_mps} />
      <dl class="facts">
      {lines.length > 0 && (
        <Fact term={t('incident.lines')} wide>
          <span class="chips">
            {lines.map((line) => (
              <LineBadge key={line} name={line} />
            ))}
          </span>
        </Fact>
      )}
      {buses.length > 0 && (
        <Fact term={`${t('incident.buses')} (${buses.length})`} wide>
          <span class="bus-links">
            {buses.slice(0, MOST_BUSES).map(({ id, bus }) => (
              <button key={id} type="button" class="bus-link" onClick={() => select({ kind: 'vehicle', id })}>
                {bus?.route_short_name && <b>{bus.route_short_name}</b>} {id}
              </button>
            ))}
          </span>
        </Fact>
      )}
      {evidence.camera_ids.length > 0 && (
        <Fact term={t('incident.cameras')} wide>
          <span class="bus-links">
            {evidence.camera_ids.map((id) => (
              <button key={id} type="button" class="bus-link" onClick={() => select({ kind: 'camera', id })}>
                <Icon name="camera" size={16} /> {say(cameras.find((one) => one.camera_id === id)?.name) || id}
              </button>
            ))}
          </span>
        </Fact>
      )}
      </dl>
      <p class="small-note">{t('incident.source', { source: tCode('from.', incident.source) })}</p>
    </section>
  )
}

function Log({ incident }: { incident: IncidentView }) {
  return (
    <section class="card-part">
      <h3>{t('incident.log')}</h3>
      {incident.log.length === 0 ? (
        <p class="small-note">{t('incident.log.none')}</p>
      ) : (
        <ol class="log">
          {[...incident.log].reverse().map((entry, index) => (
            <li key={index}>
              <time>{clockSeconds(entry.time_ms)}</time>
              <span>
                <b>{entry.actor === 'machine' ? t('actor.system') : entry.actor}</b> {entry.from_state === entry.to_state ? tCode('act.', entry.action) : tCode('state.', entry.to_state ?? '')}
                {entry.note && <em> {entry.note}</em>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function Odds({ value }: { value: number }) {
  return (
    <span class="odds">
      <span class="odds-bar" aria-hidden="true">
        <span style={{ width: `${Math.round(value * 100)}%` }} />
      </span>
      {number(value, 2)}
    </span>
  )
}

/** Measured against usual, as two bars on one scale. */
function SpeedBars({ speedMps, usualMps }: { speedMps: number | null; usualMps: number | null }) {
  if (speedMps === null || usualMps === null || usualMps <= 0) return null
  const most = Math.max(speedMps, usualMps)
  const slower = 1 - speedMps / usualMps
  return (
    <div class="speed-bars">
      <span>{t('incident.speed')}</span>
      <span class="speed-bar">
        <span class="speed-now" style={{ width: `${(speedMps / most) * 100}%` }} />
      </span>
      <b>{speed(speedMps)}</b>
      <span>{t('incident.usual')}</span>
      <span class="speed-bar">
        <span class="speed-usual" style={{ width: `${(usualMps / most) * 100}%` }} />
      </span>
      <b>{speed(usualMps)}</b>
      {slower > 0.05 && <p class="speed-words">{t('incident.slower', { p: percent(slower) })}</p>}
    </div>
  )
}
