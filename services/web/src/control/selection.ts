/** What is selected, written in the address: list and map are one selection. */
import { setQuery, usePlace } from '../core/router.ts'

export type Kind = 'incident' | 'vehicle' | 'edge' | 'camera' | 'stop' | 'line'
export interface Selection {
  kind: Kind
  id: string
}

const KINDS = new Set<string>(['incident', 'vehicle', 'edge', 'camera', 'stop', 'line'])

export function readSelection(text: string | null): Selection | null {
  if (!text) return null
  const cut = text.indexOf(':')
  const kind = text.slice(0, cut)
  return cut > 0 && KINDS.has(kind) ? { kind: kind as Kind, id: text.slice(cut + 1) } : null
}

export function useSelection(): Selection | null {
  const { query } = usePlace()
  return readSelection(query.get('sel'))
}

export function select(selection: Selection | null): void {
  setQuery({ sel: selection ? `${selection.kind}:${selection.id}` : null, view: selection ? 'selected' : null })
}
