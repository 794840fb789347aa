/** The card of a camera. */
import { useNow } from '../core/clock.ts'
import type { CameraCount, CameraView } from '../core/types.ts'
import { ago, number, span } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Fact } from '../ui/bits.tsx'
import { Circumstances } from './circumstances.tsx'
import { cameraTone, total, watchedSeconds } from './lists.tsx'
import { sideOf } from './sides.ts'

/** The queue before one line, where it is measured and there is one. */
function QueueNow({ count, now }: { count: CameraCount; now: number }) {
  if (!count.queue_vehicles || count.queue_m === null) return null
  const since = count.queue_since_ms === null ? '' : ` · ${span(now - count.queue_since_ms)}`
  return <span class="queue-now">{t('camera.queue', { m: number(Math.round(count.queue_m)), n: number(count.queue_vehicles) }) + since}</span>
}

/** How much of the interval was watched, where that is not all of it. */
function Unseen({ count }: { count: CameraCount }) {
  const whole = (count.end_ms - count.start_ms) / 1000
  const watched = watchedSeconds(count)
  if (whole - watched < 2) return null
  return <span class="queue-now">{t('camera.watched', { n: number(Math.round(watched)), of: number(Math.round(whole)) })}</span>
}

/** The detector that watched, by the hash of its weights. */
function Model({ camera }: { camera: CameraView }) {
  const hash = camera.model_sha256 ?? camera.counts.find((one) => one.model_sha256)?.model_sha256
  if (!hash) return null
  return (
    <details class="camera-model">
      <summary>{t('camera.model')}</summary>
      <code>{hash}</code>
    </details>
  )
}

/** What crossed each approach in the newest interval. */
function Counts({ camera, now }: { camera: CameraView; now: number }) {
  const newest = Math.max(...camera.counts.map((one) => one.end_ms))
  return (
    <section class="card-part">
      <h3>{t('camera.counts')}</h3>
      <dl class="facts">
        {camera.counts.map((one) => (
          <Fact key={one.approach_id} term={sideOf(one.approach_id)}>
            {number(total(one.counts))}
            <span class="muted"> {Object.entries(one.counts).map(([kind, n]) => `${tCode('user.', kind)} ${number(n)}`).join(', ')}</span>
            <Unseen count={one} />
            <QueueNow count={one} now={now} />
          </Fact>
        ))}
      </dl>
      <p class="small-note">{ago(Math.max(0, now - newest))}</p>
    </section>
  )
}

export function CameraCard({ camera }: { camera: CameraView }) {
  const now = useNow(5000)
  return (
    <article class="card">
      <header class="card-head">
        <span class={`chip ${cameraTone(camera)}`}>{tCode('camera.', camera.state)}</span>
        <h2>{say(camera.name)}</h2>
        <p class="card-sub">
          {camera.camera_id}
          {camera.since_ms !== null && ` · ${t('camera.since', { state: tCode('camera.', camera.state), span: span(now - camera.since_ms) })}`}
        </p>
      </header>
      <section class="card-part">
        <p class="why">{say(camera.text)}</p>
        <p class="small-note">{camera.rules.map((rule) => tCode('rule.', rule)).join(' · ')}</p>
        <Model camera={camera} />
      </section>
      {camera.counts.length > 0 && <Counts camera={camera} now={now} />}
      {camera.pictures && <Circumstances camera={camera} now={now} />}
    </article>
  )
}
