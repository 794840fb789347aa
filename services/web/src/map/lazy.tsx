/** A small map beneath the words; its code is fetched only when somebody asks for it. */
import { t } from '../i18n/index.ts'
import { late } from '../ui/late.tsx'
import { Empty } from '../ui/states.tsx'
import type { RiderMapProps } from './rider_map.tsx'

const RiderMap = late<RiderMapProps>(async () => (await import('./rider_map.tsx')).RiderMap, {
  wait: () => null,
  failed: () => <Empty icon="warn" title={t('state.error', { what: t('what.map') })} />,
})

export function LazyMap(props: RiderMapProps) {
  return (
    <section class="map-box" aria-label={t('map.label')}>
      <RiderMap {...props} />
    </section>
  )
}
