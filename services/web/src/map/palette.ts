/** The quiet base in two designed palettes, and the colours with meaning of PAGES §2. */
import type { BusLevel } from '../core/levels.ts'
import type { Level } from '../core/road_types.ts'

export interface Palette {
  land: string
  water: string
  green: string
  roadCase: string
  roadFar: string
  roadMinor: string
  roadMajor: string
  label: string
  waterLabel: string
  greenLabel: string
  halo: string
  ok: string
  slow: string
  late: string
  blocked: string
  early: string
  none: string
  machine: string
  accent: string
  ink: string
  paper: string
}

const light: Palette = {
  land: '#F1F3F5',
  water: '#CFE0EC',
  green: '#DFEBDC',
  roadCase: '#D5DAE0',
  roadFar: '#CBD2DA',
  roadMinor: '#FFFFFF',
  roadMajor: '#FFFFFF',
  label: '#4A5361',
  waterLabel: '#35617F',
  greenLabel: '#44694A',
  halo: '#FFFFFF',
  ok: '#0B7A75',
  slow: '#9A6700',
  late: '#C2410C',
  blocked: '#7F1D3F',
  early: '#1D4ED8',
  none: '#6B7280',
  machine: '#6D28D9',
  accent: '#0F5FDC',
  ink: '#12161C',
  paper: '#FFFFFF',
}

const dark: Palette = {
  land: '#12161C',
  water: '#15222F',
  green: '#16211B',
  roadCase: '#0D1015',
  roadFar: '#3A4453',
  roadMinor: '#232A34',
  roadMajor: '#323B48',
  label: '#A9B3C1',
  waterLabel: '#86AECB',
  greenLabel: '#86A98B',
  halo: '#12161C',
  ok: '#3CC8BE',
  slow: '#F2B632',
  late: '#FF8A4C',
  blocked: '#F472A0',
  early: '#7AA2FF',
  none: '#9AA1AD',
  machine: '#B79CFF',
  accent: '#6FA8FF',
  ink: '#E9EDF3',
  paper: '#12161C',
}

export const paletteOf = (isDark: boolean): Palette => (isDark ? dark : light)

export const busColour = (level: BusLevel, p: Palette): string =>
  ({ on_time: p.ok, slow: p.slow, late: p.late, early: p.early, unknown: p.none, stale: p.none })[level]

export const roadColour = (level: Level, p: Palette): string =>
  ({ free: p.ok, slow: p.slow, congested: p.late, blocked: p.blocked, no_data: p.none })[level]
