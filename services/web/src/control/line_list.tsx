/** All lines that run or should, those that hurt most on top. */
import { useData } from '../core/use_data.ts'
import { t, tCode } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import type { LineRow, LinesBody } from './line_types.ts'
import { select, type Selection } from './selection.ts'

const EVERY_MS = 10_000

export function LineList({ selection }: { selection: Selection | null }) {
  const data = useData<LinesBody>('/api/control/lines', EVERY_MS)
  return (
    <Panel data={data} what="what.lines" rows={8} rowHeight={52} isEmpty={(body) => body.lines.length === 0} empty={<Empty icon="bus" title={t('line.list.empty')} hint={t('fleet.none.hint')} />}>
      {(body) => (
        <ul class="fleet">
          {body.lines.map((row) => (
            <li key={row.route.route_id}>
              <button type="button" class="fleet-row" aria-current={selection?.kind === 'line' && selection.id === row.route.route_id ? 'true' : undefined} onClick={() => select({ kind: 'line', id: row.route.route_id })}>
                <LineBadge name={row.route.short_name} color={row.route.color} />
                <span class="fleet-id">{painWords(row) || t('line.calm')}</span>
                <span class="fleet-delay">{t('queue.buses', { n: row.buses })}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function painWords(row: LineRow): string {
  const words = Object.entries(row.alerts).map(([kind, n]) => (n > 1 ? `${tCode('alert.', kind)} ×${n}` : tCode('alert.', kind)))
  if (row.bunched && !row.alerts.bunching) words.push(`${t('line.spacing.bunched')} ×${row.bunched}`)
  if (row.wide && !row.alerts.big_gap) words.push(`${t('line.spacing.wide')} ×${row.wide}`)
  if (row.late) words.push(t('line.late', { n: row.late }))
  return words.join(' · ')
}
