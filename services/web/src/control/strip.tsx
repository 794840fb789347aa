/** Six numbers on top; each opens its reason. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useNow } from '../core/clock.ts'
import { setQuery } from '../core/router.ts'
import type { Overview } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { clockSeconds, number, percent, span } from '../i18n/format.ts'
import { t, type Key } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'

interface Cell {
  name: 'alarms' | 'buses' | 'onTime' | 'tti' | 'feeds' | 'cameras'
  value: string | null
  of?: string
  /** Told beside the name. */
  also?: string
  tone: 'calm' | 'alert' | 'warn'
  tab: string | null
}

function cellsOf(o: Overview | null): Cell[] {
  const text = (value: number | null | undefined, write: (n: number) => string) => (value === null || value === undefined ? null : write(value))
  const share = o && o.vehicles_expected > 0 ? o.vehicles_live / o.vehicles_expected : 1
  const tti = o?.travel_time_index ?? 0
  return [
    { name: 'alarms', value: text(o?.alarms, number), tone: (o?.alarms ?? 0) > 0 ? 'alert' : 'calm', tab: 'queue' },
    { name: 'buses', value: text(o?.vehicles_live, number), of: o ? t('strip.ofKnown', { n: number(o.vehicles_expected) }) : '', also: o && o.vehicles_parked > 0 ? t('strip.parked', { n: number(o.vehicles_parked) }) : '', tone: share < 0.8 ? 'warn' : 'calm', tab: 'buses' },
    { name: 'onTime', value: text(o?.on_time_share, percent), tone: (o?.on_time_share ?? 1) < 0.6 ? 'warn' : 'calm', tab: null },
    { name: 'tti', value: text(o?.travel_time_index, (n) => number(n, 2)), tone: tti > 1.5 ? 'alert' : tti > 1.25 ? 'warn' : 'calm', tab: null },
    { name: 'feeds', value: text(o?.feeds_late, number), tone: (o?.feeds_late ?? 0) > 0 ? 'warn' : 'calm', tab: 'feeds' },
    { name: 'cameras', value: text(o?.cameras_ok, number), of: o ? t('strip.ofKnown', { n: number(o.cameras) }) : '', tone: o && o.cameras_ok < o.cameras ? 'warn' : 'calm', tab: 'cameras' },
  ]
}

export function Strip({ data }: { data: Data<Overview> }) {
  const [open, setOpen] = useState<Cell['name'] | null>(null)
  const now = useNow(1000)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const leave = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(null)
    }
    const escape = (event: KeyboardEvent) => event.key === 'Escape' && setOpen(null)
    addEventListener('pointerdown', leave)
    addEventListener('keydown', escape)
    return () => {
      removeEventListener('pointerdown', leave)
      removeEventListener('keydown', escape)
    }
  }, [])
  const cells = cellsOf(data.value)
  const chosen = cells.find((cell) => cell.name === open)
  const ageMs = data.receivedAt === null ? 0 : Date.now() - data.receivedAt
  return (
    <div class={data.error && data.value ? 'strip is-old' : 'strip'} ref={box}>
      <div class="strip-cells">
        {cells.map((cell) => (
          <button
            key={cell.name}
            type="button"
            class={`strip-cell is-${cell.tone}`}
            aria-expanded={open === cell.name}
            aria-controls="strip-why"
            onClick={() => setOpen(open === cell.name ? null : cell.name)}
          >
            <span class="strip-value">
              {cell.value ?? <span class="strip-none">{data.value || data.error ? '–' : <span class="skeleton-line" />}</span>}
              {cell.value !== null && cell.of && <small>{cell.of}</small>}
              {cell.tone !== 'calm' && <Icon name="warn" size={16} />}
            </span>
            <span class="strip-name">
              {t(`strip.${cell.name}` as Key)}
              {cell.also && ` · ${cell.also}`}
            </span>
          </button>
        ))}
      </div>
      <div class="strip-clock">
        <span class="strip-value">{clockSeconds(now)}</span>
        <span class="strip-name">{data.error ? (data.value ? t('state.stale', { span: span(ageMs) }) : t('state.error', { what: t('what.overview') })) : t('strip.clock')}</span>
      </div>
      <div id="strip-why" class="strip-why" hidden={!chosen} role="status">
        {chosen && (
          <>
            <p>
              {chosen.value === null && <strong>{t('strip.none')}. </strong>}
              {t(`strip.why.${chosen.name}` as Key)}
            </p>
            {chosen.tab && (
              <button
                type="button"
                class="button"
                onClick={() => {
                  setOpen(null)
                  setQuery({ tab: chosen.tab, view: 'list' })
                }}
              >
                {t('app.more')}
              </button>
            )}
          </>
        )}
      </div>
    </div>
  )
}
