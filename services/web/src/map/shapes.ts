/** The lines that buses are drawn along, read once for each version of the timetable. */
import { get } from '../core/api.ts'
import { makeTrack, type Track } from './motion.ts'

interface ShapesBody {
  version: string
  shapes: { x: number[]; y: number[]; d: number[] }[]
}

const DEGREES = 100_000
const AGAIN_MS = 20_000

const sums = (steps: readonly number[], unit: number): number[] => {
  let sum = 0
  return steps.map((step) => (sum += step) / unit)
}

export const readTracks = (body: ShapesBody): Track[] =>
  body.shapes.map(({ x, y, d }) => makeTrack(sums(x, DEGREES), sums(y, DEGREES), sums(d, 1)))

/** Tracks by number; until they are read, and where they cannot be, buses glide straight. */
export class Shapes {
  private tracks: Track[] = []
  private version = ''
  private asking = false
  private askedAt = -AGAIN_MS

  find(version: string, number: number | null): Track | null {
    if (number === null) return null
    if (version !== this.version) {
      void this.read(version)
      return null
    }
    return this.tracks[number] ?? null
  }

  private async read(version: string): Promise<void> {
    if (this.asking || performance.now() - this.askedAt < AGAIN_MS) return
    this.asking = true
    this.askedAt = performance.now()
    try {
      const body = await get<ShapesBody>('/api/shapes')
      this.tracks = readTracks(body)
      this.version = body.version
      if (body.version !== version) console.warn('shapes of another version')
    } catch (error) {
      console.warn('shapes unreadable', error)
    } finally {
      this.asking = false
    }
  }
}
