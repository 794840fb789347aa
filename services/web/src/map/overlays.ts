/** Layers above the base that change seldom: trail, line shape, cameras, the ring of the selection. What moves is in `signs.ts`. */
import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import type { Palette } from './palette.ts'
import { BOLD_FONTS } from './style.ts'

export const LAYERS_OF = {
  roads: ['level-none', 'level-free', 'level-slow', 'level-congested', 'level-blocked', 'level-blocked-marks'],
  cameras: ['counters', 'cameras'],
  water: ['gauges', 'gauge-words', 'floods'],
} as const
export type LayerName = keyof typeof LAYERS_OF | 'buses' | 'incidents'

export function addOverlays(map: MapLibre, p: Palette): void {
  const empty = { type: 'FeatureCollection' as const, features: [] }
  for (const name of ['detours', 'shape', 'trail', 'marks', 'cameras', 'gauges', 'floods', 'ring']) {
    map.addSource(name, { type: 'geojson', data: empty })
  }
  for (const layer of overlayLayers(p)) map.addLayer(layer)
}

function overlayLayers(p: Palette): LayerSpecification[] {
  return [
    { id: 'detours', type: 'line', source: 'detours', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': p.machine, 'line-width': 5, 'line-dasharray': [1, 1.5] } },
    { id: 'shape', type: 'line', source: 'shape', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': p.accent, 'line-width': 4, 'line-opacity': 0.6 } },
    { id: 'trail', type: 'line', source: 'trail', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': p.accent, 'line-width': 4, 'line-dasharray': [0.1, 2] } },
    { id: 'ring', type: 'circle', source: 'ring', paint: { 'circle-radius': 26, 'circle-color': p.accent, 'circle-opacity': 0.12, 'circle-stroke-color': p.accent, 'circle-stroke-width': 3 } },
    { id: 'mark-dots', type: 'circle', source: 'marks', paint: { 'circle-radius': ['case', ['boolean', ['get', 'main'], false], 8, 5] as never, 'circle-color': p.paper, 'circle-stroke-color': p.accent, 'circle-stroke-width': 3 } },
    {
      id: 'mark-names',
      type: 'symbol',
      source: 'marks',
      layout: { 'text-field': ['get', 'name'], 'text-font': BOLD_FONTS, 'text-size': 12, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-max-width': 12, 'symbol-sort-key': ['case', ['boolean', ['get', 'main'], false], 0, 1] as never },
      paint: { 'text-color': p.ink, 'text-halo-color': p.halo, 'text-halo-width': 2 },
    },
    {
      id: 'gauges',
      type: 'circle',
      source: 'gauges',
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['get', 'mm_h'], 0, 5, 10, 10, 50, 18] as never,
        'circle-color': p.water,
        'circle-opacity': ['case', ['get', 'stale'], 0.25, 0.85] as never,
        'circle-stroke-color': p.waterLabel,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'gauge-words',
      type: 'symbol',
      source: 'gauges',
      minzoom: 11,
      layout: { 'text-field': ['get', 'words'], 'text-font': BOLD_FONTS, 'text-size': 11, 'text-offset': [0, 1.6] },
      paint: { 'text-color': p.waterLabel, 'text-halo-color': p.halo, 'text-halo-width': 1.6 },
    },
    {
      id: 'floods',
      type: 'symbol',
      source: 'floods',
      layout: {
        'icon-image': ['get', 'image'],
        'icon-allow-overlap': true,
        'text-field': ['get', 'words'],
        'text-font': BOLD_FONTS,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 1.3],
        'text-optional': true,
      },
      paint: { 'text-color': p.ink, 'text-halo-color': p.halo, 'text-halo-width': 2 },
    },
    // Counters are many: points from afar, signs from near.
    { id: 'counters', type: 'symbol', source: 'cameras', minzoom: 12, filter: ['==', ['get', 'image'], 'camera-counts'], layout: { 'icon-image': 'camera-counts', 'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 12, 0.45, 15, 1] } },
    { id: 'cameras', type: 'symbol', source: 'cameras', filter: ['!=', ['get', 'image'], 'camera-counts'], layout: { 'icon-image': ['get', 'image'], 'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 15, 1] } },
  ]
}
