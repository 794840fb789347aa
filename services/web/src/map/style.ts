/** The map's style from our own network's PMTiles: no outside tiles, fonts or sprites. Labels use this device's fonts. */
import type { ExpressionSpecification, LayerSpecification, LineLayerSpecification, StyleSpecification, SymbolLayerSpecification } from 'maplibre-gl'
import type { Palette } from './palette.ts'

/** Text is drawn by the browser from the system's fonts, which have all Vietnamese marks. */
export const FONTS = ['Noto Sans', 'system-ui', 'sans-serif']
export const BOLD_FONTS = ['Noto Sans Bold', 'system-ui', 'sans-serif']

const MAJOR = ['motorway', 'trunk', 'primary', 'secondary', 'motorway_link', 'trunk_link', 'primary_link', 'secondary_link']
const MIDDLE = ['tertiary', 'tertiary_link']

const classIn = (...names: string[]): ExpressionSpecification => ['in', ['get', 'class'], ['literal', names]]

/** Width in px by class, growing with zoom. */
function roadWidth(extra: number): ExpressionSpecification {
  const at = (major: number, middle: number, minor: number): ExpressionSpecification => [
    'case',
    classIn(...MAJOR),
    major + extra,
    classIn(...MIDDLE),
    middle + extra,
    minor + extra,
  ]
  return ['interpolate', ['exponential', 1.5], ['zoom'], 10, at(0.9, 0.5, 0.1), 13, at(2.6, 1.6, 0.7), 16, at(9, 6.5, 4.5), 18, at(20, 15, 12)]
}

const level: ExpressionSpecification = ['coalesce', ['feature-state', 'level'], 'no_data']
const trust: ExpressionSpecification = ['coalesce', ['feature-state', 'trust'], 'sure']
const whenLevel = (name: string, shown: number): ExpressionSpecification => ['case', ['==', level, name], shown, 0]
/** What nobody drove is half as wide. */
const thinGuess = (width: number): ExpressionSpecification => ['case', ['==', trust, 'guess'], width * 0.5, width]
const widthBetween = (far: number, near: number): ExpressionSpecification => ['interpolate', ['linear'], ['zoom'], 11, thinGuess(far), 16, thinGuess(near)]

/** What becomes of doubtful roads: all drawn alike, faded, or hidden. */
export type Honesty = 'all' | 'fade' | 'sure'
const DOUBTFUL: Record<Honesty, { unsure: number; guess: number }> = {
  all: { unsure: 1, guess: 1 },
  fade: { unsure: 0.4, guess: 0.4 },
  sure: { unsure: 0, guess: 0 },
}
const SHOWN = { 'level-free': 0.9, 'level-slow': 1, 'level-congested': 1, 'level-blocked': 1, 'level-blocked-marks': 1 } as const
export const LEVEL_LAYERS = Object.keys(SHOWN) as (keyof typeof SHOWN)[]

/** How opaque a layer of a level is under a rule of honesty. */
export function opacityOf(layer: keyof typeof SHOWN, honesty: Honesty): ExpressionSpecification {
  const { unsure, guess } = DOUBTFUL[honesty]
  const name = layer.split('-')[1]!
  return ['case', ['!=', level, name], 0, ['match', trust, 'unsure', unsure * SHOWN[layer], 'guess', guess * SHOWN[layer], SHOWN[layer]]]
}
/** Both directions of a street side by side: each on the right of its own direction. */
const beside: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 12, 0.8, 16, 3.5, 18, 7]

function levelLayer(id: string, paint: LineLayerSpecification['paint'], more: Partial<LineLayerSpecification> = {}): LayerSpecification {
  return {
    id,
    type: 'line',
    source: 'city',
    'source-layer': 'roads',
    layout: { 'line-cap': 'butt', 'line-join': 'round' },
    paint: { 'line-offset': beside, ...paint },
    ...more,
  } as LayerSpecification
}

/** Congestion: colour and a second sign for each level (solid, dashes, thick, thick with cross marks, thin hatch). */
export function congestionLayers(p: Palette): LayerSpecification[] {
  return [
    levelLayer(
      'level-none',
      { 'line-color': p.none, 'line-width': 1, 'line-dasharray': [1, 3], 'line-opacity': whenLevel('no_data', 0.6) },
      { minzoom: 13.5, filter: ['any', ['>=', ['zoom'], 15.5], classIn(...MAJOR, ...MIDDLE)] },
    ),
    levelLayer('level-free', { 'line-color': p.ok, 'line-width': widthBetween(1.2, 3), 'line-opacity': opacityOf('level-free', 'fade') }),
    levelLayer('level-slow', { 'line-color': p.slow, 'line-width': widthBetween(1.8, 4), 'line-dasharray': [2.5, 1.2], 'line-opacity': opacityOf('level-slow', 'fade') }),
    levelLayer('level-congested', { 'line-color': p.late, 'line-width': widthBetween(3, 7), 'line-opacity': opacityOf('level-congested', 'fade') }),
    levelLayer('level-blocked', { 'line-color': p.blocked, 'line-width': widthBetween(3, 7), 'line-opacity': opacityOf('level-blocked', 'fade') }),
    levelLayer('level-blocked-marks', { 'line-color': p.blocked, 'line-width': widthBetween(8, 15), 'line-dasharray': [0.2, 0.9], 'line-opacity': opacityOf('level-blocked-marks', 'fade') }),
    levelLayer('level-selected', {
      'line-color': p.accent,
      'line-width': widthBetween(6, 12),
      'line-opacity': ['case', ['boolean', ['feature-state', 'selected'], false], 0.55, 0],
    }),
  ]
}

function baseLayers(p: Palette): LayerSpecification[] {
  const roads = { source: 'city', 'source-layer': 'roads', type: 'line' as const, layout: { 'line-cap': 'round' as const, 'line-join': 'round' as const } }
  return [
    { id: 'green', type: 'fill', source: 'city', 'source-layer': 'green', paint: { 'fill-color': p.green } },
    { id: 'water', type: 'fill', source: 'city', 'source-layer': 'water', paint: { 'fill-color': p.water } },
    { id: 'road-case', ...roads, minzoom: 12, paint: { 'line-color': p.roadCase, 'line-width': roadWidth(1.6) } },
    {
      id: 'road',
      ...roads,
      paint: { 'line-color': ['case', classIn(...MAJOR), p.roadMajor, p.roadMinor], 'line-width': roadWidth(0) },
    },
    // Far out, white roads on light land would vanish: main ones carry their case colour.
    {
      id: 'road-far',
      ...roads,
      maxzoom: 12,
      filter: classIn(...MAJOR),
      paint: { 'line-color': p.roadFar, 'line-width': ['case', classIn('motorway', 'trunk'), 2.2, 1.2] },
    },
  ]
}

export function labelLayers(p: Palette): LayerSpecification[] {
  const name = (id: string, minzoom: number, filter: ExpressionSpecification): LayerSpecification => ({
    id,
    type: 'symbol',
    source: 'city',
    'source-layer': 'roads',
    minzoom,
    filter: ['all', ['has', 'name'], ['!=', ['get', 'name'], ''], filter],
    layout: {
      'symbol-placement': 'line',
      'symbol-spacing': 320,
      'text-field': ['get', 'name'],
      'text-font': FONTS,
      'text-size': ['interpolate', ['linear'], ['zoom'], 12, 11, 17, 14],
      'text-padding': 8,
      'text-max-angle': 30,
    },
    paint: { 'text-color': p.label, 'text-halo-color': p.halo, 'text-halo-width': 1.6 },
  })
  return [
    name('road-name-major', 12.5, classIn(...MAJOR)),
    name('road-name-middle', 14, classIn(...MIDDLE)),
    name('road-name-minor', 15.5, ['!', classIn(...MAJOR, ...MIDDLE)]),
    {
      id: 'stop-dot',
      type: 'circle',
      source: 'city',
      'source-layer': 'stops',
      minzoom: 14.5,
      paint: { 'circle-radius': 3, 'circle-color': p.paper, 'circle-stroke-color': p.none, 'circle-stroke-width': 1.5 },
    },
  ]
}

/** Names of districts, towns, lakes and parks at their places, of rivers along their course. */
function placeLayers(p: Palette): LayerSpecification[] {
  const kindIs = (...kinds: string[]): ExpressionSpecification => ['in', ['get', 'kind'], ['literal', kinds]]
  const place = (id: string, kinds: string[], size: number, colour: string, layout: SymbolLayerSpecification['layout'] = {}): LayerSpecification => ({
    id,
    type: 'symbol',
    source: 'city',
    'source-layer': 'places',
    filter: kindIs(...kinds),
    layout: { 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': size, 'text-max-width': 7, 'text-padding': 4, ...layout },
    paint: { 'text-color': colour, 'text-halo-color': p.halo, 'text-halo-width': 1.4 },
  })
  return [
    {
      id: 'river-name',
      type: 'symbol',
      source: 'city',
      'source-layer': 'rivers',
      layout: { 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-field': ['get', 'name'], 'text-font': FONTS, 'text-size': 13, 'text-letter-spacing': 0.12 },
      paint: { 'text-color': p.waterLabel, 'text-halo-color': p.water, 'text-halo-width': 1 },
    },
    place('green-name', ['green'], 11, p.greenLabel),
    place('water-name', ['water'], 12, p.waterLabel),
    { ...place('quarter-name', ['quarter'], 12, p.label), maxzoom: 16 } as LayerSpecification,
    { ...place('district-name', ['district'], 12, p.label, { 'text-transform': 'uppercase', 'text-letter-spacing': 0.1, 'text-padding': 12 }), maxzoom: 14.5 } as LayerSpecification,
    { ...place('town-name', ['town'], 13, p.label, { 'text-font': BOLD_FONTS }), maxzoom: 14.5 } as LayerSpecification,
  ]
}

/** What is there before the city's own tiles have been read. */
export const emptyStyle = (p: Palette): StyleSpecification => ({
  version: 8,
  sources: {},
  layers: [{ id: 'land', type: 'background', paint: { 'background-color': p.land } }],
})

/** The layers that can be drawn from the source layers a city's tiles really have. */
export function cityLayers(p: Palette, withLevels: boolean, known: ReadonlySet<string>): LayerSpecification[] {
  const all = [...baseLayers(p), ...(withLevels ? congestionLayers(p) : []), ...labelLayers(p), ...placeLayers(p)]
  return all.filter((layer) => 'source-layer' in layer && known.has(layer['source-layer'] ?? ''))
}
