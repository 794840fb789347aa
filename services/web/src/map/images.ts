/** Signs drawn on a canvas for the map: buses, incidents, cameras. Each meaning has a colour and a shape of its own. */
import type { Map as MapLibre } from 'maplibre-gl'
import type { BusLevel } from '../core/levels.ts'
import { busColour, type Palette } from './palette.ts'
import { FLOOD_IMAGES } from './water.ts'

/** Signs are drawn at twice their size, for sharp screens. */
export const RATIO = 2
const BUS_PX = 44
const INCIDENT_PX = 36

function draw(size: number, paint: (pen: CanvasRenderingContext2D) => void): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * RATIO
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.scale(RATIO, RATIO)
  paint(pen)
  return canvas
}

export const busSign = (level: BusLevel, p: Palette, nose: boolean): HTMLCanvasElement => draw(BUS_PX, (pen) => bus(pen, level, p, nose))
export const incidentSign = (state: string, p: Palette): HTMLCanvasElement => draw(INCIDENT_PX, (pen) => incident(pen, state, p))

/** Colour of words on a bus. */
export const inkOf = (level: BusLevel, p: Palette): string => (level === 'unknown' || level === 'stale' ? p.ink : p.paper)

/** Thin slanted lines: what is drawn is old. */
function hatch(pen: CanvasRenderingContext2D, c: number, r: number, colour: string): void {
  pen.save()
  pen.beginPath()
  pen.arc(c, c, r, 0, Math.PI * 2)
  pen.clip()
  pen.beginPath()
  for (let at = -2 * r; at <= 2 * r; at += 5) {
    pen.moveTo(c + at - r, c + r)
    pen.lineTo(c + at + r, c - r)
  }
  pen.lineWidth = 1
  pen.globalAlpha = 0.55
  pen.strokeStyle = colour
  pen.stroke()
  pen.restore()
}

/** A round body with a nose that points north; the map turns it to the heading. */
function bus(pen: CanvasRenderingContext2D, level: BusLevel, p: Palette, nose: boolean): void {
  const colour = busColour(level, p)
  const c = 22
  pen.lineJoin = 'round'
  const body = () => {
    pen.beginPath()
    if (nose) {
      pen.moveTo(c - 8, c - 9.500)
      pen.lineTo(c, c - 20)
      pen.lineTo(c + 8, c - 9.500)
      pen.closePath()
      pen.moveTo(c + 13, c)
    }
    pen.arc(c, c, 13, 0, Math.PI * 2)
  }
  body()
  pen.lineWidth = level === 'late' ? 6 : 4
  pen.strokeStyle = p.paper
  pen.stroke()
  const hollow = level === 'unknown' || level === 'stale'
  pen.fillStyle = hollow ? p.paper : colour
  pen.fill()
  if (level === 'stale') hatch(pen, c, 12, colour)
  pen.lineWidth = level === 'late' ? 3 : 1.5
  pen.strokeStyle = level === 'late' ? p.ink : colour
  if (level === 'slow') {
    pen.strokeStyle = p.ink
    pen.setLineDash([4, 3])
  }
  if (hollow) pen.setLineDash([2, 2])
  pen.beginPath()
  pen.arc(c, c, 13, 0, Math.PI * 2)
  pen.stroke()
  if (hollow && nose) {
    pen.setLineDash([])
    pen.beginPath()
    pen.moveTo(c - 8, c - 10)
    pen.lineTo(c, c - 20)
    pen.lineTo(c + 8, c - 10)
    pen.fillStyle = colour
    pen.fill()
  }
}

function incident(pen: CanvasRenderingContext2D, state: string, p: Palette): void {
  const candidate = state === 'detected'
  const colour = candidate ? p.machine : state === 'verified' ? p.late : state === 'responding' ? p.accent : p.none
  pen.translate(18, 18)
  pen.rotate(Math.PI / 4)
  pen.beginPath()
  pen.roundRect(-10, -10, 20, 20, 4)
  pen.fillStyle = candidate ? p.paper : colour
  pen.strokeStyle = p.paper
  pen.lineWidth = 5
  pen.stroke()
  pen.fill()
  pen.strokeStyle = colour
  pen.lineWidth = 2.5
  if (candidate) pen.setLineDash([2.5, 3])
  pen.stroke()
  pen.rotate(-Math.PI / 4)
  pen.fillStyle = candidate ? colour : p.paper
  pen.fillRect(-1.5, -7, 3, 9)
  pen.beginPath()
  pen.arc(0, 5.5, 2, 0, Math.PI * 2)
  pen.fill()
}

function camera(pen: CanvasRenderingContext2D, well: boolean, p: Palette): void {
  pen.beginPath()
  pen.roundRect(4, 7, 20, 14, 3)
  pen.fillStyle = p.paper
  pen.strokeStyle = well ? p.ink : p.late
  pen.lineWidth = 2
  if (!well) pen.setLineDash([3, 2])
  pen.fill()
  pen.stroke()
  pen.setLineDash([])
  pen.beginPath()
  pen.arc(14, 14, 3.5, 0, Math.PI * 2)
  pen.fillStyle = well ? p.ink : p.late
  pen.fill()
  if (!well) {
    pen.beginPath()
    pen.moveTo(3, 24)
    pen.lineTo(25, 4)
    pen.stroke()
  }
}

/** A junction where traffic is only counted: three bars, no lens. */
function counter(pen: CanvasRenderingContext2D, p: Palette): void {
  pen.beginPath()
  pen.roundRect(5, 5, 18, 18, 4)
  pen.fillStyle = p.paper
  pen.strokeStyle = p.ink
  pen.lineWidth = 1.5
  pen.fill()
  pen.stroke()
  pen.fillStyle = p.ink
  for (const [x, height] of [[8.5, 5], [12.75, 11], [17, 8]] as const) pen.fillRect(x, 20 - height, 2.5, height)
}

/** Water on a road: waves alone where everybody gets through, half closed for some, a bar across where nobody does. */
function flood(pen: CanvasRenderingContext2D, sign: (typeof FLOOD_IMAGES)[number], p: Palette): void {
  const colour = sign === 'shut' ? p.blocked : sign === 'some' ? p.late : p.early
  pen.beginPath()
  pen.arc(14, 14, 11, 0, Math.PI * 2)
  pen.fillStyle = p.paper
  pen.strokeStyle = colour
  pen.lineWidth = sign === 'open' ? 2 : 3
  pen.fill()
  if (sign === 'some') pen.setLineDash([5, 3])
  pen.stroke()
  pen.setLineDash([])
  pen.strokeStyle = p.early
  pen.lineWidth = 2
  for (const y of [11, 16]) {
    pen.beginPath()
    pen.moveTo(7, y)
    pen.quadraticCurveTo(10.5, y - 4, 14, y)
    pen.quadraticCurveTo(17.5, y + 4, 21, y)
    pen.stroke()
  }
  if (sign !== 'shut') return
  pen.strokeStyle = colour
  pen.lineWidth = 3
  pen.beginPath()
  pen.moveTo(6.5, 21.5)
  pen.lineTo(21.5, 6.5)
  pen.stroke()
}

/** Signs that MapLibre draws itself. */
export function addImages(map: MapLibre, p: Palette): void {
  const signs = {
    'camera-ok': (pen: CanvasRenderingContext2D) => camera(pen, true, p),
    'camera-bad': (pen: CanvasRenderingContext2D) => camera(pen, false, p),
    'camera-counts': (pen: CanvasRenderingContext2D) => counter(pen, p),
    ...Object.fromEntries(FLOOD_IMAGES.map((sign) => [`flood-${sign}`, (pen: CanvasRenderingContext2D) => flood(pen, sign, p)])),
  }
  for (const [name, paint] of Object.entries(signs)) {
    const sign = draw(28, paint)
    if (!map.hasImage(name)) map.addImage(name, sign.getContext('2d')!.getImageData(0, 0, sign.width, sign.height), { pixelRatio: RATIO })
  }
}
