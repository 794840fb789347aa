/** How far a measured time may be off: the parts that the machine gives are independent, so their squares add up. */
import type { CaseDetail } from '../core/types.ts'

/** Parts within `measured`, besides the case's own figure. */
const PARTS = ['crossing_error_s', 'lamp_error_s'] as const

export interface Uncertainty {
  total_s: number
  parts: { name: (typeof PARTS)[number] | 'uncertainty_s'; value_s: number }[]
}

export function uncertaintyOf({ measured, uncertainty_s }: Pick<CaseDetail, 'measured' | 'uncertainty_s'>): Uncertainty {
  const named = [{ name: 'uncertainty_s' as const, value_s: uncertainty_s }, ...PARTS.map((name) => ({ name, value_s: measured[name] ?? 0 }))]
  const parts = named.filter((part) => part.value_s > 0)
  return { total_s: Math.hypot(...parts.map((part) => part.value_s)), parts }
}
