/** Light, dark, or as the device says; remembered. */
import { keepText, recallText } from '../core/kept.ts'
import { makeStore, useStore } from '../core/store.ts'

export type Theme = 'auto' | 'light' | 'dark'
const stored = recallText('theme')
const theme = makeStore<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto')

export const useTheme = (): Theme => useStore(theme)

export function nextTheme(): void {
  const order: Theme[] = ['auto', 'light', 'dark']
  const next = order[(order.indexOf(theme.get()) + 1) % order.length]!
  keepText('theme', next === 'auto' ? null : next)
  if (next === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  theme.set(next)
}

const darkDevice = matchMedia('(prefers-color-scheme: dark)')
const dark = makeStore(isDark())
function isDark(): boolean {
  const chosen = theme.get()
  return chosen === 'auto' ? darkDevice.matches : chosen === 'dark'
}
darkDevice.addEventListener('change', () => dark.set(isDark()))
theme.watch(() => dark.set(isDark()))

/** Whether the page is dark now; maps and canvases need to know. */
export const useDark = (): boolean => useStore(dark)
export const calmMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches
