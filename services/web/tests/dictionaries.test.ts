import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseAst } from 'rolldown/parseAst'
import { en as publicEn } from '../src/i18n/en.ts'
import { fill, type Key } from '../src/i18n/index.ts'
import { reporting } from '../src/i18n/report.ts'
import { staff } from '../src/i18n/staff.ts'
import { vi as publicVi } from '../src/i18n/vi.ts'

const vi: Record<string, string> = { ...publicVi, ...staff.vi, ...reporting.vi }
const en: Record<string, string> = { ...publicEn, ...staff.en, ...reporting.en }

const SOURCE = join(import.meta.dirname, '..', 'src')
const WORDS = /\p{L}{2,}/u
/** Names printed on keyboards are the same in every language. */
const KEY_NAMES = new Set(['Esc'])
const READ_ATTRIBUTES = new Set(['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext', 'label'])
const places = (words: string): string[] => [...words.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort()

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (/\.tsx?$/.test(entry.name)) yield path
  }
}

interface Node {
  type: string
  [field: string]: unknown
}
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function* walk(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child)
  }
}

test('both dictionaries have the same keys', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(vi).sort())
})

test('no text is empty, and both languages fill in the same values', () => {
  for (const key of Object.keys(vi) as Key[]) {
    assert.ok(vi[key]!.trim() && en[key]!.trim(), key)
    assert.deepEqual(places(en[key]!), places(vi[key]!), key)
  }
})

test('values are filled in by name and unknown ones are left to be seen', () => {
  assert.equal(fill('{n} phút tới {stop}', { n: 4 }), '4 phút tới {stop}')
})

test('no words for people stand outside the dictionaries', () => {
  const found: string[] = []
  for (const path of files(SOURCE)) {
    if (!path.endsWith('.tsx')) continue
    for (const node of walk(parseAst(readFileSync(path, 'utf8'), { lang: 'tsx' }) as unknown as Node)) {
      const text = node.type === 'JSXText' ? String(node.value).trim() : ''
      if (WORDS.test(text) && !KEY_NAMES.has(text)) found.push(`${path}: ${text}`)
      if (node.type !== 'JSXAttribute') continue
      const name = String((node.name as Node).name)
      const value = node.value as Node | null
      if (READ_ATTRIBUTES.has(name) && value?.type === 'Literal' && WORDS.test(String(value.value))) found.push(`${path}: ${name}=${String(value.value)}`)
    }
  }
  assert.deepEqual(found, [])
})

test('every key that the pages ask for is in the dictionary, and every key is asked for', () => {
  const all = [...files(SOURCE)].filter((path) => !/\/i18n\/(v|e|staff)/.test(path)).map((path) => readFileSync(path, 'utf8')).join('\n')
  const asked = [...all.matchAll(/(?<![\w.])t\(\s*'([^']+)'/g)].map((match) => match[1]!)
  assert.deepEqual(asked.filter((key) => !(key in vi)), [])
  const stems = [...all.matchAll(/(?:tCode\(\s*'|[t]\(`)([a-z.A-Z]+\.)(?:'|\$)/g)].map((match) => match[1]!)
  const unused = Object.keys(vi).filter((key) => !all.includes(`'${key}'`) && !all.includes(`"${key}"`) && !stems.some((stem) => key.startsWith(stem)))
  assert.deepEqual(unused, [])
})

test('no page of riders asks for a word that only other pages load', () => {
  const own = [
    { pages: /\/src\/(?!accuracy|control|enforcement|report|i18n)/, words: publicVi },
    { pages: /\/src\/report\//, words: { ...publicVi, ...reporting.vi } },
  ]
  for (const { pages, words } of own) {
    const read = [...files(SOURCE)].filter((path) => pages.test(path)).map((path) => readFileSync(path, 'utf8')).join('\n')
    const asked = [...read.matchAll(/(?<![\w.])t\(\s*'([^']+)'/g)].map((match) => match[1]!)
    const stems = [...read.matchAll(/(?:tCode\(\s*'|[t]\(`)([a-z.A-Z]+\.)(?:'|\$)/g)].map((match) => match[1]!)
    // The four scores are drawn on staff pages only, by a part that stands among the shared ones.
    const theirs = [...asked, ...Object.keys(vi).filter((key) => stems.some((stem) => key.startsWith(stem)))].filter((key) => !(key in words) && !key.startsWith('quality.'))
    assert.deepEqual(theirs, [])
  }
})
