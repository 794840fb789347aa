/** The card of a camera. */
import { useNow } from '../core/clock.ts'
import type { CameraView } from '../core/types.ts'
import { ago, number, span } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Fact } from '../ui/bits.tsx'
import { cameraTone, total } from './lists.tsx'

/** Words for an approach of a junction: `west-2` is the second from the west. */
function sideOf(approach: string): string {
  const [side, nth] = approach.split('-')
  const words = tCode('camera.from.', side ?? approach)
  return nth ? `${words} (${nth})` : words
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
      </section>
      {camera.counts.length > 0 && <Counts camera={camera} now={now} />}
    </article>
  )
}
