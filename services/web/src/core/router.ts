/** The address bar is the state: path and query, read and written here and nowhere else. */
import { makeStore, useStore } from './store.ts'

export interface Place {
  path: string
  query: URLSearchParams
}

const read = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) })
const place = makeStore<Place>(read())

addEventListener('popstate', () => place.set(read()))

export const usePlace = (): Place => useStore(place)
export const currentPlace = (): Place => place.get()

export function go(address: string, replace = false): void {
  if (replace) history.replaceState(null, '', address)
  else {
    history.pushState(null, '', address)
    scrollTo(0, 0)
  }
  place.set(read())
}

/** Change some query values of the address; `null` takes one away. */
export function setQuery(values: Record<string, string | null>, replace = true): void {
  const query = new URLSearchParams(location.search)
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  const address = location.pathname + (text ? `?${text}` : '')
  if (address !== location.pathname + location.search) go(address, replace)
}

/** Let links inside the shell change the address without loading the shell again. */
export function catchLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = (event.target as Element).closest?.('a[href]')
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return
  if (link.origin !== location.origin || /^\/(api|map|gtfs-rt|gtfs|siri)\//.test(link.pathname)) return
  if (link.getAttribute('href')?.startsWith('#')) return
  event.preventDefault()
  go(link.pathname + link.search)
}
