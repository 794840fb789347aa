/** Bystanders are covered unless an officer says why they must be seen; the reason goes into the audit. */
import { useState } from 'preact/hooks'
import { post, segment } from '../core/api.ts'
import type { CaseDetail } from '../core/types.ts'
import { clockTime } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { show } from '../ui/toast.tsx'

export const seesOriginal = (body: CaseDetail): boolean => body.original_until_ms !== null && body.original_until_ms > Date.now()

/** Where a file of a case is read: from the redacted copy, or from the original once a reason was given. */
export function fileAddress(body: CaseDetail, name: string): string {
  const address = `/api/cases/${segment(body.case_id)}/files/${segment(name)}`
  return seesOriginal(body) ? `${address}?original=true` : address
}

export function Original({ body, take }: { body: CaseDetail; take: (body: CaseDetail) => void }) {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  if (seesOriginal(body)) return <p class="small-note">{t('enf.original.shown', { time: clockTime(body.original_until_ms ?? 0) })}</p>
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    try {
      take(await post<CaseDetail>(`/api/cases/${segment(body.case_id)}/original`, { reason: reason.trim() }))
    } catch (error) {
      show(t('enf.failed', { detail: (error as Error).message }))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div class="original">
      <p class="small-note">{body.has_copy ? t('enf.original.covered') : t('enf.original.waiting')}</p>
      {asking ? (
        <form class="original-ask" onSubmit={(event) => void submit(event)}>
          <label for="original-reason">{t('enf.original.reason')}</label>
          <input id="original-reason" type="text" required minLength={3} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
          <div class="acts-row">
            <button type="submit" class="button" disabled={busy || reason.trim().length < 3}>
              {t('enf.original.show')}
            </button>
            <button type="button" class="button" onClick={() => setAsking(false)}>
              {t('app.cancel')}
            </button>
          </div>
        </form>
      ) : (
        <button type="button" class="button" onClick={() => setAsking(true)}>
          {t('enf.original.ask')}
        </button>
      )}
    </div>
  )
}
