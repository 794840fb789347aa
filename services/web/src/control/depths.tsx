/** Depth classes of water, and who gets through each: as the router takes them (routing/flood). */
import type { Depth } from '../core/types.ts'
import { t, tCode } from '../i18n/index.ts'

export const VEHICLES = ['motorbike', 'car', 'bus'] as const
export const PASSABLE: Record<Depth, readonly (typeof VEHICLES)[number][]> = {
  wet: ['motorbike', 'car', 'bus'],
  shallow: ['motorbike', 'car', 'bus'],
  knee: ['bus'],
  deep: [],
}
export const DEPTHS = Object.keys(PASSABLE) as Depth[]

/** Nobody confirmed it for this long: it closes no road any more. */
export const FRESH_MS = 4 * 3_600_000

/** Three words with a tick or a cross: who gets through. */
export function WhoPasses({ passable }: { passable: readonly string[] }) {
  return (
    <span class="who">
      {VEHICLES.map((one) => (
        <span key={one} class={passable.includes(one) ? 'who-yes' : 'who-no'}>
          <span aria-hidden="true">{passable.includes(one) ? '✓' : '✕'}</span> {tCode('vehicle.kind.', one)}
          <span class="hidden"> {t(passable.includes(one) ? 'who.yes' : 'who.no')}</span>
        </span>
      ))}
    </span>
  )
}
