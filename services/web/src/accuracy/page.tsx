/** How right we were: what riders were told, held against the buses that came. */
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { setQuery, usePlace } from '../core/router.ts'
import type { Accuracy, LineRight, Right } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { clockTime, number, percent } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import '../i18n/staff.ts'
import '../styles/accuracy.css'
import { LineBadge } from '../ui/bits.tsx'
import { Empty, Panel } from '../ui/states.tsx'

const EVERY_MS = 30_000
const SPANS_H = [1, 2, 6]
/** What the tracker promises: shares below these are marked. */
const ACCURATE = 0.88
const COVERED: readonly [number, number] = [0.75, 0.88]
const MISSED = 0.08

export function AccuracyPage() {
  const asked = Number(usePlace().query.get('hours'))
  const hours = SPANS_H.includes(asked) ? asked : 2
  const data = useData<Accuracy>(`/api/control/accuracy?hours=${hours}`, EVERY_MS)
  useEffect(() => {
    document.title = t('right.title')
  })
  return (
    <main id="main" class="rider accuracy">
      <h1 class="dev-title">{t('right.title')}</h1>
      <p class="dev-lead">{t('right.lead')}</p>
      <div class="right-spans" role="group" aria-label={t('right.span')}>
        {SPANS_H.map((one) => (
          <button key={one} type="button" class="button" aria-pressed={one === hours} onClick={() => setQuery({ hours: one === 2 ? null : String(one) })}>
            {t('right.hours', { n: one })}
          </button>
        ))}
      </div>
      <Panel data={data} what="what.accuracy" rows={6} isEmpty={(body) => body.all.answers === 0} empty={<Empty icon="info" title={t('right.empty')} hint={t('right.empty.hint')} />}>
        {(body) => (
          <>
            <p class="right-big">
              <b class={body.accurate !== null && body.accurate < ACCURATE ? 'is-late' : undefined}>{body.accurate === null ? '–' : percent(body.accurate)}</b> {t('right.accurate.long')}
              <small>
                {t('right.answers', { n: number(body.all.answers) })} · {clockTime(body.now_ms)}
              </small>
            </p>
            <section class="block">
              <h2>{t('right.byAhead')}</h2>
              <Table head={t('right.ahead')}>
                {body.bins.map((one) => (
                  <Row key={one.from_s} right={one}>
                    {t('right.minutes', { from: one.from_s / 60, to: one.to_s / 60 })}
                  </Row>
                ))}
              </Table>
              <p class="small-note">{t('right.how')}</p>
            </section>
            <ByLine lines={body.lines} />
          </>
        )}
      </Panel>
    </main>
  )
}

function ByLine({ lines }: { lines: LineRight[] }) {
  if (lines.length === 0) return null
  return (
    <section class="block">
      <h2>{t('right.byLine')}</h2>
      <Table head={t('right.line')}>
        {lines.map((one) => (
          <Row key={one.route.route_id} right={one}>
            <a class="right-line" href={`/control?tab=lines&sel=line:${encodeURIComponent(one.route.route_id)}`}>
              <LineBadge name={one.route.short_name} />
            </a>
          </Row>
        ))}
      </Table>
    </section>
  )
}

function Table({ head, children }: { head: string; children: ComponentChildren }) {
  return (
    <div class="right-scroll" role="region" aria-label={head} tabIndex={0}>
      <table class="right-table">
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{t('right.accurate')}</th>
            <th scope="col">{t('right.covered')}</th>
            <th scope="col">{t('right.missed')}</th>
            <th scope="col">{t('right.late')}</th>
            <th scope="col">{t('right.count')}</th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

function Row({ right, children }: { right: Right; children: ComponentChildren }) {
  const { accurate, covered, missed, late_s: lateS } = right
  return (
    <tr>
      <th scope="row">{children}</th>
      <Share value={accurate} bad={accurate !== null && accurate < ACCURATE} />
      <Share value={covered} bad={covered !== null && (covered < COVERED[0] || covered > COVERED[1])} />
      <Share value={missed} bad={missed !== null && missed > MISSED} />
      <td>{lateS === null ? '–' : t('right.seconds', { n: `${lateS > 0 ? '+' : ''}${number(Math.round(lateS))}` })}</td>
      <td>{number(right.answers)}</td>
    </tr>
  )
}

/** A share outside of what is promised bears a mark beside its colour. */
function Share({ value, bad }: { value: number | null; bad: boolean }) {
  return <td class={bad ? 'is-late' : undefined}>{value === null ? '–' : `${percent(value)}${bad ? ' !' : ''}`}</td>
}
