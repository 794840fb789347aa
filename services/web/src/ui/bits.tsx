/** Small parts that several pages share. */
import type { ComponentChildren } from 'preact'
import { useLineColour } from '../core/line_colours.ts'
import type { Quality } from '../core/types.ts'
import { t, tCode } from '../i18n/index.ts'
import { percent } from '../i18n/format.ts'

/** Black or white, whichever reads better on a line's own colour. */
export function inkOn(color: string): string {
  const value = Number.parseInt(color.slice(1), 16)
  const [r, g, b] = [value >> 16, (value >> 8) & 255, value & 255].map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? '#12161C' : '#FFFFFF'
}

export function LineBadge({ name, color }: { name: string; color?: string | null }) {
  const known = useLineColour(name)
  const own = color ?? known
  const hex = own && /^#?[0-9a-f]{6}$/i.test(own) ? `#${own.replace('#', '')}` : null
  return (
    <span class="badge" style={hex ? { background: hex, color: inkOn(hex) } : undefined}>
      {name}
    </span>
  )
}

/** Đúng, đủ, sạch, sống as four small bars; the lowest one is marked by weight and word. */
export function QualityBars({ quality }: { quality: Quality }) {
  const names = ['correct', 'complete', 'clean', 'live'] as const
  const worst = names.reduce((low, name) => (quality[name] < quality[low] ? name : low))
  return (
    <ul class="quality" aria-label={t('quality.title')}>
      {names.map((name) => (
        <li key={name} class={name === worst && quality[name] < 0.8 ? 'quality-worst' : ''}>
          <span class="quality-name">{tCode('quality.', name)}</span>
          <span class="quality-bar">
            <span class={`quality-fill ${scoreClass(quality[name])}`} style={{ width: `${Math.round(quality[name] * 100)}%` }} />
          </span>
          <span class="quality-value">{percent(quality[name])}</span>
        </li>
      ))}
    </ul>
  )
}

const scoreClass = (score: number): string => (score >= 0.8 ? 'score-good' : score >= 0.5 ? 'score-fair' : 'score-poor')

/** A term and its value in a list of facts. */
export function Fact({ term, children, wide = false }: { term: string; children: ComponentChildren; wide?: boolean }) {
  return (
    <div class={wide ? 'fact fact-wide' : 'fact'}>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  )
}
