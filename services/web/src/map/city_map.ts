/** The one door to MapLibre: a city map with buses, roads, incidents, cameras, a trail and a line. */
import {
  addProtocol,
  AttributionControl,
  type GeoJSONSource,
  LngLatBounds,
  Map as MapLibre,
  type MapLayerMouseEvent,
  setWorkerUrl,
} from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'
import { PMTiles, Protocol } from 'pmtiles'
import { delayLevel } from '../core/levels.ts'
import type { CameraView, City, EdgeView, IncidentView, VehicleDetail, VehicleView } from '../core/types.ts'
import { glideTo, isMoving, placeAt, type Moving } from './glide.ts'
import { addImages } from './images.ts'
import { addOverlays, LAYERS_OF, type LayerName } from './overlays.ts'
import { paletteOf, type Palette } from './palette.ts'
import { cityLayers, emptyStyle } from './style.ts'

setWorkerUrl(workerUrl)
const protocol = new Protocol({ metadata: true })
addProtocol('pmtiles', protocol.tile)
const TILES = '/map/city.pmtiles'

const FRAME_MS = 120
/** Buses are drawn in this many layers, so that one that covers another covers its number too. */
const ORDERS = 64
const orderOf = (id: string): number => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 8191, 7) % ORDERS

export type Picked = { kind: 'vehicle' | 'incident' | 'camera' | 'edge' | 'stop'; id: string }

export interface CityMapOptions {
  container: HTMLElement
  city: City
  dark: boolean
  calm: boolean
  levels: boolean
  at?: { lon: number; lat: number; zoom: number } | null
  onPick?: (picked: Picked | null) => void
  onMove?: (at: { lon: number; lat: number; zoom: number }) => void
  padding?: number
  onBaseFailed?: () => void
}

type Feature = { type: 'Feature'; geometry: { type: string; coordinates: unknown }; properties: Record<string, unknown> }
const collection = (features: Feature[]) => ({ type: 'FeatureCollection' as const, features })
const point = (lon: number, lat: number, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
})

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
  private readonly moving = new Map<string, Moving>()
  private readonly known = new Map<string, VehicleView>()
  private selectedVehicle: string | null = null
  private selectedEdge: number | null = null
  private ready = false
  private readonly waiting: (() => void)[] = []
  private frame = 0
  private lastDrawn = 0
  private changed = false
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

  private when(act: () => void): void {
    if (this.ready) act()
    else this.waiting.push(act)
  }

  private listen(): void {
    const { onPick, onMove } = this.options
    if (onPick) {
      const pick = (kind: Picked['kind'], layer: string, property: string) => {
        if (!this.map.getLayer(layer)) return
        this.map.on('click', layer, (event: MapLayerMouseEvent) => {
          const feature = event.features?.[0]
          const id = property === '#' ? feature?.id : feature?.properties[property]
          if (id === undefined || event.defaultPrevented) return
          event.preventDefault()
          onPick({ kind, id: String(id) })
        })
        this.map.on('mouseenter', layer, () => (this.map.getCanvas().style.cursor = 'pointer'))
        this.map.on('mouseleave', layer, () => (this.map.getCanvas().style.cursor = ''))
      }
      pick('incident', 'incidents', 'id')
      pick('vehicle', 'bus-arrows', 'id')
      pick('vehicle', 'bus-dots', 'id')
      pick('camera', 'cameras', 'id')
      for (const level of ['blocked', 'congested', 'slow', 'free']) pick('edge', `level-${level}`, '#')
      if (this.hasLevels) pick('edge', 'road', '#')
    }
    this.map.on('moveend', () => {
      const { lng, lat } = this.map.getCenter()
      onMove?.({ lon: lng, lat, zoom: this.map.getZoom() })
    })
  }

  private source(name: string): GeoJSONSource {
    return this.map.getSource(name) as GeoJSONSource
  }

  setVehicles(vehicles: readonly VehicleView[]): void {
    const now = performance.now()
    const present = new Set<string>()
    for (const bus of vehicles) {
      present.add(bus.vehicle_id)
      this.known.set(bus.vehicle_id, bus)
      this.moving.set(bus.vehicle_id, glideTo(this.moving.get(bus.vehicle_id), bus.lon, bus.lat, now, this.calm))
    }
    for (const id of [...this.known.keys()]) {
      if (present.has(id)) continue
      this.known.delete(id)
      this.moving.delete(id)
    }
    this.when(() => {
      this.changed = true
      if (!this.frame) this.frame = requestAnimationFrame(this.step)
    })
  }

  /** Draw buses where they are now, a few times a second; go on only while one of them glides. */
  private readonly step = (): void => {
    this.frame = 0
    if (this.removed) return
    const now = performance.now()
    if (now - this.lastDrawn >= FRAME_MS) {
      this.lastDrawn = now
      this.changed = false
      this.source('buses').setData(collection([...this.known.values()].map((bus) => this.busFeature(bus, now))) as never)
    }
    const gliding = () => [...this.moving.values()].some((moving) => isMoving(moving, now - 2 * FRAME_MS))
    if (this.changed || gliding()) this.frame = requestAnimationFrame(this.step)
  }

  private busFeature(bus: VehicleView, now: number): Feature {
    const [lon, lat] = placeAt(this.moving.get(bus.vehicle_id)!, now)
    const level = delayLevel(bus)
    return point(lon, lat, {
      id: bus.vehicle_id,
      line: bus.route_short_name ?? '',
      level,
      heading: bus.heading_deg ?? 0,
      image: bus.heading_deg === null ? `bus-${level}-still` : `bus-${level}`,
      selected: bus.vehicle_id === this.selectedVehicle,
      order: bus.vehicle_id === this.selectedVehicle ? ORDERS : orderOf(bus.vehicle_id),
    })
  }

  setEdges(states: readonly EdgeView[]): void {
    this.when(() => {
      if (!this.hasLevels) return
      for (const state of states) {
        this.map.setFeatureState({ source: 'city', sourceLayer: 'roads', id: state.edge_index }, { level: state.level })
      }
    })
  }

  setIncidents(incidents: readonly IncidentView[]): void {
    const known = new Set(['detected', 'verified', 'responding'])
    this.when(() => {
      const features = incidents.map((one) => point(one.lon, one.lat, { id: one.incident_id, image: `incident-${known.has(one.state) ? one.state : 'done'}` }))
      this.source('incidents').setData(collection(features) as never)
    })
  }

  setCameras(cameras: readonly CameraView[]): void {
    this.when(() => {
      const features = cameras.map((one) => point(one.lon, one.lat, { id: one.camera_id, image: one.state === 'ok' ? 'camera-ok' : 'camera-bad' }))
      this.source('cameras').setData(collection(features) as never)
    })
  }

  /** A bus with its trail of the last minutes and its next stops, or nothing. */
  selectVehicle(id: string | null, detail: VehicleDetail | null, marks: readonly Mark[] = []): void {
    this.selectedVehicle = id
    this.when(() => {
      const trail = detail && detail.trail.length > 1 ? [{ type: 'Feature' as const, geometry: { type: 'LineString', coordinates: detail.trail.map(([, lon, lat]) => [lon, lat]) }, properties: {} }] : []
      this.source('trail').setData(collection(trail) as never)
      this.source('marks').setData(collection(marks.map(markFeature)) as never)
      this.lastDrawn = 0
      if (!this.frame) this.frame = requestAnimationFrame(this.step)
    })
  }

  selectPlace(lon: number | null, lat: number | null): void {
    this.when(() => this.source('ring').setData(collection(lon === null || lat === null ? [] : [point(lon, lat, {})]) as never))
  }

  selectEdge(edgeIndex: number | null): void {
    this.when(() => {
      if (!this.hasLevels) return
      const state = (id: number, selected: boolean) => this.map.setFeatureState({ source: 'city', sourceLayer: 'roads', id }, { selected })
      if (this.selectedEdge !== null) state(this.selectedEdge, false)
      if (edgeIndex !== null) state(edgeIndex, true)
      this.selectedEdge = edgeIndex
    })
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
    cancelAnimationFrame(this.frame)
    this.map.remove()
  }
}
