/** Head of every page: the city, the pages this account may open, language and theme. */
import { me, post } from '../core/api.ts'
import { useCity } from '../core/city.ts'
import { go } from '../core/router.ts'
import { useStore } from '../core/store.ts'
import type { Me } from '../core/types.ts'
import { language, say, setLanguage, t, tCode } from '../i18n/index.ts'
import { Icon } from './icons.tsx'
import { nextTheme, useTheme } from './theme.ts'

async function logOut(): Promise<void> {
  try {
    me.set(await post<Me>('/api/auth/logout'))
  } finally {
    go('/login')
  }
}

export function Header({ path }: { path: string }) {
  const city = useCity()
  const account = useStore(me)
  const theme = useTheme()
  const roles = account?.user?.roles ?? []
  const may = (role: string) => roles.includes(role) || roles.includes('admin')
  const pages = [
    { href: '/', words: t('app.rider'), shown: may('operator') || may('reviewer') },
    { href: '/control', words: t('app.control'), shown: may('operator') },
    { href: '/accuracy', words: t('app.accuracy'), shown: may('operator') },
    { href: '/enforcement', words: t('app.enforcement'), shown: may('reviewer') },
  ].filter((page) => page.shown)
  const here = pages.some((page) => page.href === path) ? path : '/'
  return (
    <header class="head">
      <a class="brand" href="/">
        <img src="/favicon.svg" alt="" width="28" height="28" />
        <span>
          <strong>{t('app.name')}</strong>
          {city && <small>{say(city.name)}</small>}
        </span>
      </a>
      {pages.length > 0 && (
        <nav class="pages" aria-label={t('app.menu')}>
          {pages.map((page) => (
            <a key={page.href} href={page.href} aria-current={page.href === here && path !== '/login' ? 'page' : undefined}>
              {page.words}
            </a>
          ))}
        </nav>
      )}
      <div class="head-end">
        <button type="button" class="text-button" aria-label={`${language.get() === 'vi' ? 'EN' : 'VI'}: ${t('app.languageLabel')}`} onClick={() => setLanguage(language.get() === 'vi' ? 'en' : 'vi')}>
          {language.get() === 'vi' ? 'EN' : 'VI'}
        </button>
        <button type="button" class="icon-button" aria-label={t('app.theme', { theme: tCode('app.theme.', theme) })} title={t('app.theme', { theme: tCode('app.theme.', theme) })} onClick={nextTheme}>
          <Icon name="theme" filled={theme === 'dark'} />
        </button>
        {account?.user ? (
          <button type="button" class="text-button" onClick={() => void logOut()}>
            {t('app.logout')}
          </button>
        ) : (
          <a class="icon-button" href="/login" aria-label={t('app.login')} title={t('app.login')}>
            <Icon name="user" />
          </a>
        )}
      </div>
    </header>
  )
}
