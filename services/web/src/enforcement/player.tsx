/** The clip, frame by frame, with the track and the stop line drawn over it and the light beneath. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { CaseDetail } from '../core/types.ts'
import { clockMillis, number } from '../i18n/format.ts'
import { t, tCode } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Empty } from '../ui/states.tsx'
import { type Beat, boxAt, eventTime, footOf, nearestFrame, paceOf, playerTime } from './frames.ts'
import { fileAddress, seesOriginal } from './original.tsx'
import { Timeline } from './timeline.tsx'

const SPEEDS = [0.25, 0.5, 1, 2]
const ZOOM = 2.5

export interface PlayerKeys {
  toggle: () => void
  step: (frames: number) => void
  zoom: () => void
  loop: () => void
}

type Clip = NonNullable<CaseDetail['clip']>

export function Player({ body, keys }: { body: CaseDetail; keys: { current: PlayerKeys | null } }) {
  if (!body.clip) return <Empty icon="camera" title={t('enf.clip.none')} />
  if (!body.has_copy && !seesOriginal(body)) return <Empty icon="camera" title={t('enf.original.waiting')} />
  return <ClipPlayer key={`${body.case_id} ${seesOriginal(body)}`} body={body} clip={body.clip} keys={keys} />
}

const PLAIN: Beat = { startS: 0, pace: 1 }

function usePlayback(clip: Clip, actFrame: number) {
  const video = useRef<HTMLVideoElement>(null)
  const [frame, setFrame] = useState(0)
  const [playing, setPlaying] = useState(false)
  const beat = useRef<Beat | null>(null)
  const go = useCallback(
    (next: number) => {
      const safe = Math.min(clip.frame_ms.length - 1, Math.max(0, next))
      setFrame(safe)
      if (video.current) video.current.currentTime = playerTime(clip.frame_ms, safe, beat.current ?? PLAIN) + 0.004
    },
    [clip],
  )
  /** The first picture tells where the clip's own time begins; then the moment of the act is shown. */
  const begin = (startS: number) => {
    beat.current = { startS, pace: paceOf(clip.frame_ms, video.current?.duration ?? 0, startS) }
    go(actFrame)
  }
  useEffect(() => {
    const element = video.current
    if (!element) return
    let handle = 0
    const drawn = (_: number, about: VideoFrameCallbackMetadata) => {
      if (beat.current) setFrame(nearestFrame(clip.frame_ms, eventTime(clip.frame_ms, about.mediaTime, beat.current)))
      else begin(about.mediaTime)
      handle = element.requestVideoFrameCallback(drawn)
    }
    if ('requestVideoFrameCallback' in element) handle = element.requestVideoFrameCallback(drawn)
    return () => element.cancelVideoFrameCallback?.(handle)
  }, [clip])
  /** Browsers that do not report frames: the buffered range begins with the first one. */
  const loaded = () => {
    const element = video.current
    if (element && !('requestVideoFrameCallback' in element)) begin((element as HTMLVideoElement).buffered.start(0))
  }
  return { video, frame, go, playing, setPlaying, loaded }
}

function ClipPlayer({ body, clip, keys }: { body: CaseDetail; clip: Clip; keys: { current: PlayerKeys | null } }) {
  const actFrame = nearestFrame(clip.frame_ms, body.time_ms)
  const { video, frame, go, playing, setPlaying, loaded } = usePlayback(clip, actFrame)
  const [rate, setRate] = useState(1)
  const [loop, setLoop] = useState(true)
  const [zoomed, setZoomed] = useState(false)
  const [failed, setFailed] = useState(false)
  const timeMs = clip.frame_ms[frame] ?? clip.start_ms
  const toggle = () => {
    const element = video.current
    if (!element) return
    if (element.paused) void element.play().catch(() => setFailed(true))
    else element.pause()
  }
  const step = (frames: number) => {
    video.current?.pause()
    go(frame + frames)
  }
  keys.current = { toggle, step, zoom: () => setZoomed((on) => !on), loop: () => setLoop((on) => !on) }
  useEffect(() => {
    if (video.current) video.current.playbackRate = rate
  }, [rate])

  const [width, height] = body.frame_size
  const box = boxAt(body.track, timeMs)
  const [cx, cy] = box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : [width / 2, height / 2]
  const lens = zoomed ? { transform: `scale(${ZOOM})`, transformOrigin: `${(cx / width) * 100}% ${(cy / height) * 100}%` } : undefined
  return (
    <section class="player" aria-label={t('player.label')}>
      <div class="player-stage" style={{ aspectRatio: `${width} / ${height}` }}>
        {failed ? (
          <Empty icon="warn" title={t('enf.clip.failed')} />
        ) : (
          <div class="player-lens" style={lens}>
            <video
              ref={video}
              src={fileAddress(body, clip.file)}
              muted
              playsInline
              preload="auto"
              loop={loop}
              disablePictureInPicture
              onLoadedData={loaded}
              onPlay={() => setPlaying(true)}
              onPause={() => setPlaying(false)}
              onError={() => setFailed(true)}
            />
            <Overlay body={body} timeMs={timeMs} />
          </div>
        )}
      </div>
      <div class="player-bar">
        <button type="button" class="icon-button" aria-label={t('player.prev')} onClick={() => step(-1)}>
          <Icon name="stepBack" />
        </button>
        <button type="button" class="icon-button player-play" aria-label={playing ? t('player.pause') : t('player.play')} onClick={toggle}>
          <Icon name={playing ? 'pause' : 'play'} filled={!playing} />
        </button>
        <button type="button" class="icon-button" aria-label={t('player.next')} onClick={() => step(1)}>
          <Icon name="stepOn" />
        </button>
        {/* Beside the picture, not on it: cameras burn their own clock into a corner. */}
        <span class="player-frame">
          <b class="player-clock">{clockMillis(timeMs)}</b>
          <small>
            +{number((timeMs - clip.start_ms) / 1000, 2)} s · {t('player.frame', { n: frame + 1, all: clip.frame_ms.length })}
          </small>
        </span>
        <button type="button" class="text-button" onClick={() => step(actFrame - frame)}>
          {t('player.toAct')}
        </button>
        <span class="player-gap" />
        <label class="hidden" for="rate">
          {t('player.speed')}
        </label>
        <select id="rate" value={String(rate)} onChange={(event) => setRate(Number(event.currentTarget.value))}>
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {number(speed, speed % 1 ? (speed === 0.25 ? 2 : 1) : 0)}×
            </option>
          ))}
        </select>
        <button type="button" class="icon-button" aria-label={t('player.loop')} title={t('player.loop')} aria-pressed={loop} onClick={() => setLoop(!loop)}>
          <Icon name="loop" />
        </button>
        <button type="button" class="icon-button" aria-label={t('player.zoom')} title={t('player.zoom')} aria-pressed={zoomed} onClick={() => setZoomed(!zoomed)}>
          <Icon name="zoom" />
        </button>
      </div>
      {clip.lacks.length > 0 && <p class="candidate-note">{clip.lacks.map((what) => tCode('enf.lacks.', what)).join(' ')}</p>}
      <Timeline body={body} clip={clip} frame={frame} onFrame={(next) => step(next - frame)} />
    </section>
  )
}

/** Stop line, the way the wheels took, and the box now; drawn in pixels of the camera's frame. */
function Overlay({ body, timeMs }: { body: CaseDetail; timeMs: number }) {
  const [width, height] = body.frame_size
  const box = boxAt(body.track, timeMs)
  const feet = body.track.map((point) => footOf(point.box))
  const passed = body.track.filter((point) => point.time_ms <= timeMs).map((point) => footOf(point.box))
  const text = (points: [number, number][]) => points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  return (
    <svg class="player-overlay" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {body.stop_line && (
        <g class="stop-line">
          <line x1={body.stop_line[0][0]} y1={body.stop_line[0][1]} x2={body.stop_line[1][0]} y2={body.stop_line[1][1]} class="line-under" />
          <line x1={body.stop_line[0][0]} y1={body.stop_line[0][1]} x2={body.stop_line[1][0]} y2={body.stop_line[1][1]} class="line-over" />
        </g>
      )}
      <polyline points={text(feet)} class="way-all" />
      <polyline points={text(passed)} class="way-passed" />
      {box && <rect x={box[0]} y={box[1]} width={box[2] - box[0]} height={box[3] - box[1]} class="box-now" />}
    </svg>
  )
}
