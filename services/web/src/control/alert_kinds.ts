/** Bus alerts as the control room reads them: what hurts riders most on top, one group a kind. */
import type { AlertView } from '../core/types.ts'

/** Kinds in the order of what they do to riders; others follow in the order they come. */
const ORDER = ['silent_feed', 'not_coming', 'detour', 'stuck', 'bunching', 'big_gap', 'doors_open_moving', 'skipped_stop', 'early_departure', 'off_route', 'long_stop', 'lost', 'gps_frozen']

const rank = (kind: string): number => (ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length)

export function alertsByKind(alerts: readonly AlertView[]): { kind: string; alerts: AlertView[] }[] {
  const groups = new Map<string, AlertView[]>()
  for (const alert of alerts) groups.set(alert.kind, [...(groups.get(alert.kind) ?? []), alert])
  return [...groups]
    .map(([kind, list]) => ({ kind, alerts: list.sort((a, b) => b.started_ms - a.started_ms) }))
    .sort((a, b) => rank(a.kind) - rank(b.kind))
}
