/** Keys of the control page: J K walk the list that is shown, V verifies, X asks why not, 1–4 answer, / searches, space plays time, Esc lets go. */
import { useEffect, useRef } from 'preact/hooks'
import { currentPlace } from '../core/router.ts'
import type { IncidentView } from '../core/types.ts'
import { askingWhy, DISMISS_REASONS, type Acting } from './actions.tsx'
import { togglePlay } from './moment_slider.tsx'
import { SEARCH_ID } from './search.tsx'
import { readSelection, select } from './selection.ts'
import { typing } from '../ui/typing.ts'

export function useControlKeys(list: readonly IncidentView[] | null, incidents: readonly IncidentView[], acting: Acting): void {
  const newest = useRef({ list, incidents, acting })
  newest.current = { list, incidents, acting }
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event)) return
      // Read from the address, not from the last picture: quick fingers press two keys before it is drawn.
      const selection = readSelection(currentPlace().query.get('sel'))
      const chosen = selection?.kind === 'incident' ? newest.current.incidents.find((one) => one.incident_id === selection.id) : undefined
      if (handle(event.key.toLowerCase(), { ...newest.current, chosen })) event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

interface Now {
  /** The queue, or null while the buses are shown. */
  list: readonly IncidentView[] | null
  chosen: IncidentView | undefined
  acting: Acting
}

function handle(key: string, now: Now): boolean {
  if (key === '/') {
    document.getElementById(SEARCH_ID)?.focus()
    return true
  }
  if (key === ' ') return playTime()
  if (key === 'escape') {
    if (askingWhy.get()) askingWhy.set(null)
    else select(null)
    return true
  }
  if (key === 'j' || key === 'k') return walk(now, key === 'j' ? 1 : -1)
  return act(key, now)
}

/** Play time, or stop it; where a button or a link has the focus, space is its own. */
function playTime(): boolean {
  if (!document.getElementById('ahead') || document.activeElement?.closest('button, a, summary')) return false
  togglePlay()
  return true
}

/** Walk the buses as they stand in the list. */
function walkBuses(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('.control-left .fleet-row')]
  const at = rows.findIndex((row) => row.hasAttribute('aria-current'))
  const next = rows[at === -1 ? (step > 0 ? 0 : rows.length - 1) : at + step]
  next?.click()
  next?.scrollIntoView({ block: 'nearest' })
  return rows.length > 0
}

function walk({ list, chosen }: Now, step: number): boolean {
  if (list === null) return walkBuses(step)
  if (list.length === 0) return false
  const at = chosen ? list.findIndex((one) => one.incident_id === chosen.incident_id) : -1
  const next = list[at === -1 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step))]
  if (next) select({ kind: 'incident', id: next.incident_id })
  return true
}

function act(key: string, { chosen, acting }: Now): boolean {
  if (!chosen || acting.busy) return false
  if (askingWhy.get() === chosen.incident_id) {
    const reason = DISMISS_REASONS[Number(key) - 1]
    if (reason) void acting.act(chosen, 'dismiss', { reason })
    return reason !== undefined
  }
  if (key === 'v' && chosen.actions.includes('verify')) {
    void acting.act(chosen, 'verify')
    return true
  }
  if (key === 'x' && chosen.actions.includes('dismiss')) {
    askingWhy.set(chosen.incident_id)
    return true
  }
  return false
}
