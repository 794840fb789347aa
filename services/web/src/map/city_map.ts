/** The one door to MapLibre: a city map with roads, cameras, a trail and a line; what moves is drawn by `Signs`. */
import {
  addProtocol,
  AttributionControl,
  type GeoJSONSource,
  LngLatBounds,
  Map as MapLibre,
  type MapMouseEvent,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { PMTiles, Protocol } from 'pmtiles'
import type { EdgeView, Gauge } from '../core/road_types.ts'
import type { AlertView, CameraView, City, IncidentView, VehicleDetail } from '../core/types.ts'
import { collection, type Feature, point } from './features.ts'
import { addImages } from './images.ts'
import type { Track } from './motion.ts'
import { addOverlays, LAYERS_OF, type LayerName } from './overlays.ts'
import { paletteOf, type Palette } from './palette.ts'
import { RoadPaint } from './road_paint.ts'
import { type MapBus, Signs } from './signs.ts'
import { cityLayers, emptyStyle, type Honesty } from './style.ts'
import { floodFeatures, gaugeFeatures } from './water.ts'

setWorkerUrl(workerUrl)
const protocol = new Protocol({ metadata: true })
addProtocol('pmtiles', protocol.tile)
const TILES = '/map/city.pmtiles'

/** A road or a camera is touched within this many pixels of the finger. */
const REACH_PX = 10
const CURSOR_MS = 80
const ROAD_LAYERS = ['level-blocked', 'level-congested', 'level-slow', 'level-free', 'road']

export type Picked = { kind: 'vehicle' | 'incident' | 'camera' | 'edge' | 'stop'; id: string }

export interface CityMapOptions {
  container: HTMLElement
  city: City
  dark: boolean
  calm: boolean
  levels: boolean
  at?: { lon: number; lat: number; zoom: number } | null
  onPick?: (picked: Picked | null) => void
  /** A tap on the map before anything is picked; true where it is taken for something else. */
  onTap?: (lon: number, lat: number) => boolean
  onMove?: (at: { lon: number; lat: number; zoom: number }) => void
  padding?: number
  onBaseFailed?: () => void
}

/** A named place on the map; the main one is drawn larger. */
export interface Mark {
  lon: number
  lat: number
  name: string
  main?: boolean
}

const NEXT_STOPS = 5
const MOST_OF = 20

/** The next stops of a bus whose places are known. */
export const nextMarks = (bus: VehicleDetail | null): Mark[] =>
  (bus?.next_stops ?? []).slice(0, NEXT_STOPS).flatMap(({ lon, lat, name }) => (lon === null || lat === null ? [] : [{ lon, lat, name }]))

const markFeature = ({ lon, lat, name, main }: Mark): Feature => point(lon, lat, { name, main: main ?? false })

export class CityMap {
  private readonly map: MapLibre
  private readonly calm: boolean
  private readonly signs: Signs
  private readonly roads: RoadPaint
  private ready = false
  private readonly waiting: (() => unknown)[] = []
  private hasLevels = false
  private removed = false

  constructor(private readonly options: CityMapOptions) {
    const { city } = options
    this.calm = options.calm
    const palette = paletteOf(options.dark)
    const [west, south, east, north] = city.bbox
    this.map = new MapLibre({
      container: options.container,
      style: emptyStyle(palette),
      bounds: [west, south, east, north],
      ...(options.at ? { center: [options.at.lon, options.at.lat] as [number, number], zoom: options.at.zoom, bounds: undefined } : {}),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      minZoom: 8,
      maxZoom: 19,
      fadeDuration: options.calm ? 0 : 200,
    })
    this.map.touchZoomRotate.disableRotation()
    this.signs = new Signs(this.map, palette, options.calm)
    this.roads = new RoadPaint(this.map)
    this.map.addControl(new AttributionControl({ compact: false }), 'bottom-right')
    this.map.once('load', () => void this.open(palette))
    this.map.on('idle', () => {
      if (this.ready) this.options.container.dataset.idle = 'yes'
    })
  }

  /** Base first, then what lies on it; a city without tiles still shows what moves. */
  private async open(palette: Palette): Promise<void> {
    if (this.options.city.parts.map) await this.addBase(palette)
    if (this.removed) return
    addImages(this.map, palette)
    addOverlays(this.map, palette)
    this.listen()
    this.ready = true
    for (const act of this.waiting.splice(0)) act()
    this.options.container.dataset.ready = 'yes'
  }

  private async addBase(palette: Palette): Promise<void> {
    const url = location.origin + TILES
    let known: Set<string>
    try {
      const tiles = new PMTiles(url)
      protocol.add(tiles)
      const about = (await tiles.getMetadata()) as { vector_layers?: { id: string }[] }
      known = new Set((about.vector_layers ?? []).map((layer) => layer.id))
    } catch (error) {
      console.warn('base map unreadable', error)
      this.options.onBaseFailed?.()
      return
    }
    if (this.removed) return
    this.map.addSource('city', { type: 'vector', url: `pmtiles://${url}` })
    for (const layer of cityLayers(palette, this.options.levels, known)) this.map.addLayer(layer)
    this.hasLevels = this.options.levels && known.has('roads')
  }

  private when(act: () => unknown): void {
    if (this.ready) act()
    else this.waiting.push(act)
  }

  private listen(): void {
    const { onPick, onMove } = this.options
    if (onPick) {
      let lookedAt = 0
      this.map.on('click', (event) => {
        if (this.options.onTap?.(event.lngLat.lng, event.lngLat.lat)) return
        const picked = this.at(event)
        if (picked) onPick(picked)
      })
      this.map.on('mousemove', (event) => {
        if (performance.now() - lookedAt < CURSOR_MS) return
        lookedAt = performance.now()
        this.map.getCanvas().style.cursor = this.at(event) ? 'pointer' : ''
      })
    }
    this.map.on('moveend', () => {
      const { lng, lat } = this.map.getCenter()
      onMove?.({ lon: lng, lat, zoom: this.map.getZoom() })
    })
  }

  /** What lies under a finger: a sign first, then a camera, then a road. */
  private at({ point: { x, y } }: MapMouseEvent): Picked | null {
    const sign = this.signs.hit(x, y)
    if (sign) return sign
    const layers = ['floods', ...LAYERS_OF.cameras, ...ROAD_LAYERS].filter((layer) => this.map.getLayer(layer) && (layer !== 'road' || this.hasLevels))
    const found = this.map.queryRenderedFeatures([[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]], { layers })
    const flood = found.find((feature) => feature.source === 'floods')
    if (flood) return { kind: 'incident', id: String(flood.properties['id']) }
    const camera = found.find((feature) => feature.source === 'cameras')
    if (camera) return { kind: 'camera', id: String(camera.properties['id']) }
    const road = found.find((feature) => feature.id !== undefined)
    return road ? { kind: 'edge', id: String(road.id) } : null
  }

  private source(name: string): GeoJSONSource {
    return this.map.getSource(name) as GeoJSONSource
  }

  /** Take the buses as they are now; `trackOf` gives the line each is drawn along. */
  setVehicles<B extends MapBus>(buses: Iterable<B>, trackOf: (bus: B) => Track | null = () => null): void {
    this.signs.setBuses(buses, trackOf)
  }

  /** Show only some buses, or all. */
  showOnly(ids: ReadonlySet<string> | null): void {
    this.signs.showOnly(ids)
  }

  /** Draw the roads as these states say, and no others. */
  setEdges(states: Iterable<EdgeView>, forecast: boolean, atMs?: number): void {
    this.when(() => this.hasLevels && this.roads.show(states, forecast, atMs))
  }

  /** What becomes of roads whose state is doubtful. */
  setHonesty(wanted: Honesty): void {
    this.when(() => this.roads.honesty(wanted))
  }

  /** Water on roads, and what the rain gauges say. */
  setWater(floods: readonly IncidentView[], gauges: readonly Gauge[]): void {
    this.when(() => {
      this.source('floods').setData(collection(floodFeatures(floods)) as never)
      this.source('gauges').setData(collection(gaugeFeatures(gauges)) as never)
    })
  }

  /** Where the middle of the map is. */
  centre(): { lon: number; lat: number } {
    const { lng, lat } = this.map.getCenter()
    return { lon: lng, lat }
  }

  setIncidents(incidents: readonly IncidentView[]): void {
    const known = new Set(['detected', 'verified', 'responding'])
    this.signs.setIncidents(incidents.map(({ incident_id: id, lon, lat, state }) => ({ id, lon, lat, state: known.has(state) ? state : 'done' })))
  }

  setCameras(cameras: readonly CameraView[]): void {
    this.when(() => {
      const features = cameras.map((one) => point(one.lon, one.lat, { id: one.camera_id, image: !one.pictures ? 'camera-counts' : one.state === 'ok' ? 'camera-ok' : 'camera-bad' }))
      this.source('cameras').setData(collection(features) as never)
    })
  }

  /** The ways that buses drive beside their lines. */
  setDetours(alerts: readonly AlertView[]): void {
    this.when(() => {
      const lines = alerts.flatMap((alert) => (alert.detour ? [{ type: 'Feature' as const, geometry: { type: 'LineString', coordinates: alert.detour.line }, properties: {} }] : []))
      this.source('detours').setData(collection(lines) as never)
    })
  }

  /** A bus with its trail of the last minutes and its next stops, or nothing. */
  selectVehicle(id: string | null, detail: VehicleDetail | null, marks: readonly Mark[] = []): void {
    this.signs.select(id)
    this.when(() => {
      const trail = detail && detail.trail.length > 1 ? [{ type: 'Feature' as const, geometry: { type: 'LineString', coordinates: detail.trail.map(([, lon, lat]) => [lon, lat]) }, properties: {} }] : []
      this.source('trail').setData(collection(trail) as never)
      this.source('marks').setData(collection(marks.map(markFeature)) as never)
    })
  }

  selectPlace(lon: number | null, lat: number | null): void {
    this.when(() => this.source('ring').setData(collection(lon === null || lat === null ? [] : [point(lon, lat, {})]) as never))
  }

  selectEdges(edges: readonly number[]): void {
    this.when(() => this.hasLevels && this.roads.choose(edges))
  }

  /** Mark named places (a stop, the next stops). */
  setMarks(marks: readonly Mark[]): void {
    this.when(() => this.source('marks').setData(collection(marks.map(markFeature)) as never))
  }

  setShape(shape: readonly [number, number][]): void {
    this.when(() =>
      this.source('shape').setData(
        collection(shape.length > 1 ? [{ type: 'Feature', geometry: { type: 'LineString', coordinates: shape }, properties: {} }] : []) as never,
      ),
    )
  }

  showLayer(name: LayerName, shown: boolean): void {
    if (name === 'buses' || name === 'incidents') {
      this.signs.show(name, shown)
      return
    }
    this.when(() => {
      for (const layer of LAYERS_OF[name]) {
        if (this.map.getLayer(layer)) this.map.setLayoutProperty(layer, 'visibility', shown ? 'visible' : 'none')
      }
    })
  }

  zoomBy(steps: number): void {
    this.map.zoomTo(this.map.getZoom() + steps, { animate: !this.calm })
  }

  flyTo(lon: number, lat: number, zoom?: number): void {
    const wanted = Math.max(this.map.getZoom(), zoom ?? 14.5)
    if (this.calm) this.map.jumpTo({ center: [lon, lat], zoom: wanted })
    else this.map.easeTo({ center: [lon, lat], zoom: wanted, duration: 400 })
  }

  /** Show where most of some places are: those far out do not make the middle small. */
  fitMost(places: readonly [number, number][]): void {
    if (places.length < MOST_OF) return
    const at = (values: number[], share: number) => values.sort((a, b) => a - b)[Math.round(share * (values.length - 1))]!
    const lons = places.map(([lon]) => lon)
    const lats = places.map(([, lat]) => lat)
    this.fit([
      [at(lons, 0.15), at(lats, 0.15)],
      [at(lons, 0.85), at(lats, 0.85)],
    ])
  }

  fit(places: readonly [number, number][], maxZoom = 15.5): void {
    const first = places[0]
    if (!first) return
    const bounds = new LngLatBounds(first, first)
    for (const place of places) bounds.extend(place)
    this.map.fitBounds(bounds, { padding: this.options.padding ?? 48, maxZoom, animate: false })
  }

  remove(): void {
    this.removed = true
    this.signs.remove()
    this.map.remove()
  }
}
