/** Load something and keep it: loading, ready, stale (kept content, newer failed) or error. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { ApiError, get } from './api.ts'

export interface Data<T> {
  value: T | null
  /** Wall time in ms of this device at which `value` was received. */
  receivedAt: number | null
  error: ApiError | null
  loading: boolean
  reload: () => void
  put: (value: T, receivedAt?: number) => void
}

/** The last value while the next is awaited; nothing where it is not wanted any more. */
export function useHeld<T>(value: T | null, wanted: boolean): T | null {
  const held = useRef<T | null>(null)
  if (!wanted) held.current = null
  else if (value !== null) held.current = value
  return held.current
}

/** Read `path` now and every `everyMs`; with no path nothing is read. A failed reading keeps the last content. */
export function useData<T>(path: string | null, everyMs = 0): Data<T> {
  const [state, setState] = useState<{ path: string | null; value: T | null; at: number | null }>({
    path,
    value: null,
    at: null,
  })
  const [error, setError] = useState<ApiError | null>(null)
  const [turn, setTurn] = useState(0)
  const current = useRef(path)
  current.current = path

  useEffect(() => {
    if (path === null) return
    const abort = new AbortController()
    let timer = 0
    let failures = 0
    const load = async () => {
      let next = everyMs
      try {
        const value = await get<T>(path, abort.signal)
        failures = 0
        setState({ path, value, at: Date.now() })
        setError(null)
      } catch (reason) {
        if (abort.signal.aborted) return
        const problem = reason instanceof ApiError ? reason : new ApiError(0, '')
        setError(problem)
        failures += 1
        next = problem.offline || problem.status >= 500 ? Math.min(30_000, 2_000 * 2 ** failures) : everyMs
      }
      if (next > 0) timer = window.setTimeout(load, next)
    }
    void load()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [path, everyMs, turn])

  const put = useCallback((value: T, receivedAt: number = Date.now()) => {
    setState({ path: current.current, value, at: receivedAt })
  }, [])
  const reload = useCallback(() => {
    setError(null)
    setTurn((n) => n + 1)
  }, [])
  const fresh = state.path === path
  const value = fresh ? state.value : null
  return { value, receivedAt: fresh ? state.at : null, error, loading: value === null && error === null, reload, put }
}
