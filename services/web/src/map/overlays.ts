/** Layers above the base: trail, line shape, cameras, buses, incidents, the ring of the selection. */
import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import { busColour, type Palette } from './palette.ts'
import { BOLD_FONTS, FONTS } from './style.ts'

export const LAYERS_OF = {
  buses: ['bus-dots', 'bus-arrows'],
  roads: ['level-none', 'level-free', 'level-slow', 'level-congested', 'level-blocked', 'level-blocked-marks'],
  incidents: ['incidents'],
  cameras: ['cameras'],
} as const
export type LayerName = keyof typeof LAYERS_OF

/** From this zoom buses are arrows with their line number; below they are dots. */
const NUMBERS_ZOOM = 13.5

export function addOverlays(map: MapLibre, p: Palette): void {
  const empty = { type: 'FeatureCollection' as const, features: [] }
  for (const name of ['shape', 'trail', 'marks', 'cameras', 'buses', 'incidents', 'ring']) {
    map.addSource(name, { type: 'geojson', data: empty })
  }
  for (const layer of overlayLayers(p)) map.addLayer(layer)
}

function overlayLayers(p: Palette): LayerSpecification[] {
  const selected = ['boolean', ['get', 'selected'], false] as never
  return [
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
    { id: 'cameras', type: 'symbol', source: 'cameras', layout: { 'icon-image': ['get', 'image'], 'icon-allow-overlap': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 11, 0.6, 15, 1] } },
    {
      id: 'bus-dots',
      type: 'circle',
      source: 'buses',
      maxzoom: NUMBERS_ZOOM,
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, ['case', selected, 6, 2.6], 13, ['case', selected, 9, 5]],
        'circle-color': ['match', ['get', 'level'], 'on_time', busColour('on_time', p), 'slow', busColour('slow', p), 'late', busColour('late', p), 'early', busColour('early', p), p.paper],
        'circle-stroke-color': ['case', selected, p.accent, ['==', ['get', 'level'], 'unknown'], p.none, ['==', ['get', 'level'], 'late'], p.ink, p.paper],
        'circle-stroke-width': ['case', selected, 3, 1.4],
      },
    },
    {
      id: 'bus-arrows',
      type: 'symbol',
      source: 'buses',
      minzoom: NUMBERS_ZOOM,
      layout: {
        'icon-image': ['get', 'image'],
        'icon-rotate': ['get', 'heading'],
        'icon-rotation-alignment': 'map',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'icon-size': ['interpolate', ['linear'], ['zoom'], NUMBERS_ZOOM, 0.8, 16, 1],
        // Buses with different keys are drawn one after another, each with its own number on its own sign.
        'symbol-sort-key': ['get', 'order'],
        'text-field': ['get', 'line'],
        'text-font': BOLD_FONTS,
        'text-size': ['interpolate', ['linear'], ['zoom'], NUMBERS_ZOOM, 10, 16, 12],
        'text-allow-overlap': true,
        'text-ignore-placement': true,
      },
      paint: {
        'text-color': ['case', ['==', ['get', 'level'], 'unknown'], p.ink, p.paper],
        'text-halo-color': ['match', ['get', 'level'], 'on_time', p.ok, 'slow', p.slow, 'late', p.late, 'early', p.early, p.paper],
        'text-halo-width': 1.2,
      },
    },
    { id: 'bus-selected', type: 'circle', source: 'buses', minzoom: NUMBERS_ZOOM, filter: selected, paint: { 'circle-radius': 24, 'circle-color': p.accent, 'circle-opacity': 0.12, 'circle-stroke-color': p.accent, 'circle-stroke-width': 3 } },
    {
      id: 'incidents',
      type: 'symbol',
      source: 'incidents',
      layout: { 'icon-image': ['get', 'image'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'text-font': FONTS },
    },
  ]
}
