/** Colours of roads as states of the tiles' features: only what changed since the last picture is told to the map. */
import type { Map as MapLibre } from 'maplibre-gl'
import { now } from '../core/clock.ts'
import { trustOf } from '../core/edges.ts'
import type { EdgeView, Level } from '../core/road_types.ts'
import { type Honesty, LEVEL_LAYERS, opacityOf } from './style.ts'

const NONE: Level = 'no_data'

export class RoadPaint {
  private readonly drawn = new Map<number, string>()
  private chosen: readonly number[] = []

  constructor(private readonly map: MapLibre) {}

  /** Draw these states, of `atMs` where they are of the past, and nothing else; an edge that is absent has no data. */
  show(states: Iterable<EdgeView>, forecast: boolean, atMs: number = now()): void {
    const gone = new Set(this.drawn.keys())
    for (const state of states) {
      gone.delete(state.edge_index)
      this.paint(state.edge_index, state.level, trustOf(state, atMs, forecast))
    }
    for (const edge of gone) this.paint(edge, NONE, 'sure')
  }

  private paint(edge: number, level: Level, trust: string): void {
    const looks = `${level} ${trust}`
    if (this.drawn.get(edge) === looks) return
    this.drawn.set(edge, looks)
    this.tell(edge, { level, trust })
  }

  honesty(wanted: Honesty): void {
    for (const layer of LEVEL_LAYERS) {
      if (this.map.getLayer(layer)) this.map.setPaintProperty(layer, 'line-opacity', opacityOf(layer, wanted))
    }
  }

  /** Mark edges as chosen, and no others. */
  choose(edges: readonly number[]): void {
    for (const edge of this.chosen) this.tell(edge, { selected: false })
    for (const edge of edges) this.tell(edge, { selected: true })
    this.chosen = edges
  }

  private tell(id: number, state: Record<string, unknown>): void {
    this.map.setFeatureState({ source: 'city', sourceLayer: 'roads', id }, state)
  }
}
