/** The shell: header, notices, the page of the address, and the place for messages. */
import { Component, type ComponentChildren, type ComponentType } from 'preact'
import { me } from './core/api.ts'
import { catchLinks, usePlace } from './core/router.ts'
import { useStore } from './core/store.ts'
import { t, useLanguage } from './i18n/index.ts'
import { Home } from './rider/home.tsx'
import { Route } from './rider/route.tsx'
import { Stop } from './rider/stop.tsx'
import { Header } from './ui/header.tsx'
import { late } from './ui/late.tsx'
import { Notices } from './ui/notices.tsx'
import { Empty, Skeleton } from './ui/states.tsx'
import { ToastPlace } from './ui/toast.tsx'

const page = (load: () => Promise<ComponentType>): ComponentType => late(load, { wait: () => <Skeleton rows={6} />, failed: Broken })

const latePages: Record<string, ComponentType> = {
  '/control': page(async () => (await import('./control/page.tsx')).ControlPage),
  '/accuracy': page(async () => (await import('./accuracy/page.tsx')).AccuracyPage),
  '/enforcement': page(async () => (await import('./enforcement/page.tsx')).EnforcementPage),
  '/developers': page(async () => (await import('./developers/page.tsx')).DevelopersPage),
  '/report': page(async () => (await import('./report/page.tsx')).ReportPage),
  '/login': page(async () => (await import('./account/login.tsx')).LoginPage),
}
const roleOf: Record<string, string> = { '/control': 'operator', '/accuracy': 'operator', '/enforcement': 'reviewer' }

function Broken() {
  return (
    <Empty icon="warn" title={t('state.error', { what: t('what.page') })}>
      <button type="button" class="button" onClick={() => location.reload()}>
        {t('app.update')}
      </button>
    </Empty>
  )
}

/** A page that fails to draw says so; the header and the other pages go on. */
class Guard extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false }
  static override getDerivedStateFromError() {
    return { failed: true }
  }
  override componentDidCatch(error: unknown) {
    console.error(error)
  }
  override render() {
    return this.state.failed ? <Broken /> : this.props.children
  }
}

function Page({ path }: { path: string }) {
  const account = useStore(me)
  const Late = latePages[path]
  if (Late) {
    const role = roleOf[path]
    if (!role) return <Late key={path} />
    if (!account) return <Skeleton rows={6} />
    const roles = account.user?.roles ?? []
    const Login = latePages['/login']!
    return roles.includes(role) || roles.includes('admin') ? <Late key={path} /> : <Login key="/login" />
  }
  if (path === '/') return <Home />
  const [, kind, id] = /^\/(stop|route)\/([^/]+)\/?$/.exec(path) ?? []
  if (kind === 'stop' && id) return <Stop key={id} id={decodeURIComponent(id)} />
  if (kind === 'route' && id) return <Route key={id} id={decodeURIComponent(id)} />
  return (
    <main id="main" class="rider">
      <Empty title={t('app.notFound')} hint={t('app.notFound.hint')}>
        <a class="button" href="/">
          {t('app.home')}
        </a>
      </Empty>
    </main>
  )
}

export function App() {
  useLanguage()
  const { path } = usePlace()
  const staff = path in roleOf && path !== '/accuracy'
  return (
    <div class={staff ? 'shell shell-staff' : 'shell'} onClick={catchLinks}>
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      <Header path={path} />
      <Notices />
      <Guard key={path}>
        <Page path={path} />
      </Guard>
      <ToastPlace />
    </div>
  )
}
