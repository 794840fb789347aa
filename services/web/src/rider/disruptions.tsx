/** What goes wrong now, in words a rider can use: verified incidents first, then lines with trouble. */
import { useState } from 'preact/hooks'
import { useCity } from '../core/city.ts'
import { useNow } from '../core/clock.ts'
import type { Disruptions as Body } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { ago } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Panel } from '../ui/states.tsx'
import { groupAlerts } from './alert_groups.ts'
import { tripTimes } from './alerts.tsx'
import { LineChips } from './hits.tsx'

const POLL_MS = 30_000
const FIRST = 4

export function Disruptions() {
  const city = useCity()
  const data = useData<Body>('/api/disruptions', POLL_MS)
  const none = (
    <p class="quiet-note">
      <Icon name="check" />
      {t('home.disruptions.none')}
    </p>
  )
  return (
    <section class="block">
      <h2>{t('home.disruptions')}</h2>
      <Panel data={data} what="what.disruptions" rows={2} rowHeight={52} isEmpty={(body) => body.alerts.length + body.incidents.length === 0} empty={none}>
        {(body) => <List body={body} />}
      </Panel>
      {city?.parts.network && (
        <p>
          <a class="text-button" href="/report">{t('home.report')}</a>
        </p>
      )}
    </section>
  )
}

function List({ body }: { body: Body }) {
  const now = useNow(10_000)
  const [all, setAll] = useState(false)
  const alerts = groupAlerts(body.alerts)
  const rows = [
    ...body.incidents.map((incident) => (
      <li key={incident.id} class="disruption is-incident">
        <Icon name="warn" />
        <span class="row-main">
          <span>{say(incident.text)}</span>
          <small>{ago(now - incident.since_ms)}</small>
          {incident.routes.length > 0 && <LineChips routes={incident.routes} />}
        </span>
      </li>
    )),
    ...alerts.map((group) => (
      <li key={group.alert.alert_id} class="disruption">
        <Icon name="bus" />
        <span class="row-main">
          <span>
            {say(group.alert.text)}
            {group.alert.kind !== 'not_coming' && group.starts.length > 1 && <b> ×{group.starts.length}</b>}
          </span>
          <small>
            {tCode('alert.', group.alert.kind)} · {tripTimes(group) || ago(now - group.alert.started_ms)}
          </small>
        </span>
      </li>
    )),
  ]
  return (
    <>
      <ul class="list">{all ? rows : rows.slice(0, FIRST)}</ul>
      {!all && rows.length > FIRST && (
        <button type="button" class="button button-wide" onClick={() => setAll(true)}>
          {t('app.more')} ({rows.length - FIRST})
        </button>
      )}
    </>
  )
}
