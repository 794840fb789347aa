/** Signs ready to be put on a canvas: each drawn once, then copied, turned to its heading. */
import type { BusLevel } from '../core/levels.ts'
import { busSign, incidentSign, inkOf, RATIO } from './images.ts'
import { busColour, type Palette } from './palette.ts'

const WORDS_PX = 44
/** Longer numbers of lines are written smaller, with a rim. */
const SHORT = 3

export class Sprites {
  private readonly known = new Map<string, HTMLCanvasElement>()

  constructor(
    private readonly pen: CanvasRenderingContext2D,
    private readonly palette: Palette,
  ) {}

  /** A bus with the number of its line; its nose points where it goes. */
  putBus(level: BusLevel, line: string | null, heading: number | null, x: number, y: number, size: number): void {
    this.put(this.sprite(`${level}|${heading === null}`, () => busSign(level, this.palette, heading !== null)), x, y, size, heading ?? 0)
    if (line) this.put(this.sprite(`${level}||${line}`, () => this.words(line, level)), x, y, size)
  }

  putIncident(state: string, x: number, y: number): void {
    this.put(this.sprite(`incident|${state}`, () => incidentSign(state, this.palette)), x, y, 1)
  }

  private put(sprite: HTMLCanvasElement, x: number, y: number, size: number, heading = 0): void {
    const { pen } = this
    const [width, height] = [(sprite.width / RATIO) * size, (sprite.height / RATIO) * size]
    if (heading === 0) {
      pen.drawImage(sprite, x - width / 2, y - height / 2, width, height)
      return
    }
    pen.save()
    pen.translate(x, y)
    pen.rotate((heading * Math.PI) / 180)
    pen.drawImage(sprite, -width / 2, -height / 2, width, height)
    pen.restore()
  }

  private sprite(key: string, make: () => HTMLCanvasElement): HTMLCanvasElement {
    let sprite = this.known.get(key)
    if (!sprite) this.known.set(key, (sprite = make()))
    return sprite
  }

  private words(line: string, level: BusLevel): HTMLCanvasElement {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = WORDS_PX * RATIO
    const pen = canvas.getContext('2d')!
    pen.scale(RATIO, RATIO)
    pen.font = `700 ${line.length > SHORT ? 9 : 12}px "Noto Sans", system-ui, sans-serif`
    pen.textAlign = 'center'
    pen.textBaseline = 'middle'
    if (line.length > SHORT && level !== 'unknown') {
      pen.lineWidth = 3
      pen.strokeStyle = level === 'stale' ? this.palette.paper : busColour(level, this.palette)
      pen.strokeText(line, WORDS_PX / 2, WORDS_PX / 2 + 0.5)
    }
    pen.fillStyle = inkOf(level, this.palette)
    pen.fillText(line, WORDS_PX / 2, WORDS_PX / 2 + 0.5)
    return canvas
  }
}
