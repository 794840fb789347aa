/**
 * What moves, drawn on a canvas of its own above the map: buses and incidents.
 *
 * The map beneath is not drawn again when a bus moves. A picture is drawn only when some bus has moved a quarter of a
 * pixel: four times a second over the whole city, every frame in a street, never in a hidden tab.
 */
import type { Map as MapLibre } from 'maplibre-gl'
import { clockSpeed, now as cityTime } from '../core/clock.ts'
import { type BusLevel, levelNow } from '../core/levels.ts'
import { RATIO } from './images.ts'
import { isGliding, mercatorX, mercatorY, nextGlide, placeOf, type Glide, type Track } from './motion.ts'
import { busColour, type Palette } from './palette.ts'
import { Sprites } from './sprites.ts'

/** What a map needs of a bus. */
export interface MapBus {
  vehicle_id: string
  time_ms: number
  lon: number
  lat: number
  heading_deg: number | null
  distance_m: number | null
  route_short_name: string | null
  delay_s: number | null
  trip_id?: string | null
}

export interface IncidentSign {
  id: string
  lon: number
  lat: number
  state: string
}

interface Drawn {
  bus: MapBus
  glide: Glide
}

/** From this zoom buses are arrows with their line number; below they are dots. */
const NUMBERS_ZOOM = 13.5
const TILE_PX = 512
const FASTEST_MPS = 12
const STEP_PX = 0.25
const SLOWEST_FRAME_MS = 250
const FRAME_MS = 17
const METRES_PER_PX_AT_0 = 78_271.5
const REACH_PX = 24
const EDGE_PX = 30
/** Dots are drawn level by level: what matters most comes last, on top. */
const ORDER: BusLevel[] = ['stale', 'unknown', 'on_time', 'early', 'slow', 'late']

/** Wait between two pictures so that the fastest bus moves a quarter of a pixel. */
export function frameGapMs(zoom: number, lat: number, speed: number): number {
  const metresPerPx = (METRES_PER_PX_AT_0 * Math.cos((lat * Math.PI) / 180)) / 2 ** zoom
  return Math.min(SLOWEST_FRAME_MS, (1000 * STEP_PX * metresPerPx) / (FASTEST_MPS * Math.max(0.1, speed)))
}

export class Signs {
  private readonly canvas = document.createElement('canvas')
  private readonly pen: CanvasRenderingContext2D
  private readonly buses = new Map<string, Drawn>()
  private readonly sprites: Sprites
  private incidents: IncidentSign[] = []
  private selected: string | null = null
  private only: ReadonlySet<string> | null = null
  private readonly hidden = new Set<'buses' | 'incidents'>()
  private timer = 0
  private frame = 0
  private spots: { id: string; kind: 'vehicle' | 'incident'; x: number; y: number }[] = []

  constructor(
    private readonly map: MapLibre,
    private readonly palette: Palette,
    private readonly calm: boolean,
  ) {
    this.canvas.className = 'map-signs'
    this.canvas.setAttribute('aria-hidden', 'true')
    this.pen = this.canvas.getContext('2d')!
    this.sprites = new Sprites(this.pen, palette)
    map.getCanvasContainer().append(this.canvas)
    map.on('render', this.draw)
    document.addEventListener('visibilitychange', this.wake)
  }

  /** Take the buses as they are now; `trackOf` gives the line each is drawn along. */
  setBuses<B extends MapBus>(buses: Iterable<B>, trackOf: (bus: B) => Track | null): void {
    const nowMs = performance.now()
    const present = new Set<string>()
    for (const bus of buses) {
      present.add(bus.vehicle_id)
      const known = this.buses.get(bus.vehicle_id)
      if (known && known.glide.timeMs === bus.time_ms) known.bus = bus
      else this.buses.set(bus.vehicle_id, { bus, glide: this.glideOf(bus, known?.glide, trackOf(bus), nowMs) })
    }
    for (const id of this.buses.keys()) if (!present.has(id)) this.buses.delete(id)
    this.soon()
  }

  private glideOf(bus: MapBus, before: Glide | undefined, track: Track | null, nowMs: number): Glide {
    const report = { x: mercatorX(bus.lon), y: mercatorY(bus.lat), heading: bus.heading_deg, timeMs: bus.time_ms, along: bus.distance_m }
    return nextGlide(before, report, track, nowMs, clockSpeed(), this.calm || document.hidden)
  }

  setIncidents(incidents: IncidentSign[]): void {
    this.incidents = incidents
    this.soon()
  }

  showOnly(ids: ReadonlySet<string> | null): void {
    this.only = ids
    this.soon()
  }

  select(id: string | null): void {
    this.selected = id
    this.soon()
  }

  show(what: 'buses' | 'incidents', shown: boolean): void {
    if (shown) this.hidden.delete(what)
    else this.hidden.add(what)
    this.soon()
  }

  /** The sign at a place of the screen: an incident before a bus, the nearest first, within a finger's reach. */
  hit(x: number, y: number): { kind: 'vehicle' | 'incident'; id: string } | null {
    let best: (typeof this.spots)[number] | null = null
    let least = Infinity
    for (const spot of this.spots) {
      const away = Math.hypot(spot.x - x, spot.y - y)
      const rank = away + (spot.kind === 'incident' ? -REACH_PX : 0)
      if (away <= REACH_PX && rank < least) {
        least = rank
        best = spot
      }
    }
    return best && { kind: best.kind, id: best.id }
  }

  remove(): void {
    document.removeEventListener('visibilitychange', this.wake)
    clearTimeout(this.timer)
    cancelAnimationFrame(this.frame)
    this.canvas.remove()
  }

  private readonly wake = (): void => {
    if (!document.hidden) this.soon()
  }

  private soon(): void {
    if (!this.frame && !document.hidden) this.frame = requestAnimationFrame(this.tick)
  }

  private readonly tick = (): void => {
    this.frame = 0
    this.draw()
    clearTimeout(this.timer)
    if (document.hidden || !this.anyGlides()) return
    const gapMs = frameGapMs(this.map.getZoom(), this.map.getCenter().lat, clockSpeed())
    if (gapMs <= FRAME_MS) this.soon()
    else this.timer = window.setTimeout(() => this.soon(), gapMs - FRAME_MS / 2)
  }

  private anyGlides(): boolean {
    const nowMs = performance.now()
    for (const { glide } of this.buses.values()) if (isGliding(glide, nowMs)) return true
    return false
  }

  private fit(): { width: number; height: number } {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer()
    const sharp = Math.min(RATIO, devicePixelRatio)
    const [wanted, tall] = [Math.round(width * sharp), Math.round(height * sharp)]
    if (this.canvas.width !== wanted || this.canvas.height !== tall) {
      this.canvas.width = wanted
      this.canvas.height = tall
    }
    this.pen.setTransform(sharp, 0, 0, sharp, 0, 0)
    this.pen.clearRect(0, 0, width, height)
    return { width, height }
  }

  private readonly draw = (): void => {
    const { width, height } = this.fit()
    const zoom = this.map.getZoom()
    const scale = TILE_PX * 2 ** zoom
    const { lng, lat } = this.map.getCenter()
    const left = mercatorX(lng) * scale - width / 2
    const top = mercatorY(lat) * scale - height / 2
    const inside = (x: number, y: number) => x > -EDGE_PX && y > -EDGE_PX && x < width + EDGE_PX && y < height + EDGE_PX
    this.spots = []
    if (!this.hidden.has('buses')) this.drawBuses(zoom, scale, left, top, inside)
    if (this.hidden.has('incidents')) return
    for (const { id, lon, lat: north, state } of this.incidents) {
      const x = mercatorX(lon) * scale - left
      const y = mercatorY(north) * scale - top
      if (!inside(x, y)) continue
      this.spots.push({ id, kind: 'incident', x, y })
      this.sprites.putIncident(state, x, y)
    }
  }

  private drawBuses(zoom: number, scale: number, left: number, top: number, inside: (x: number, y: number) => boolean): void {
    const nowMs = performance.now()
    const cityMs = cityTime()
    const near = zoom >= NUMBERS_ZOOM
    const dots = new Map<BusLevel, number[]>(ORDER.map((level) => [level, []]))
    let chosen: (() => void) | null = null
    for (const { bus, glide } of this.buses.values()) {
      if (this.only && !this.only.has(bus.vehicle_id) && bus.vehicle_id !== this.selected) continue
      if (!inside(glide.to.x * scale - left, glide.to.y * scale - top) && !inside(glide.from.x * scale - left, glide.from.y * scale - top)) continue
      const spot = placeOf(glide, nowMs)
      const x = spot.x * scale - left
      const y = spot.y * scale - top
      const level = levelNow(bus, cityMs)
      this.spots.push({ id: bus.vehicle_id, kind: 'vehicle', x, y })
      if (bus.vehicle_id === this.selected) chosen = () => this.drawChosen(bus, level, spot.heading, zoom, x, y)
      else if (near) this.drawArrow(bus, level, spot.heading, zoom, x, y)
      else dots.get(level)!.push(x, y)
    }
    if (!near) for (const [level, places] of dots) this.drawDots(level, places, zoom)
    chosen?.()
    this.map.getContainer().dataset.buses = String(this.spots.length)
  }

  private drawDots(level: BusLevel, places: number[], zoom: number): void {
    const { pen, palette } = this
    const radius = Math.max(2, 2.6 + ((zoom - 10) / 3) * 2.4)
    const hollow = level === 'stale' || level === 'unknown'
    pen.beginPath()
    for (let i = 0; i < places.length; i += 2) {
      pen.moveTo(places[i]! + radius, places[i + 1]!)
      pen.arc(places[i]!, places[i + 1]!, radius, 0, 2 * Math.PI)
    }
    pen.setLineDash(level === 'stale' ? [2, 2] : [])
    pen.lineWidth = 2.4
    pen.strokeStyle = hollow ? palette.none : level === 'late' ? palette.ink : palette.paper
    pen.stroke()
    pen.fillStyle = hollow ? palette.paper : busColour(level, palette)
    pen.fill()
    pen.setLineDash([])
  }

  private drawArrow(bus: MapBus, level: BusLevel, heading: number | null, zoom: number, x: number, y: number): void {
    this.sprites.putBus(level, bus.route_short_name, heading, x, y, Math.min(1, 0.8 + 0.08 * (zoom - NUMBERS_ZOOM)))
  }

  private drawChosen(bus: MapBus, level: BusLevel, heading: number | null, zoom: number, x: number, y: number): void {
    const { pen, palette } = this
    pen.beginPath()
    pen.arc(x, y, 25, 0, 2 * Math.PI)
    pen.globalAlpha = 0.15
    pen.fillStyle = palette.accent
    pen.fill()
    pen.globalAlpha = 1
    pen.lineWidth = 3
    pen.strokeStyle = palette.accent
    pen.stroke()
    this.drawArrow(bus, level, heading, Math.max(zoom, NUMBERS_ZOOM + 2), x, y)
  }
}
