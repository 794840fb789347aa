/** A small map beneath the words; its code is fetched only when somebody asks for it. */
import { useEffect, useState } from 'preact/hooks'
import { t } from '../i18n/index.ts'
import { Empty } from '../ui/states.tsx'
import type { RiderMapProps } from './rider_map.tsx'

type Shown = typeof import('./rider_map.tsx').RiderMap

export function LazyMap(props: RiderMapProps) {
  const [loaded, setLoaded] = useState<{ Map: Shown } | null>(null)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    import('./rider_map.tsx').then(
      (module) => setLoaded({ Map: module.RiderMap }),
      () => setFailed(true),
    )
  }, [])
  return (
    <section class="map-box" aria-label={t('map.label')}>
      {failed && <Empty icon="warn" title={t('state.error', { what: t('what.map') })} />}
      {loaded && <loaded.Map {...props} />}
    </section>
  )
}
