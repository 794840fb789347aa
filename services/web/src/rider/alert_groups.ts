/** Alerts as riders read them: the same words once, with how often. */
import type { AlertView } from '../core/types.ts'

export interface AlertGroup {
  /** The newest alert with these words. */
  alert: AlertView
  count: number
}

export function groupAlerts(alerts: readonly AlertView[]): AlertGroup[] {
  const groups = new Map<string, AlertGroup>()
  for (const alert of alerts) {
    const known = groups.get(alert.text.vi)
    if (!known) groups.set(alert.text.vi, { alert, count: 1 })
    else groups.set(alert.text.vi, { alert: alert.started_ms > known.alert.started_ms ? alert : known.alert, count: known.count + 1 })
  }
  return [...groups.values()].sort((a, b) => b.alert.started_ms - a.alert.started_ms)
}
