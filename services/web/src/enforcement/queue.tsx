/** Cases that wait, oldest first to hurt: each with its rule, plate, place and what is left of the ten days. */
import { useNow } from '../core/clock.ts'
import { setQuery } from '../core/router.ts'
import type { CaseRow, CasesBody } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { dayTime, number, percent, span } from '../i18n/format.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'
import { Empty, Panel } from '../ui/states.tsx'

export const STATUSES = ['open', 'approved', 'rejected'] as const
export type Status = (typeof STATUSES)[number]

/** Days from the act in which a case must be verified. */
export const WINDOW_MS = 10 * 86_400_000
const URGENT_MS = 2 * 86_400_000

export const selectCase = (id: string | null): void => setQuery({ case: id, view: id ? 'case' : null })

export function CaseCounts({ body, status, rule }: { body: CasesBody | null; status: Status; rule: string }) {
  const now = useNow(60_000)
  const counts = Object.entries(body?.counts ?? {})
  return (
    <div class="enf-bar">
      <div class="segments" role="group" aria-label={t('enf.status')}>
        {STATUSES.map((one) => (
          <button key={one} type="button" aria-pressed={one === status} onClick={() => setQuery({ status: one === 'open' ? null : one, case: null })}>
            {t(`enf.status.${one}` as Key)}
          </button>
        ))}
      </div>
      <div class="filters" role="group" aria-label={t('queue.filter')}>
        <button type="button" aria-pressed={rule === ''} onClick={() => setQuery({ rule: null })}>
          {t('enf.rule.all')}
        </button>
        {counts.map(([name, count]) => (
          <button key={name} type="button" aria-pressed={rule === name} onClick={() => setQuery({ rule: name })}>
            {tCode('rule.', name)} {number(count)}
          </button>
        ))}
      </div>
      <p class="enf-oldest">
        {body?.oldest_ms ? `${t('enf.oldest', { span: span(now - body.oldest_ms) })} · ` : ''}
        {t('enf.window')}
      </p>
    </div>
  )
}

export function CaseQueue({ data, rows, chosen }: { data: Data<CasesBody>; rows: CaseRow[]; chosen: string | null }) {
  return (
    <Panel data={data} what="what.cases" rows={6} rowHeight={96} isEmpty={() => rows.length === 0} empty={data.value?.cases.length ? <Empty icon="check" title={t('enf.empty.filter')} /> : <Empty icon="check" title={t('enf.empty')} hint={t('enf.empty.hint')} />}>
      {() => (
        <ul class="queue">
          {rows.map((row) => (
            <li key={row.case_id}>
              <Row row={row} chosen={row.case_id === chosen} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Row({ row, chosen }: { row: CaseRow; chosen: boolean }) {
  const now = useNow(60_000)
  const left = row.time_ms + WINDOW_MS - now
  return (
    <button type="button" class="queue-row" aria-current={chosen ? 'true' : undefined} onClick={() => selectCase(row.case_id)}>
      <span class="queue-top">
        <span class={row.status === 'open' ? 'chip chip-detected' : row.status === 'approved' ? 'chip level-free' : 'chip'}>
          {row.status === 'open' ? t('enf.candidate') : t(`enf.status.${row.status}` as Key)}
        </span>
        <span class="queue-odds">{t('enf.confidence', { p: percent(row.confidence) })}</span>
      </span>
      <span class="queue-title">
        {tCode('rule.', row.rule)} · {row.plate ?? tCode('user.', row.road_user)}
      </span>
      <span class="queue-sub">{say(row.camera_name)}</span>
      <span class="queue-sub">
        {dayTime(row.time_ms)}
        {row.status === 'open' && <b class={left < URGENT_MS ? 'is-urgent' : ''}> · {left > 0 ? t('enf.left', { span: span(left) }) : t('enf.overdue', { span: span(-left) })}</b>}
      </span>
    </button>
  )
}
