/** Enforcement: did this road user do this, is it proved, is there an exception? Eyes on the picture, hands on the keys. */
import '../i18n/staff.ts'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { segment } from '../core/api.ts'
import { usePlace } from '../core/router.ts'
import type { CaseDetail, CaseRow, CasesBody, Reason } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { typing } from '../ui/typing.ts'
import { Icon } from '../ui/icons.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import '../styles/control.css'
import '../styles/enforcement.css'
import { asking, Decision, useDeciding, type Deciding } from './decision.tsx'
import { CaseFacts } from './facts.tsx'
import { Original } from './original.tsx'
import { Player, type PlayerKeys } from './player.tsx'
import { CaseCounts, CaseQueue, selectCase, STATUSES } from './queue.tsx'

const QUEUE_MS = 15_000

export function EnforcementPage() {
  const { query } = usePlace()
  const status = STATUSES.find((one) => one === query.get('status')) ?? 'open'
  const rule = query.get('rule') ?? ''
  const chosen = query.get('case')
  const queue = useData<CasesBody>(`/api/cases?status=${status}`, QUEUE_MS)
  const detail = useData<CaseDetail>(chosen ? `/api/cases/${segment(chosen)}` : null)
  const reasons = useData<{ reasons: Reason[] }>('/api/cases/reasons')
  const rows = useMemo(() => (queue.value?.cases ?? []).filter((row) => rule === '' || row.rule === rule), [queue.value, rule])
  const player = useRef<PlayerKeys | null>(null)
  const deciding = useDeciding((body) => {
    if (body.case_id === chosen) detail.put(body)
    queue.reload()
  })
  useEffect(() => {
    document.title = t('enf.title')
  })
  useEffect(() => {
    asking.set(null)
    player.current = null
  }, [chosen])
  useKeys(rows, chosen, detail.value, player)
  const wide = matchMedia('(min-width: 861px)').matches
  useEffect(() => {
    if (!chosen && wide && rows[0]) selectCase(rows[0].case_id)
  }, [chosen, rows.length > 0])

  return (
    <main id="main" class="enf" data-view={chosen ? 'case' : 'list'}>
      <h1 class="hidden">{t('enf.title')}</h1>
      <section class="enf-left" aria-label={t('enf.queue')}>
        <CaseCounts body={queue.value} status={status} rule={rule} />
        <div class="control-scroll">
          <CaseQueue data={queue} rows={rows} chosen={chosen} />
        </div>
      </section>
      <section class="enf-case" aria-label={t('enf.facts')}>
        {chosen ? (
          <Panel data={detail} what="what.case" rows={8}>
            {(body) => <CaseView body={body} reasons={reasons.value?.reasons ?? []} deciding={deciding} player={player} take={detail.put} />}
          </Panel>
        ) : (
          <Empty icon="camera" title={t('enf.none')} hint={t('enf.none.hint')} />
        )}
      </section>
    </main>
  )
}

interface CaseViewParts {
  body: CaseDetail
  reasons: Reason[]
  deciding: Deciding
  player: { current: PlayerKeys | null }
  take: (body: CaseDetail) => void
}

function CaseView({ body, reasons, deciding, player, take }: CaseViewParts) {
  return (
    <div class="case">
      <div class="case-picture">
        <header class="case-head">
          <button type="button" class="icon-button case-back" aria-label={t('app.back')} onClick={() => selectCase(null)}>
            <Icon name="back" size={24} />
          </button>
          <div>
            <h2>
              {t('enf.candidate')}: {tCode('rule.', body.rule)}
            </h2>
            <p class="card-sub">{say(body.camera_name)}</p>
          </div>
        </header>
        <Player body={body} keys={player} />
        <Original body={body} take={take} />
        <p class="support">{t('enf.support')}</p>
        <p class="support support-keys">{t('enf.keys')}</p>
      </div>
      <div class="case-side">
        <Decision body={body} reasons={reasons} deciding={deciding} />
        <CaseFacts body={body} reasons={reasons} />
      </div>
    </div>
  )
}

/** A and R ask, Enter and digits answer, J K walk the queue, Space and , . move the picture. */
function useKeys(rows: CaseRow[], chosen: string | null, body: CaseDetail | null, player: { current: PlayerKeys | null }): void {
  const newest = useRef({ rows, chosen, body })
  newest.current = { rows, chosen, body }
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === 'Escape' && asking.get()) return asking.set(null)
      if (typing(event)) return
      const onButton = (event.target as HTMLElement).tagName === 'BUTTON'
      if (event.key === ' ' && onButton) return
      if (answer(event.key.toLowerCase(), newest.current, player.current)) event.preventDefault()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

function answer(key: string, now: { rows: CaseRow[]; chosen: string | null; body: CaseDetail | null }, player: PlayerKeys | null): boolean {
  const { rows, chosen, body } = now
  if (key === 'j' || key === 'k') {
    const at = rows.findIndex((row) => row.case_id === chosen)
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + (key === 'j' ? 1 : -1)))]
    if (next) selectCase(next.case_id)
    return true
  }
  if ((key === 'a' || key === 'r') && body?.status === 'open') {
    asking.set({ caseId: body.case_id, what: key === 'a' ? 'approve' : 'reject' })
    return true
  }
  const moves: Record<string, (() => void) | undefined> = {
    ' ': player?.toggle,
    ',': player && (() => player.step(-1)) || undefined,
    '.': player && (() => player.step(1)) || undefined,
    z: player?.zoom,
    l: player?.loop,
  }
  const move = moves[key]
  move?.()
  return move !== undefined
}
