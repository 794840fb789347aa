/** The city these pages show; read once, and again while it cannot be read. */
import { setClock } from './clock.ts'
import { loadLineColours } from './line_colours.ts'
import { keep, recall } from './kept.ts'
import { makeStore, useStore } from './store.ts'
import { get } from './api.ts'
import type { City } from './types.ts'
import { setTimezone } from '../i18n/format.ts'
import { suggestLanguage } from '../i18n/index.ts'

const city = makeStore<City | null>(recall<City | null>('city', null))
const known = city.get()
if (known) {
  setTimezone(known.timezone)
  suggestLanguage(known.languages)
}

export const useCity = (): City | null => useStore(city)
export const currentCity = (): City | null => city.get()

export async function loadCity(): Promise<void> {
  try {
    const answer = await get<City>('/api/city')
    setTimezone(answer.timezone)
    suggestLanguage(answer.languages)
    setClock(answer.clock)
    keep('city', answer)
    city.set(answer)
    if (answer.parts.gtfs) void loadLineColours()
  } catch {
    setTimeout(() => void loadCity(), 5_000)
  }
}
