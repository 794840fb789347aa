/** Buses by plate or line, from what somebody typed in a hurry. */
import type { Bus } from '../core/frames.ts'

const MOST = 5

const bare = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Buses whose plate holds the words, the shortest way to say it first; the buses of a line of that name. */
export function findBuses(buses: Iterable<Bus>, words: string, most = MOST): Bus[] {
  const wanted = bare(words)
  if (!wanted) return []
  const hits: { bus: Bus; rank: number }[] = []
  for (const bus of buses) {
    const plate = bare(bus.vehicle_id)
    const rank = plate === wanted ? 0 : plate.endsWith(wanted) ? 1 : plate.includes(wanted) ? 2 : bus.route_short_name?.toLowerCase() === wanted ? 3 : null
    if (rank !== null) hits.push({ bus, rank })
  }
  return hits
    .sort((a, b) => a.rank - b.rank || (a.bus.vehicle_id < b.bus.vehicle_id ? -1 : 1))
    .slice(0, most)
    .map(({ bus }) => bus)
}
