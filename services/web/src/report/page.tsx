/** What people see on the road, told in two steps: what it is, from a fixed list, and where. */
import '../i18n/report.ts'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError, post } from '../core/api.ts'
import { t } from '../i18n/index.ts'
import { Empty } from '../ui/states.tsx'
import '../styles/report.css'
import { Where, type Spot } from './where.tsx'

const KINDS = ['crash', 'broken_down', 'blocked', 'queue', 'water', 'obstacle'] as const
type Kind = (typeof KINDS)[number]

export function ReportPage() {
  const [sentAs, setSentAs] = useState<string | null>(null)
  useEffect(() => {
    document.title = t('report.title')
  })
  return (
    <main id="main" class="rider report">
      <h1>{t('report.title')}</h1>
      {sentAs ? (
        <div role="status">
          <Empty icon="check" title={t('report.done')} hint={t(sentAs === 'staff' ? 'report.done.staff' : 'report.done.hint')}>
            <button type="button" class="button" onClick={() => setSentAs(null)}>
              {t('report.again')}
            </button>
          </Empty>
        </div>
      ) : (
        <Form done={setSentAs} />
      )}
      <p class="report-urgent">{t('report.urgent')}</p>
    </main>
  )
}

function Form({ done }: { done: (who: string) => void }) {
  const [what, setWhat] = useState<Kind | null>(null)
  const [spot, setSpot] = useState<Spot | null>(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const first = useRef<HTMLInputElement>(null)
  const send = async (event: Event) => {
    event.preventDefault()
    if (!what || !spot) {
      setProblem(t('report.missing'))
      if (!what) first.current?.focus()
      return
    }
    setBusy(true)
    setProblem('')
    try {
      const { lon, lat, heading_deg } = spot
      done((await post<{ who: string }>('/api/reports', { what, lon, lat, heading_deg })).who)
    } catch (error) {
      setProblem(wordsFor(error))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void send(event)} noValidate>
      <p class="report-lead">{t('report.lead')}</p>
      <fieldset class="block report-kinds">
        <legend>{t('report.what')}</legend>
        {KINDS.map((kind, index) => (
          <label key={kind} class="report-kind">
            <input type="radio" name="what" value={kind} ref={index === 0 ? first : undefined} checked={what === kind} onChange={() => setWhat(kind)} />
            {t(`report.what.${kind}`)}
          </label>
        ))}
      </fieldset>
      <section class="block">
        <h2>{t('report.where')}</h2>
        <Where spot={spot} choose={setSpot} />
      </section>
      {problem && (
        <p class="report-problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="button button-main button-wide" disabled={busy}>
        {t(busy ? 'report.sending' : 'report.send')}
      </button>
    </form>
  )
}

function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return t('report.failed', { detail: String(error) })
  if (error.offline) return t('report.offline')
  if (error.status === 404) return t('report.noRoad')
  return error.status === 429 ? t('report.tooMany') : t('report.failed', { detail: error.message })
}
