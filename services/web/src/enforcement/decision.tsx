/** Approve or reject: the machine suspects, an officer decides; undone within ten seconds. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { ApiError, post, segment } from '../core/api.ts'
import { makeStore, useStore } from '../core/store.ts'
import type { CaseDetail, Reason } from '../core/types.ts'
import { dayTime } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import { show } from '../ui/toast.tsx'

export type Asking = { caseId: string; what: 'approve' | 'reject' } | null
export const asking = makeStore<Asking>(null)

export interface Deciding {
  busy: boolean
  decide: (body: CaseDetail, verdict: 'approve' | 'reject', reasonCode?: string, text?: string) => Promise<void>
}

export function useDeciding(take: (body: CaseDetail) => void): Deciding {
  const [busy, setBusy] = useState(false)
  const fail = (error: unknown) => {
    const offline = error instanceof ApiError && error.offline
    show(offline ? t('act.offline') : t('enf.failed', { detail: (error as Error).message }))
  }
  const undo = async (caseId: string) => {
    try {
      take(await post<CaseDetail>(`/api/cases/${segment(caseId)}/undo`))
      show(t('enf.undone'))
    } catch (error) {
      fail(error)
    }
  }
  const decide: Deciding['decide'] = async (body, verdict, reasonCode, text) => {
    setBusy(true)
    try {
      const more = verdict === 'reject' ? { reason_code: reasonCode, ...(text ? { text } : {}) } : {}
      take(await post<CaseDetail>(`/api/cases/${segment(body.case_id)}/decision`, { verdict, ...more }))
      asking.set(null)
      show(`${tCode('enf.decided.', verdict)}: ${tCode('rule.', body.rule)} ${body.plate ?? ''}`, () => void undo(body.case_id))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return { busy, decide }
}

export function Decision({ body, reasons, deciding }: { body: CaseDetail; reasons: Reason[]; deciding: Deciding }) {
  const now = useStore(asking)
  const mine = now?.caseId === body.case_id ? now.what : null
  if (body.decision) {
    const approved = body.decision.verdict === 'approve'
    return (
      <div class="decision">
        <p class={approved ? 'verdict is-ok' : 'verdict is-bad'}>
          <Icon name={approved ? 'check' : 'close'} />
          <span>
            <b>{tCode('enf.decided.', body.decision.verdict)}</b> {t('enf.decided.by', { who: body.decision.actor, time: dayTime(body.decision.time_ms) })}
          </span>
        </p>
      </div>
    )
  }
  if (mine === 'approve') return <ApproveAsk body={body} deciding={deciding} />
  if (mine === 'reject') return <RejectAsk body={body} reasons={reasons} deciding={deciding} />
  return (
    <div class="decision">
      <div class="acts-row">
        <button type="button" class="button button-main" onClick={() => asking.set({ caseId: body.case_id, what: 'approve' })}>
          {t('enf.approve')} <kbd>A</kbd>
        </button>
        <button type="button" class="button" onClick={() => asking.set({ caseId: body.case_id, what: 'reject' })}>
          {t('enf.reject')} <kbd>R</kbd>
        </button>
      </div>
    </div>
  )
}

/** Approving leads to a notice to somebody: the one thing that is asked before it is done. */
function ApproveAsk({ body, deciding }: { body: CaseDetail; deciding: Deciding }) {
  const sure = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => sure.current?.focus(), [])
  return (
    <div class="decision is-asking" role="group" aria-label={t('enf.decision')}>
      <p class="why">{t('enf.approve.ask')}</p>
      <div class="acts-row">
        <button ref={sure} type="button" class="button button-main" disabled={deciding.busy} onClick={() => void deciding.decide(body, 'approve')}>
          {t('enf.approve.sure')} <kbd>↵</kbd>
        </button>
        <button type="button" class="button" onClick={() => asking.set(null)}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  )
}

function RejectAsk({ body, reasons, deciding }: { body: CaseDetail; reasons: Reason[]; deciding: Deciding }) {
  const [code, setCode] = useState('')
  const [text, setText] = useState('')
  const form = useRef<HTMLFormElement>(null)
  useLayoutEffect(() => {
    form.current?.focus()
    const pick = (event: KeyboardEvent) => {
      const reason = reasons[Number(event.key) - 1]
      if (!reason || (event.target as HTMLElement).tagName === 'TEXTAREA') return
      event.preventDefault()
      setCode(reason.code)
      form.current?.querySelector<HTMLInputElement>(`input[value="${CSS.escape(reason.code)}"]`)?.focus()
    }
    addEventListener('keydown', pick)
    return () => removeEventListener('keydown', pick)
  }, [reasons])
  const submit = (event: Event) => {
    event.preventDefault()
    if (code) void deciding.decide(body, 'reject', code, text.trim())
  }
  return (
    <form
      ref={form}
      class="decision is-asking"
      tabIndex={-1}
      aria-label={t('enf.reject.ask')}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.target as HTMLElement).tagName === 'INPUT') submit(event)
      }}
    >
      <fieldset class="reason-set">
        <legend>{t('enf.reject.ask')}</legend>
        {reasons.map((reason, index) => (
          <label key={reason.code} class="reason">
            <input type="radio" name="reason" value={reason.code} checked={code === reason.code} onChange={() => setCode(reason.code)} />
            <kbd>{index + 1}</kbd> {say(reason.text)}
          </label>
        ))}
      </fieldset>
      <label class="hidden" for="reject-text">
        {t('enf.reject.text')}
      </label>
      <textarea id="reject-text" class="input" rows={2} maxLength={1000} placeholder={t('enf.reject.text')} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <div class="acts-row">
        <button type="submit" class="button button-main" disabled={!code || deciding.busy}>
          {t('enf.reject.sure')} <kbd>↵</kbd>
        </button>
        <button type="button" class="button" onClick={() => asking.set(null)}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
      </div>
      {!code && <p class="small-note">{t('enf.reject.choose')}</p>}
    </form>
  )
}
