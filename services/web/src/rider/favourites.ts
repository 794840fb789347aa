/** Stops this device has saved, and those it has looked at lately. */
import { keep, recall } from '../core/kept.ts'
import { makeStore, useStore } from '../core/store.ts'

export interface KnownStop {
  stop_id: string
  name: string
  routes: string[]
}

const MOST_RECENT = 5
const favourites = makeStore<KnownStop[]>(recall<KnownStop[]>('favourites', []))
const recent = makeStore<KnownStop[]>(recall<KnownStop[]>('recent', []))

export const useFavourites = (): KnownStop[] => useStore(favourites)
export const useRecent = (): KnownStop[] => useStore(recent)

const without = (list: KnownStop[], id: string): KnownStop[] => list.filter((stop) => stop.stop_id !== id)
const small = ({ stop_id, name, routes }: KnownStop): KnownStop => ({ stop_id, name, routes })

export function toggleFavourite(stop: KnownStop): void {
  const list = favourites.get()
  const next = list.some((one) => one.stop_id === stop.stop_id) ? without(list, stop.stop_id) : [...list, small(stop)]
  favourites.set(next)
  keep('favourites', next)
}

export function noteSeen(stop: KnownStop): void {
  const next = [small(stop), ...without(recent.get(), stop.stop_id)].slice(0, MOST_RECENT)
  recent.set(next)
  keep('recent', next)
}
