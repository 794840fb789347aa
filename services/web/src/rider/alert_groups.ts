/** Alerts as riders read them: the same words once, with how often and since when. */
import type { AlertView } from '../core/types.ts'

export interface AlertGroup {
  /** The newest alert with these words. */
  alert: AlertView
  /** When each of them began, ms, the earliest first. */
  starts: number[]
}

export function groupAlerts(alerts: readonly AlertView[]): AlertGroup[] {
  const groups = new Map<string, AlertGroup>()
  for (const alert of [...alerts].sort((a, b) => a.started_ms - b.started_ms)) {
    const starts = groups.get(alert.text.vi)?.starts ?? []
    groups.set(alert.text.vi, { alert, starts: [...starts, alert.started_ms] })
  }
  return [...groups.values()].sort((a, b) => b.alert.started_ms - a.alert.started_ms)
}
