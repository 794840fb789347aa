/** Two languages, one choice remembered; every word that people read comes from here or from the server as `Text`. */
import { keepText, recallText } from '../core/kept.ts'
import { makeStore, useStore } from '../core/store.ts'
import type { Text } from '../core/types.ts'
import { en } from './en.ts'
import { vi } from './vi.ts'
import type { control } from './vi_control.ts'
import type { enforcement } from './vi_enforcement.ts'
import type { report } from './vi_report.ts'
import type { roads } from './vi_roads.ts'

export type Key = keyof typeof vi | keyof typeof control | keyof typeof enforcement | keyof typeof roads | keyof typeof report
export type Language = 'vi' | 'en'
type Words = Partial<Record<Key, string>>

const dictionaries: Record<Language, Words> = { vi: { ...vi }, en: { ...en } }

/** Take in the words of pages that are loaded later. */
export function learn(words: Record<Language, Words>): void {
  Object.assign(dictionaries.vi, words.vi)
  Object.assign(dictionaries.en, words.en)
}
export const language = makeStore<Language>(recallText('lang') === 'en' ? 'en' : 'vi')

export function setLanguage(next: Language): void {
  keepText('lang', next)
  document.documentElement.lang = next
  language.set(next)
}

/** Speak the city's first language until the person chooses one. */
export function suggestLanguage(languages: readonly string[]): void {
  if (recallText('lang')) return
  const first: Language = languages[0] === 'en' ? 'en' : 'vi'
  document.documentElement.lang = first
  language.set(first)
}

export const useLanguage = (): Language => useStore(language)

/** The words of `key` with `{name}` filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return fill(dictionaries[language.get()][key] ?? key, values)
}

export const fill = (words: string, values: Record<string, string | number>): string =>
  words.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))

/** The words of `prefix` + `code` where the dictionary knows them, else the code itself in readable form. */
export function tCode(prefix: string, code: string): string {
  const key = `${prefix}${code}`
  return key in dictionaries.vi ? t(key as Key) : code.replace(/_/g, ' ')
}

/** A text of the server in the chosen language. */
export const say = (text: Text | null | undefined): string => (text ? text[language.get()] || text.vi || text.en : '')
