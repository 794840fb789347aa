/** Setting a spot of water: choose to, touch the place, say how deep; all of it can be taken back. */
import { useState } from 'preact/hooks'
import { ApiError, post, segment } from '../core/api.ts'
import { makeStore, useStore } from '../core/store.ts'
import type { Depth, IncidentView } from '../core/types.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'
import { show } from '../ui/toast.tsx'
import { DEPTHS, PASSABLE, WhoPasses } from './depths.tsx'
import { select } from './selection.ts'

export type Placing = { at: { lon: number; lat: number } | null } | null

/** Where water is being set: null while nobody does, without a place until one is touched. */
export const placing = makeStore<Placing>(null)

type Take = (incident: IncidentView) => void

async function undo(flood: IncidentView, before: Depth | null, take: Take): Promise<void> {
  const path = before ? '/api/floods' : `/api/incidents/${segment(flood.incident_id)}/clear`
  try {
    take(await post<IncidentView>(path, before ? { lon: flood.lon, lat: flood.lat, depth: before } : {}))
  } catch (error) {
    tell(error)
  }
}

function tell(error: unknown): void {
  const offline = error instanceof ApiError && error.offline
  show(offline ? t('act.offline') : t('act.failed', { detail: (error as Error).message }))
}

/** Say how deep water stands; the message offers what was before. True where it was written. */
export async function setDepth(at: { lon: number; lat: number }, depth: Depth, known: readonly IncidentView[], take: Take): Promise<boolean> {
  try {
    const flood = await post<IncidentView>('/api/floods', { ...at, depth })
    const before = known.find((one) => one.incident_id === flood.incident_id)?.flood ?? null
    take(flood)
    select({ kind: 'incident', id: flood.incident_id })
    show(t('flood.done', { title: say(flood.title), depth: tCode('depth.', depth) }), () => void undo(flood, before, take))
    return true
  } catch (error) {
    tell(error)
    return false
  }
}

export function DepthChoice({ busy, current, choose }: { busy: boolean; current?: Depth | null; choose: (depth: Depth) => void }) {
  return (
    <div class="depths" role="group" aria-label={t('flood.depth')}>
      {DEPTHS.map((depth) => (
        <button key={depth} type="button" class="depth" aria-pressed={depth === current} disabled={busy} onClick={() => choose(depth)}>
          <b>{t(`depth.${depth}` as Key)}</b>
          <WhoPasses passable={PASSABLE[depth]} />
        </button>
      ))}
    </div>
  )
}

export function FloodPanel({ centre, known, take }: { centre: () => { lon: number; lat: number } | null; known: readonly IncidentView[]; take: Take }) {
  const now = useStore(placing)
  const [busy, setBusy] = useState(false)
  if (!now) return null
  const { at } = now
  const send = async (depth: Depth) => {
    setBusy(true)
    if (at && (await setDepth(at, depth, known, take))) placing.set(null)
    setBusy(false)
  }
  return (
    <section class="flood-panel" aria-label={t('flood.place')}>
      <h2>{t('flood.place')}</h2>
      {at ? (
        <DepthChoice busy={busy} choose={(depth) => void send(depth)} />
      ) : (
        <>
          <p>{t('flood.touch')}</p>
          <button type="button" class="button" onClick={() => placing.set({ at: centre() })}>
            {t('flood.centre')}
          </button>
        </>
      )}
      <button type="button" class="button button-quiet" onClick={() => placing.set(null)}>
        {t('app.cancel')}
      </button>
    </section>
  )
}
