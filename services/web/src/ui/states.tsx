/** The four states of every panel: loading, empty, stale, error. */
import type { ComponentChildren } from 'preact'
import { ApiError } from '../core/api.ts'
import { t, type Key } from '../i18n/index.ts'
import { span } from '../i18n/format.ts'
import { Icon, type IconName } from './icons.tsx'

/** Grey shapes in the final layout, so that nothing jumps when the content comes. */
export function Skeleton({ rows, height = 64 }: { rows: number; height?: number }) {
  return (
    <div class="skeleton" role="status" aria-label={t('app.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class="skeleton-row" style={{ height: `${height}px` }}>
          <span />
          <span />
        </div>
      ))}
    </div>
  )
}

export function Empty({ icon = 'info', title, hint, children }: { icon?: IconName; title: string; hint?: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <Icon name={icon} size={24} />
      <p class="state-title">{title}</p>
      {hint && <p class="state-hint">{hint}</p>}
      {children}
    </div>
  )
}

export function errorHint(error: ApiError): string {
  if (error.offline) return t('state.error.offline')
  if (error.status === 401) return t('state.error.login')
  if (error.status === 403) return t('state.error.role')
  if (error.status === 404) return t('state.error.missing')
  return t('state.error.server', { status: error.status })
}

/** What failed, what still works, and a way to try again. */
export function Failure({ what, error, retry }: { what: Key; error: ApiError; retry: () => void }) {
  return (
    <div class="state state-error" role="alert">
      <Icon name="warn" size={24} />
      <p class="state-title">{t('state.error', { what: t(what) })}</p>
      <p class="state-hint">{errorHint(error)}</p>
      <button type="button" class="button" onClick={retry}>
        {t('app.retry')}
      </button>
    </div>
  )
}

/** A band over content that is kept though newer content could not be read. */
export function StaleBand({ ageMs, old }: { ageMs: number; old: boolean }) {
  return (
    <p class={old ? 'band band-old' : 'band'} role="status">
      <Icon name="warn" size={16} />
      {t('state.stale', { span: span(ageMs) })}
    </p>
  )
}

interface PanelData<T> {
  value: T | null
  receivedAt: number | null
  error: ApiError | null
  reload: () => void
}

/** Show `data` in the right one of its states; `children` draws the happy one. */
export function Panel<T>(props: {
  data: PanelData<T>
  what: Key
  rows?: number
  rowHeight?: number
  isEmpty?: (value: T) => boolean
  empty?: ComponentChildren
  children: (value: T) => ComponentChildren
}) {
  const { value, error, receivedAt, reload } = props.data
  if (value === null) {
    if (error) return <Failure what={props.what} error={error} retry={reload} />
    return <Skeleton rows={props.rows ?? 4} height={props.rowHeight ?? 64} />
  }
  const ageMs = receivedAt === null ? 0 : Date.now() - receivedAt
  return (
    <>
      {error && <StaleBand ageMs={ageMs} old={ageMs > 120_000} />}
      {props.isEmpty?.(value) ? props.empty : props.children(value)}
    </>
  )
}
