/** What staff say is before a camera (an officer, a crash, works): acts there are excused until they say it has ended. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError, post, segment } from '../core/api.ts'
import type { CameraView, Circumstance, CircumstanceKind } from '../core/types.ts'
import { ago } from '../i18n/format.ts'
import { t, tCode } from '../i18n/index.ts'
import { show } from '../ui/toast.tsx'
import { sideOf } from './sides.ts'

const KINDS: readonly CircumstanceKind[] = ['officer', 'priority_vehicle', 'crash', 'breakdown', 'works', 'signal_off']
type Word = { kind: CircumstanceKind; approach_id: string | null; since_ms?: number; until_ms?: number }

/** Tell the detector; the answer is what holds now. Null where it was not taken, and why is said. */
async function tell(cameraId: string, word: Word): Promise<Circumstance[] | null> {
  try {
    return (await post<{ circumstances: Circumstance[] }>(`/api/cameras/${segment(cameraId)}/circumstances`, word)).circumstances
  } catch (error) {
    const offline = error instanceof ApiError && error.offline
    show(offline ? t('act.offline') : t('act.failed', { detail: (error as Error).message }))
    return null
  }
}

/** Ended at once: as if it had not been said, but for the seconds that passed. */
const ended = (one: Circumstance, now: number): Word => ({ kind: one.kind, approach_id: one.approach_id, since_ms: one.since_ms, until_ms: Math.max(now, one.since_ms) })
const goesOn = (one: Circumstance): Word => ({ kind: one.kind, approach_id: one.approach_id, since_ms: one.since_ms })
const where = (approach: string | null): string => (approach === null ? t('told.everywhere') : sideOf(approach))

export function Circumstances({ camera, now }: { camera: CameraView; now: number }) {
  const [held, setHeld] = useState(camera.circumstances)
  const [at, setAt] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => setHeld(camera.circumstances), [camera])
  const send = async (word: Word) => {
    setBusy(true)
    const now = await tell(camera.camera_id, word)
    if (now) setHeld(now)
    setBusy(false)
    return now
  }
  const begin = async (kind: CircumstanceKind) => {
    const one = (await send({ kind, approach_id: at }))?.find((told) => told.kind === kind && told.approach_id === at)
    if (one) show(t('told.done', { kind: tCode('told.', kind), where: where(at) }), () => void send(ended(one, one.since_ms)))
  }
  const end = async (one: Circumstance) => {
    if (await send(ended(one, now))) show(t('told.ended', { kind: tCode('told.', one.kind) }), () => void send(goesOn(one)))
  }
  return (
    <section class="card-part">
      <h3>{t('told.title')}</h3>
      {held.length > 0 && (
        <ul class="told">
          {held.map((one) => (
            <li key={`${one.kind} ${one.approach_id}`}>
              <span>
                <b>{tCode('told.', one.kind)}</b> <span class="muted">{`${where(one.approach_id)} · ${ago(Math.max(0, now - one.since_ms))}`}</span>
              </span>
              <button type="button" class="button" disabled={busy} onClick={() => void end(one)}>
                {t('told.end')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <p class="small-note">{t(held.length > 0 ? 'told.excuses' : 'told.lead')}</p>
      {camera.approaches.length > 1 && (
        <label class="told-where">
          {t('told.where')}
          <select class="input" value={at ?? ''} onChange={(event) => setAt(event.currentTarget.value || null)}>
            <option value="">{t('told.everywhere')}</option>
            {camera.approaches.map((approach) => (
              <option key={approach} value={approach}>
                {sideOf(approach)}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="told-kinds" role="group" aria-label={t('told.title')}>
        {KINDS.filter((kind) => !held.some((one) => one.kind === kind && one.approach_id === at)).map((kind) => (
          <button key={kind} type="button" class="button" disabled={busy} onClick={() => void begin(kind)}>
            {tCode('told.', kind)}
          </button>
        ))}
      </div>
    </section>
  )
}
