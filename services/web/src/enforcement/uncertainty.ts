/**
 * How far a measured interval may be off: the parts that the machine gives are independent, so their squares add up.
 * The error of the camera's own clock is no part of it: it shifts both ends alike. It stands beside the time of day.
 */
import type { CaseDetail } from '../core/types.ts'

const PARTS = ['crossing_error_s', 'lamp_error_s'] as const

export interface Uncertainty {
  total_s: number
  parts: { name: (typeof PARTS)[number]; value_s: number }[]
}

export function uncertaintyOf({ measured }: Pick<CaseDetail, 'measured'>): Uncertainty {
  const parts = PARTS.map((name) => ({ name, value_s: measured[name] ?? 0 })).filter((part) => part.value_s > 0)
  return { total_s: Math.hypot(...parts.map((part) => part.value_s)), parts }
}
