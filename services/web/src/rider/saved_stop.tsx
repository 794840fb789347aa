/** A saved stop on the first page: its next buses without another touch. */
import { segment } from '../core/api.ts'
import { useNow } from '../core/clock.ts'
import type { ArrivalsBody } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { CONTACT_LOST_MS, keyOf, whenOf } from './arrivals.ts'
import type { KnownStop } from './favourites.ts'
import { StopLink } from './hits.tsx'

const EVERY_MS = 20_000

export function SavedStop({ stop }: { stop: KnownStop }) {
  const now = useNow(5000)
  const data = useData<ArrivalsBody>(`/api/stops/${segment(stop.stop_id)}/arrivals?limit=3`, EVERY_MS)
  const fresh = data.value !== null && Date.now() - (data.receivedAt ?? 0) < CONTACT_LOST_MS
  const coming = fresh ? data.value!.arrivals.filter((arrival) => arrival.status !== 'not_coming').slice(0, 3) : []
  return (
    <div class="saved">
      <StopLink stop={stop} icon="star" />
      {coming.length > 0 && (
        <ul class="saved-next">
          {coming.map((arrival) => {
            const when = whenOf(arrival, now)
            const words = when.due && arrival.status === 'live' ? t('stop.soon') : t('stop.minutes', { n: when.minutes })
            return (
              <li key={keyOf(arrival)} class={`saved-one is-${arrival.status}`}>
                <LineBadge name={arrival.route_short_name} />
                <strong>{words}</strong>
                <span aria-hidden="true">{arrival.status === 'live' ? '◉' : '○'}</span>
                <span class="hidden">{arrival.status === 'live' ? t('stop.status.live') : t('stop.status.planned')}</span>
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}
