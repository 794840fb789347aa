/** The one door to the HTTP API. Every failure is an `ApiError` with what failed, in both languages where known. */
import { makeStore } from './store.ts'
import type { Me } from './types.ts'

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
  ) {
    super(detail || `HTTP ${status}`)
  }
  /** No answer at all: no network, or the server is down. */
  get offline(): boolean {
    return this.status === 0
  }
}

export const me = makeStore<Me | null>(null)

const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (UNSAFE.has(method)) headers['X-CSRF-Token'] = me.get()?.csrf ?? ''
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      signal,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, '')
  }
  if (!answer.ok) throw new ApiError(answer.status, await problemOf(answer))
  if (answer.status === 204) return undefined as T
  return (await answer.json()) as T
}

async function problemOf(answer: Response): Promise<string> {
  try {
    const problem = (await answer.json()) as { detail?: unknown; title?: unknown }
    if (typeof problem.detail === 'string') return problem.detail
    return typeof problem.title === 'string' ? problem.title : ''
  } catch {
    return ''
  }
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => request<T>('GET', path, undefined, signal)
export const post = <T>(path: string, body: unknown = {}): Promise<T> => request<T>('POST', path, body)

export async function loadMe(): Promise<Me> {
  const answer = await get<Me>('/api/auth/me')
  me.set(answer)
  return answer
}

export const segment = (text: string): string => encodeURIComponent(text)
