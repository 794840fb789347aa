/** Bus alerts as the control room reads them: what hurts riders most on top, one group a kind. */
import type { AlertView } from '../core/types.ts'

/** Kinds in the order of what they do to riders; others follow in the order they come. */
const ORDER = ['silent_feed', 'silent_operator', 'not_coming', 'may_not_run', 'in_depot', 'ghost', 'detour', 'stuck', 'speeding', 'doors_open_moving', 'bunching', 'big_gap', 'skipped_stop', 'early_departure', 'running_early', 'off_route', 'long_stop', 'lost', 'late', 'gps_frozen']

const rank = (kind: string): number => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)

export function alertsByKind(alerts: readonly AlertView[]): { kind: string; alerts: AlertView[] }[] {
  const groups = new Map<string, AlertView[]>()
  for (const alert of alerts) groups.set(alert.kind, [...(groups.get(alert.kind) ?? []), alert])
  return [...groups]
    .map(([kind, list]) => ({ kind, alerts: list.sort((a, b) => b.started_ms - a.started_ms) }))
    .sort((a, b) => rank(a.kind) - rank(b.kind))
}
