/** Lists of stops and lines that lead to their pages. */
import type { RouteHit } from '../core/types.ts'
import { segment } from '../core/api.ts'
import { distance } from '../i18n/format.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'

const MOST_BADGES = 8

export function LineChips({ routes }: { routes: readonly string[] }) {
  const shown = routes.slice(0, MOST_BADGES)
  return (
    <span class="chips">
      {shown.map((name) => (
        <LineBadge key={name} name={name} />
      ))}
      {routes.length > shown.length && <span class="chips-more">+{routes.length - shown.length}</span>}
    </span>
  )
}

export function StopLink({ stop, icon = 'stop' }: { stop: { stop_id: string; name: string; routes: readonly string[]; distance_m?: number | null }; icon?: 'stop' | 'star' }) {
  return (
    <a class="row-link" href={`/stop/${segment(stop.stop_id)}`}>
      <Icon name={icon} filled={icon === 'star'} />
      <span class="row-main">
        <span class="row-title">{stop.name}</span>
        <LineChips routes={stop.routes} />
      </span>
      {stop.distance_m !== null && stop.distance_m !== undefined && <span class="row-side">{distance(stop.distance_m)}</span>}
      <Icon name="chevron" size={16} />
    </a>
  )
}

export function RouteLink({ route }: { route: RouteHit }) {
  return (
    <a class="row-link" href={`/route/${segment(route.route_id)}`}>
      <LineBadge name={route.short_name} color={route.color} />
      <span class="row-main">
        <span class="row-title">{route.long_name}</span>
      </span>
      <Icon name="chevron" size={16} />
    </a>
  )
}
