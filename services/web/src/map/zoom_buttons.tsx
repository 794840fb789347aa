import type { RefObject } from 'preact'
import { t } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import type { CityMap } from './city_map.ts'
import '../styles/map.css'

export function ZoomButtons({ map }: { map: RefObject<CityMap | null> }) {
  return (
    <div class="map-zoom">
      <button type="button" class="icon-button" aria-label={t('map.zoomIn')} onClick={() => map.current?.zoomBy(1)}>
        <Icon name="plus" />
      </button>
      <button type="button" class="icon-button" aria-label={t('map.zoomOut')} onClick={() => map.current?.zoomBy(-1)}>
        <Icon name="minus" />
      </button>
    </div>
  )
}
