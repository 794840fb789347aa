/** The light and the track on one scale of event time, with the moment that is shown. */
import type { CaseDetail } from '../core/types.ts'
import { t, tCode } from '../i18n/index.ts'

interface Props {
  body: CaseDetail
  clip: NonNullable<CaseDetail['clip']>
  frame: number
  onFrame: (frame: number) => void
}

export function Timeline({ body, clip, frame, onFrame }: Props) {
  const first = clip.frame_ms[0] ?? clip.start_ms
  const last = clip.frame_ms.at(-1) ?? clip.end_ms
  const at = (ms: number) => Math.min(100, Math.max(0, ((ms - first) / Math.max(1, last - first)) * 100))
  const spans = body.timeline.filter((span) => span.end_ms > first && span.start_ms < last)
  const track = body.track
  const crossing = body.time_ms >= first && body.time_ms <= last ? at(body.time_ms) : null
  return (
    <div class="timeline">
      <span class="timeline-name">{t('light.label')}</span>
      <div class="timeline-row">
        {spans.length === 0 && <span class="timeline-none">{t('light.none')}</span>}
        {spans.map((span, index) => (
          <span key={index} class={`lamp lamp-${span.colour}`} style={{ left: `${at(span.start_ms)}%`, width: `${at(span.end_ms) - at(span.start_ms)}%` }}>
            {tCode('light.', span.colour)}
          </span>
        ))}
      </div>
      <span class="timeline-name">{t('track.label')}</span>
      <div class="timeline-row">
        {track.length > 0 && <span class="track-bar" style={{ left: `${at(track[0]!.time_ms)}%`, width: `${at(track.at(-1)!.time_ms) - at(track[0]!.time_ms)}%` }} />}
        {crossing !== null && (
          <span class={crossing > 70 ? 'cross-mark is-left' : 'cross-mark'} style={{ left: `${crossing}%` }}>
            {t('track.cross')}
          </span>
        )}
      </div>
      <span class="timeline-head" aria-hidden="true">
        <span style={{ left: `${at(clip.frame_ms[frame] ?? first)}%` }} />
      </span>
      <input
        type="range"
        min={0}
        max={Math.max(0, clip.frame_ms.length - 1)}
        value={frame}
        aria-label={t('player.seek')}
        aria-valuetext={t('player.frame', { n: frame + 1, all: clip.frame_ms.length })}
        onInput={(event) => onFrame(Number(event.currentTarget.value))}
      />
    </div>
  )
}
