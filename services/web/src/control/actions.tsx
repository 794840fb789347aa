/** What a controller does with an incident: at once, and undone within ten seconds. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ApiError, post, segment } from '../core/api.ts'
import { makeStore } from '../core/store.ts'
import type { IncidentAction, IncidentView } from '../core/types.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'
import { show } from '../ui/toast.tsx'

export const DISMISS_REASONS = ['usual_queue', 'bus_stop_or_signal', 'bad_positions', 'already_known'] as const
export type DismissReason = (typeof DISMISS_REASONS)[number]

/** The incident for which reasons are being asked; the key X and the button open the same question. */
export const askingWhy = makeStore<string | null>(null)

export interface Acting {
  busy: boolean
  act: (incident: IncidentView, action: IncidentAction, more?: { note?: string; reason?: string }) => Promise<void>
}

export function useActing(take: (incident: IncidentView) => void): Acting {
  const [busy, setBusy] = useState(false)
  const send = async (incident: IncidentView, action: IncidentAction, more: { note?: string; reason?: string } = {}) => {
    setBusy(true)
    try {
      take(await post<IncidentView>(`/api/incidents/${segment(incident.incident_id)}/${action}`, more))
      askingWhy.set(null)
      if (action !== 'undo') show(t('act.done', { action: tCode('act.', action), title: say(incident.title) }), () => void send(incident, 'undo'))
    } catch (error) {
      const offline = error instanceof ApiError && error.offline
      show(offline ? t('act.offline') : t('act.failed', { detail: (error as Error).message }))
    } finally {
      setBusy(false)
    }
  }
  return { busy, act: send }
}

const KEYS: Partial<Record<IncidentAction, string>> = { verify: 'V', dismiss: 'X' }

export function IncidentActions({ incident, acting, asking }: { incident: IncidentView; acting: Acting; asking: boolean }) {
  const [note, setNote] = useState('')
  const actions = incident.actions.filter((action) => action !== 'undo')
  useEffect(() => setNote(''), [incident.incident_id])
  if (asking) return <WhyNot incident={incident} acting={acting} note={note} />
  if (actions.length === 0) return null
  return (
    <div class="acts">
      <label class="hidden" for="note">
        {t('act.note')}
      </label>
      <input id="note" type="text" class="input" placeholder={t('act.note')} value={note} maxLength={400} onInput={(event) => setNote(event.currentTarget.value)} />
      <div class="acts-row">
        {actions.map((action, index) => (
          <button
            key={action}
            type="button"
            class={index === 0 ? 'button button-main' : 'button'}
            disabled={acting.busy}
            onClick={() => (action === 'dismiss' ? askingWhy.set(incident.incident_id) : void acting.act(incident, action, note ? { note } : {}))}
          >
            {t(action === 'clear' && incident.kind === 'flood' ? 'act.lift' : (`act.${action}` as Key))}
            {KEYS[action] && <kbd>{KEYS[action]}</kbd>}
          </button>
        ))}
      </div>
    </div>
  )
}

function WhyNot({ incident, acting, note }: { incident: IncidentView; acting: Acting; note: string }) {
  const first = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  return (
    <div class="acts" role="group" aria-label={t('act.reasons.label')}>
      <h3>{t('act.why')}</h3>
      <div class="reasons">
        {DISMISS_REASONS.map((reason, index) => (
          <button key={reason} type="button" ref={index === 0 ? first : undefined} class="button" disabled={acting.busy} onClick={() => void acting.act(incident, 'dismiss', note ? { reason, note } : { reason })}>
            <kbd>{index + 1}</kbd> {t(`reason.${reason}`)}
          </button>
        ))}
        <button type="button" class="button button-quiet" onClick={() => askingWhy.set(null)}>
          {t('app.cancel')}
        </button>
      </div>
    </div>
  )
}
