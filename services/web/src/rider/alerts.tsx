/** What goes wrong on a page's line or stop: the same words once, the newest first. */
import type { AlertView } from '../core/types.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { clockTime } from '../i18n/format.ts'
import { Icon } from '../ui/icons.tsx'
import { groupAlerts, type AlertGroup } from './alert_groups.ts'

const MOST_TIMES = 3

/** Which trips do not run, by the time they should have left; nothing for other kinds. */
export function tripTimes({ alert, starts }: AlertGroup): string {
  if (alert.kind !== 'not_coming') return ''
  const times = starts.slice(-MOST_TIMES).map(clockTime).join(', ')
  return t('alert.trips', { times: starts.length > MOST_TIMES ? `…, ${times}` : times })
}

export function Alerts({ alerts }: { alerts: readonly AlertView[] }) {
  if (alerts.length === 0) return null
  return (
    <section class="alerts" aria-label={t('stop.alerts')}>
      {groupAlerts(alerts).map((group) => (
        <p key={group.alert.alert_id} class="alert">
          <Icon name="warn" size={16} />
          <span>
            <strong>{tCode('alert.', group.alert.kind)}.</strong> {say(group.alert.text)}
            {group.alert.kind === 'not_coming' ? ` (${tripTimes(group)})` : group.starts.length > 1 && <b> ×{group.starts.length}</b>}
          </span>
        </p>
      ))}
    </section>
  )
}
