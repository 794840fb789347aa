/** Where buses stand on a straight ladder of stops with equal steps. */
import type { RouteStop, VehicleView } from '../core/types.ts'

/** Height of one step; also the hit area of a stop. */
export const STEP_PX = 48
const LEAST_GAP_PX = 26

/** Height on the ladder of a distance along the shape: straight between the two stops around it. */
export function heightOf(stops: readonly { distance_m: number }[], distanceM: number): number {
  if (stops.length === 0) return 0
  const after = stops.findIndex((stop) => stop.distance_m > distanceM)
  if (after === 0) return 0
  if (after === -1) return (stops.length - 1) * STEP_PX
  const from = stops[after - 1]!.distance_m
  const to = stops[after]!.distance_m
  return (after - 1 + (distanceM - from) / Math.max(1, to - from)) * STEP_PX
}

/** Buses with their heights, pushed apart so that no label covers another. */
export function placeOnLadder(stops: readonly RouteStop[], buses: readonly VehicleView[]): { bus: VehicleView; y: number }[] {
  const placed = buses.map((bus) => ({ bus, y: heightOf(stops, bus.distance_m ?? 0) })).sort((a, b) => a.y - b.y)
  for (let i = 1; i < placed.length; i += 1) {
    placed[i]!.y = Math.max(placed[i]!.y, placed[i - 1]!.y + LEAST_GAP_PX)
  }
  return placed
}
