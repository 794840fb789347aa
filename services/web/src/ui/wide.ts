/** Whether the screen is wide enough for columns beside one another, as the style sheets have it. */
import { makeStore, useStore } from '../core/store.ts'

const narrow = matchMedia('(max-width: 860px)')
const wide = makeStore(!narrow.matches)
narrow.addEventListener('change', () => wide.set(!narrow.matches))

export const useWide = (): boolean => useStore(wide)
