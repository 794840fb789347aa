/** The colour of each line by its short name, so that a line looks the same on every page; kept on this device. */
import { get } from './api.ts'
import { keep, recall } from './kept.ts'
import { makeStore, useStore } from './store.ts'
import type { RouteHit } from './types.ts'

const KEPT = 'line-colours'
type Colours = Readonly<Record<string, string>>
const colours = makeStore<Colours>(recall<Colours>(KEPT, {}))

export const useLineColour = (name: string): string | undefined => useStore(colours)[name]

/** Read the lines once; without them badges stay in the neutral colour. */
export async function loadLineColours(): Promise<void> {
  try {
    const { routes } = await get<{ routes: RouteHit[] }>('/api/routes')
    const found = Object.fromEntries(routes.flatMap((route) => (route.color ? [[route.short_name, route.color]] : [])))
    if (JSON.stringify(found) === JSON.stringify(colours.get())) return
    keep(KEPT, found)
    colours.set(found)
  } catch {
    // The next visit tries again.
  }
}
