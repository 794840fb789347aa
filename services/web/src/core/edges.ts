/** What is known of roads: the newest state of each edge, and how far each may be trusted. */
import type { EdgeView } from './road_types.ts'

/** Sure, unsure (a wide interval, or long ago), or a guess where nobody drove. */
export type Trust = 'sure' | 'unsure' | 'guess'

/** Older than this, traffic may have changed twice over. */
const OLD_S = 600
/** Borders of the levels as shares of the free speed (routing/congestion/levels). */
const BORDERS = [0.65, 0.4, 0.15]
/** Without a free speed an interval is wide that reaches this share of the speed to each side. */
const WIDE_SHARE = 0.4
const HALF_90 = 1.645

/** The speed of traffic; of the bus where nothing else is told. */
export const speedOf = (edge: EdgeView): number | null => edge.traffic_mps ?? edge.speed_mps

/** The 90 % interval of the speed, null where nobody gave one. */
export function intervalOf(edge: EdgeView): [number, number] | null {
  if (edge.low_mps != null && edge.high_mps != null) return [edge.low_mps, edge.high_mps]
  if (edge.speed_mps === null || edge.sd_mps === null) return null
  return [Math.max(0, edge.speed_mps - HALF_90 * edge.sd_mps), edge.speed_mps + HALF_90 * edge.sd_mps]
}

/** Age in s of the newest observation as it is at `nowMs`. */
export const ageOf = (edge: EdgeView, nowMs: number): number | null => (edge.age_s === null ? null : edge.age_s + Math.max(0, nowMs - edge.time_ms) / 1000)

const levelAt = (mps: number, freeMps: number): number => BORDERS.filter((border) => mps < border * freeMps).length

/** An interval is wide that would let the road be more than one level better or worse: it would change a decision. */
function isWide(edge: EdgeView): boolean {
  const [between, speed] = [intervalOf(edge), speedOf(edge)]
  if (!between || speed === null) return true
  const [low, high] = between
  if (!edge.free_flow_mps) return high - low > 2 * WIDE_SHARE * speed
  const at = levelAt(speed, edge.free_flow_mps)
  return levelAt(low, edge.free_flow_mps) - at > 1 || at - levelAt(high, edge.free_flow_mps) > 1
}

/** How far a state may be trusted; of a forecast, everything is estimated and only the interval tells. */
export function trustOf(edge: EdgeView, nowMs: number, forecast = false): Trust {
  if (edge.imputed && !forecast) return 'guess'
  if (isWide(edge)) return 'unsure'
  return !forecast && (ageOf(edge, nowMs) ?? 0) > OLD_S ? 'unsure' : 'sure'
}

/** All edges by their index, changed in place: a message costs what it brings, not what is known. */
export class EdgeBook {
  private readonly edges = new Map<number, EdgeView>()

  /** Take states; an older one never wins. */
  take(states: readonly EdgeView[]): void {
    for (const state of states) {
      const known = this.edges.get(state.edge_index)
      if (!known || state.time_ms >= known.time_ms) this.edges.set(state.edge_index, state)
    }
  }

  get size(): number {
    return this.edges.size
  }

  all(): Iterable<EdgeView> {
    return this.edges.values()
  }
}
