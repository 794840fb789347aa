/** The fleet as a list: filters with their counts, the worst buses on top, one selection with the map. */
import { useRef, useState } from 'preact/hooks'
import type { Bus } from '../core/frames.ts'
import { useNow } from '../core/clock.ts'
import { levelNow, type BusLevel } from '../core/levels.ts'
import { setQuery } from '../core/router.ts'
import { ago, delay, number } from '../i18n/format.ts'
import { t, tCode, type Key } from '../i18n/index.ts'
import { LineBadge } from '../ui/bits.tsx'
import { Empty, Skeleton } from '../ui/states.tsx'
import { type Counts, inPainOrder, isAny, LEVELS, natural, NOTHING, type Wanted } from './fleet.ts'
import { select, type Selection } from './selection.ts'

const MOST = 80

export interface Choice {
  shown: Bus[]
  counts: Counts
  all: number
}

interface Props {
  choice: Choice
  wanted: Wanted
  known: boolean
  selection: Selection | null
}

export function BusList({ choice, wanted, known, selection }: Props) {
  if (!known) return <Skeleton rows={8} height={56} />
  return (
    <>
      <Filters counts={choice.counts} wanted={wanted} />
      <p class="fleet-sum" role="status">
        {t('fleet.sum', { n: number(choice.shown.length), all: number(choice.all) })}
        {isAny(wanted) && (
          <button type="button" class="text-button" onClick={() => setQuery(NOTHING)}>
            {t('fleet.clear')}
          </button>
        )}
      </p>
      {choice.shown.length === 0 ? (
        <Empty icon="bus" title={t(isAny(wanted) ? 'fleet.none.filter' : 'fleet.none')} hint={isAny(wanted) ? undefined : t('fleet.none.hint')} />
      ) : (
        <Rows buses={choice.shown} selection={selection} />
      )}
    </>
  )
}

function Filters({ counts, wanted }: { counts: Counts; wanted: Wanted }) {
  const toggle = (level: BusLevel) => {
    const next = wanted.levels.includes(level) ? wanted.levels.filter((one) => one !== level) : [...wanted.levels, level]
    setQuery({ bus: next.join(',') || null })
  }
  return (
    <div class="fleet-filters">
      <div class="filters" role="group" aria-label={t('fleet.filter')}>
        {LEVELS.map((level) => (
          <button key={level} type="button" aria-pressed={wanted.levels.includes(level)} onClick={() => toggle(level)}>
            <span class={`key-bus key-bus-${KEYS[level]}`} aria-hidden="true" /> {t(`bus.${KEYS[level]}` as Key)} <b>{number(counts.levels[level])}</b>
          </button>
        ))}
        <button type="button" aria-pressed={wanted.held} onClick={() => setQuery({ held: wanted.held ? null : '1' })}>
          {t('fleet.held')} <b>{number(counts.held)}</b>
        </button>
        <button type="button" aria-pressed={wanted.poor} onClick={() => setQuery({ poor: wanted.poor ? null : '1' })}>
          {t('fleet.poor')} <b>{number(counts.poor)}</b>
        </button>
      </div>
      <div class="fleet-picks">
        <Pick name="line" head="fleet.line" value={wanted.line} counts={counts.lines} words={(code) => code} />
        <Pick name="phase" head="fleet.phase" value={wanted.phase} counts={counts.phases} words={(code) => tCode('phase.', code)} />
        <Pick name="source" head="fleet.source" value={wanted.source} counts={counts.sources} words={(code) => code} />
      </div>
    </div>
  )
}

export const KEYS: Record<BusLevel, string> = { late: 'late', slow: 'slow', on_time: 'onTime', early: 'early', unknown: 'unknown', stale: 'stale' }

function Pick({ name, head, value, counts, words }: { name: string; head: Key; value: string | null; counts: Map<string, number>; words: (code: string) => string }) {
  const options = [...new Set([...counts.keys(), ...(value ? [value] : [])])].sort(natural)
  return (
    <label class="fleet-pick">
      <span>{t(head)}</span>
      <select class="input" value={value ?? ''} onChange={(event) => setQuery({ [name]: event.currentTarget.value || null })}>
        <option value="">{t('fleet.any')}</option>
        {options.map((code) => (
          <option key={code} value={code}>
            {words(code)} ({number(counts.get(code) ?? 0)})
          </option>
        ))}
      </select>
    </label>
  )
}

/** Rows keep their order while somebody points at them. */
function Rows({ buses, selection }: { buses: readonly Bus[]; selection: Selection | null }) {
  const now = useNow(2000)
  const held = useRef<string[]>([])
  const [pointing, setPointing] = useState(false)
  const sorted = inPainOrder(buses, now)
  const byId = new Map(sorted.map((bus) => [bus.vehicle_id, bus]))
  const rows = pointing ? held.current.flatMap((id) => byId.get(id) ?? []) : sorted.slice(0, MOST)
  held.current = rows.map((bus) => bus.vehicle_id)
  return (
    <>
      <ul class="fleet" onPointerEnter={() => setPointing(true)} onPointerLeave={() => setPointing(false)} onFocusIn={() => setPointing(true)} onFocusOut={() => setPointing(false)}>
        {rows.map((bus) => (
          <li key={bus.vehicle_id}>
            <BusRow bus={bus} now={now} chosen={selection?.kind === 'vehicle' && selection.id === bus.vehicle_id} />
          </li>
        ))}
      </ul>
      {buses.length > MOST && <p class="small-note">{t('fleet.more', { n: number(buses.length - MOST) })}</p>}
    </>
  )
}

function BusRow({ bus, now, chosen }: { bus: Bus; now: number; chosen: boolean }) {
  const level = levelNow(bus, now)
  return (
    <button type="button" class="fleet-row" aria-current={chosen ? 'true' : undefined} onClick={() => select({ kind: 'vehicle', id: bus.vehicle_id })}>
      <LineBadge name={bus.route_short_name ?? '–'} />
      <span class="fleet-id">{bus.vehicle_id}</span>
      <span class={`fleet-delay tone-text-${level}`}>{level === 'stale' ? t('bus.stale') : bus.delay_s === null ? tCode('phase.', bus.phase) : delay(bus.delay_s)}</span>
      <span class="fleet-age">{ago(now - bus.time_ms)}</span>
    </button>
  )
}
