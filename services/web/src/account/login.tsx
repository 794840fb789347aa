/** Log-in of staff, and the first-run set-up that makes the first administrator. */
import { useEffect, useState } from 'preact/hooks'
import { ApiError, me, post } from '../core/api.ts'
import { useCity } from '../core/city.ts'
import { currentPlace, go } from '../core/router.ts'
import { useStore } from '../core/store.ts'
import type { Me } from '../core/types.ts'
import { t } from '../i18n/index.ts'
import '../styles/account.css'

const LEAST_PASSWORD = 10

export function LoginPage() {
  const account = useStore(me)
  const city = useCity()
  useEffect(() => {
    document.title = t('login.title')
  })
  const setup = account?.setup_needed ?? city?.setup_needed ?? false
  return (
    <main id="main" class="account">
      {account?.user ? <Inside account={account} /> : setup ? <SetupForm /> : <LoginForm />}
    </main>
  )
}

const may = (account: Me, role: string): boolean => !!account.user && (account.user.roles.includes(role) || account.user.roles.includes('admin'))

function Inside({ account }: { account: Me }) {
  const control = may(account, 'operator')
  const enforcement = may(account, 'reviewer')
  return (
    <section class="account-card">
      <h1>{t('login.in', { name: account.user?.name ?? '' })}</h1>
      <p class="account-lead">{control || enforcement ? t('login.go') : t('login.noRole')}</p>
      {control && (
        <a class="button button-main button-wide" href="/control">
          {t('app.control')}
        </a>
      )}
      {enforcement && (
        <a class="button button-main button-wide" href="/enforcement">
          {t('app.enforcement')}
        </a>
      )}
      <a class="button button-wide" href="/">
        {t('app.rider')}
      </a>
    </section>
  )
}

/** After a log-in people land on the page they asked for, or on the first one they may use. */
function land(account: Me): void {
  me.set(account)
  const { path } = currentPlace()
  if (path !== '/login') return
  if (may(account, 'operator')) go('/control', true)
  else if (may(account, 'reviewer')) go('/enforcement', true)
}

interface FieldProps {
  id: string
  label: string
  value: string
  onValue: (value: string) => void
  secret?: boolean
  autocomplete: 'username' | 'current-password' | 'new-password' | 'one-time-code'
  hint?: string
}

function Field({ id, label, value, onValue, secret = false, autocomplete, hint }: FieldProps) {
  const shared = {
    id,
    value,
    required: true,
    autocomplete,
    spellcheck: false,
    'aria-describedby': hint ? `${id}-hint` : undefined,
    onInput: (event: { currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {secret ? <input type="password" {...shared} /> : <input type="text" autocapitalize="none" {...shared} />}
      {hint && (
        <small id={`${id}-hint`} class="field-hint">
          {hint}
        </small>
      )}
    </div>
  )
}

function loginProblem(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error)
  if (error.offline) return t('state.error.offline')
  if (error.status === 429) return t('login.slow')
  if (error.status === 401 || error.status === 403) return t('login.wrong')
  return t('login.failed', { detail: error.message })
}

function LoginForm() {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setProblem('')
    try {
      land(await post<Me>('/api/auth/login', { name: name.trim(), password }))
    } catch (error) {
      setProblem(loginProblem(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form class="account-card" onSubmit={(event) => void submit(event)}>
      <h1>{t('login.title')}</h1>
      <p class="account-lead">{t('login.lead')}</p>
      <Field id="name" label={t('login.name')} value={name} onValue={setName} autocomplete="username" />
      <Field id="password" label={t('login.password')} value={password} onValue={setPassword} secret autocomplete="current-password" />
      <p class="account-problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="button button-main button-wide" disabled={busy}>
        {t('login.submit')}
      </button>
    </form>
  )
}

function SetupForm() {
  const [values, setValues] = useState({ code: '', name: '', password: '', repeat: '' })
  const [problem, setProblem] = useState('')
  const [busy, setBusy] = useState(false)
  const put = (field: keyof typeof values) => (value: string) => setValues((before) => ({ ...before, [field]: value }))
  const submit = async (event: Event) => {
    event.preventDefault()
    if (values.password.length < LEAST_PASSWORD) return setProblem(t('setup.short'))
    if (values.password !== values.repeat) return setProblem(t('setup.differ'))
    setBusy(true)
    setProblem('')
    try {
      land(await post<Me>('/api/auth/setup', { name: values.name.trim(), password: values.password, code: values.code.trim() }))
    } catch (error) {
      const detail = error instanceof ApiError && error.offline ? t('state.error.offline') : String((error as Error).message)
      setProblem(t('setup.refused', { detail }))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form class="account-card" onSubmit={(event) => void submit(event)}>
      <h1>{t('setup.title')}</h1>
      <p class="account-lead">{t('setup.lead')}</p>
      <Field id="code" label={t('setup.code')} value={values.code} onValue={put('code')} autocomplete="one-time-code" />
      <Field id="name" label={t('login.name')} value={values.name} onValue={put('name')} autocomplete="username" />
      <Field id="password" label={t('login.password')} value={values.password} onValue={put('password')} secret autocomplete="new-password" hint={t('setup.rule')} />
      <Field id="repeat" label={t('setup.repeat')} value={values.repeat} onValue={put('repeat')} secret autocomplete="new-password" />
      <p class="account-problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="button button-main button-wide" disabled={busy}>
        {t('setup.submit')}
      </button>
    </form>
  )
}
