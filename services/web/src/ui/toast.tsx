/** One message at a time at the foot of the page, with undo while it can still be undone. */
import { useEffect, useState } from 'preact/hooks'
import { makeStore, useStore } from '../core/store.ts'
import { t } from '../i18n/index.ts'
import { Icon } from './icons.tsx'

export const UNDO_MS = 10_000
const PLAIN_MS = 4_000

interface Toast {
  id: number
  text: string
  undo: (() => void) | null
  until: number
}

const toast = makeStore<Toast | null>(null)
let count = 0

export function show(text: string, undo: (() => void) | null = null): void {
  count += 1
  toast.set({ id: count, text, undo, until: Date.now() + (undo ? UNDO_MS : PLAIN_MS) })
}

export function ToastPlace() {
  const current = useStore(toast)
  const [, tick] = useState(0)
  useEffect(() => {
    if (!current) return
    const timer = setInterval(() => {
      if (Date.now() >= current.until) toast.set(null)
      else tick((n) => n + 1)
    }, 250)
    return () => clearInterval(timer)
  }, [current])
  const seconds = current ? Math.max(0, Math.ceil((current.until - Date.now()) / 1000)) : 0
  return (
    <div class="toast-place" role="status" aria-live="polite">
      {current && (
        <div class="toast">
          <span>{current.text}</span>
          {current.undo && (
            <button
              type="button"
              class="button button-quiet"
              onClick={() => {
                const { undo } = current
                toast.set(null)
                undo?.()
              }}
            >
              <span aria-hidden="true">{t('app.undo.left', { n: seconds })}</span>
              <span class="hidden">{t('app.undo')}</span>
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t('app.close')} onClick={() => toast.set(null)}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  )
}
