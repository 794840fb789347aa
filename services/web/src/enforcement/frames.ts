/** Frames and times of an evidence clip: event time comes from `frame_ms`, never from the player's own clock. */
import type { TrackPoint } from '../core/types.ts'

/** Number of the frame nearest to an event time. */
export function nearestFrame(frameMs: readonly number[], timeMs: number): number {
  let best = 0
  for (let i = 1; i < frameMs.length; i += 1) {
    if (Math.abs(frameMs[i]! - timeMs) < Math.abs(frameMs[best]! - timeMs)) best = i
  }
  return best
}

/**
 * How a clip's own seconds stand to event time: `startS` is where its first frame lies (a copied
 * recording may begin later than 0), `pace` how many of its seconds one second of event time takes.
 */
export interface Beat {
  startS: number
  pace: number
}

/**
 * How many seconds of the player one second of event time takes: 1, unless the file was written at
 * another pace than it was recorded.
 */
export function paceOf(frameMs: readonly number[], durationS: number, startS = 0): number {
  const count = frameMs.length
  if (count < 2 || !Number.isFinite(durationS) || durationS <= startS) return 1
  const recordedS = ((frameMs[count - 1]! - frameMs[0]!) / 1000) * (count / (count - 1))
  // Browsers differ in whether the duration counts the time before the first frame.
  const paces = [durationS / recordedS, (durationS - startS) / recordedS] as const
  return paces.some((pace) => Math.abs(pace - 1) < 0.1) ? 1 : paces[1]
}

export const playerTime = (frameMs: readonly number[], frame: number, beat: Beat): number =>
  beat.startS + (((frameMs[frame] ?? 0) - (frameMs[0] ?? 0)) / 1000) * beat.pace

export const eventTime = (frameMs: readonly number[], playerS: number, beat: Beat): number =>
  (frameMs[0] ?? 0) + ((playerS - beat.startS) / beat.pace) * 1000

/** The box of the track at an event time, straight between the two points around it; none far outside the track. */
export function boxAt(track: readonly TrackPoint[], timeMs: number): [number, number, number, number] | null {
  const after = track.findIndex((point) => point.time_ms >= timeMs)
  const b = after === -1 ? undefined : track[after]
  const a = after > 0 ? track[after - 1] : after === -1 ? track.at(-1) : undefined
  const near = (point: TrackPoint | undefined) => point !== undefined && Math.abs(point.time_ms - timeMs) <= 250
  if (!a || !b) {
    const only = a ?? b
    return near(only) ? only!.box : null
  }
  const share = (timeMs - a.time_ms) / Math.max(1, b.time_ms - a.time_ms)
  return [0, 1, 2, 3].map((i) => a.box[i]! + (b.box[i]! - a.box[i]!) * share) as [number, number, number, number]
}

/** The point of a box that touches the road. */
export const footOf = (box: readonly [number, number, number, number]): [number, number] => [(box[0] + box[2]) / 2, box[3]]
