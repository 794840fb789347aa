/** Water on the map: flooded spots by who gets through, rain gauges by how hard it rains. */
import { number } from '../i18n/format.ts'
import { t, tCode } from '../i18n/index.ts'
import type { Gauge } from '../core/road_types.ts'
import type { IncidentView } from '../core/types.ts'
import { type Feature, point } from './features.ts'

export const FLOOD_IMAGES = ['open', 'some', 'shut'] as const

/** Which sign a spot gets: everybody gets through, some do, or nobody does. */
const signOf = (flood: IncidentView): (typeof FLOOD_IMAGES)[number] => {
  const who = flood.passable?.length ?? 0
  return who === 0 ? 'shut' : who < 3 ? 'some' : 'open'
}

export const floodFeatures = (floods: readonly IncidentView[]): Feature[] =>
  floods.map((one) => point(one.lon, one.lat, { id: one.incident_id, image: `flood-${signOf(one)}`, words: one.flood ? tCode('depth.short.', one.flood) : '' }))

export const gaugeFeatures = (gauges: readonly Gauge[]): Feature[] =>
  gauges.map((one) => point(one.lon, one.lat, { mm_h: one.mm_h, stale: one.stale, words: one.stale ? t('rain.stale.short') : t('rain.rate', { n: number(one.mm_h, one.mm_h < 10 ? 1 : 0) }) }))
