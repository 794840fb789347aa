import { render } from 'preact'
import { App } from './app.tsx'
import { loadMe, me } from './core/api.ts'
import { loadCity } from './core/city.ts'
import { language } from './i18n/index.ts'
import './styles/base.css'
import './styles/rider.css'

document.documentElement.lang = language.get()
void loadCity()

/** Without an answer about the account nobody is logged in; staff pages then offer the log-in. */
async function account(): Promise<void> {
  try {
    await loadMe()
  } catch {
    me.set(me.get() ?? { user: null, csrf: '', setup_needed: false })
    setTimeout(() => void account(), 10_000)
  }
}
void account()

render(<App />, document.getElementById('app')!)

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  navigator.serviceWorker.register('/sw.js').catch(() => undefined)
}
