/** The facts of a case in words: rule and clause, what was measured, plate, exceptions, the sealed package, the log. */
import { useState } from 'preact/hooks'
import { post, segment } from '../core/api.ts'
import type { CaseDetail, Reason, Text } from '../core/types.ts'
import { dayTimeSeconds, day, number, percent, speed } from '../i18n/format.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'
import { vi } from '../i18n/vi.ts'
import { Fact } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { show } from '../ui/toast.tsx'
import { fileAddress, seesOriginal } from './original.tsx'
import { uncertaintyOf } from './uncertainty.ts'

/** A measured figure in words; its unit stands in its name. */
function measured(name: string, value: number): string {
  if (name.endsWith('_mps')) return speed(value)
  if (name.endsWith('_s')) return t('m.seconds', { n: number(value, 2) })
  if (name.endsWith('_px')) return t('m.pixels', { n: number(value) })
  if (name.endsWith('_m')) return t('unit.m', { n: number(value, 1) })
  return number(value, Number.isInteger(value) ? 0 : 2)
}

/** An exception in the reader's language; figures in the machine's sentence take their places in ours. */
function exception(name: string, words: string): string {
  if (!(`exv.${name}` in vi)) return words
  const [first, ...others] = words.match(/\d+(\.\d+)?/g) ?? []
  return t(`exv.${name}` as Key, { n: first ? number(Number(first), 1) : '?', m: others.join(', ') })
}

/** ± of the measured time; its parts on hover and in the list of other measurements. */
function Doubt({ body }: { body: CaseDetail }) {
  const { total_s, parts } = uncertaintyOf(body)
  if (total_s === 0) return null
  const words = parts.map((part) => `${tCode('m.', part.name)}: ± ${t('m.seconds', { n: number(part.value_s, 3) })}`).join('\n')
  return (
    <>
      {' '}
      <abbr class="muted doubt" title={words}>
        {t('enf.uncertainty', { n: number(total_s, 2) })}
      </abbr>
    </>
  )
}

export function CaseFacts({ body, reasons }: { body: CaseDetail; reasons: Reason[] }) {
  const [first, ...others] = Object.entries(body.measured)
  const pictures = body.files.filter((file) => file.media_type.startsWith('image/'))
  return (
    <div class="case-facts">
      <section class="card-part">
        <h3>{t('enf.facts')}</h3>
        <p class="why">
          <b>{body.clause ? say(body.clause.text) : t('enf.clause.none')}</b>
        </p>
        <dl class="facts">
          {body.clause && (
            <Fact term={t('enf.clause')}>
              {body.clause.id} <span class="muted">{t('enf.clause.from', { date: day(body.clause.in_force_from) })}</span>
            </Fact>
          )}
          {first && (
            <Fact term={tCode('m.', first[0])}>
              <span class="measure">{measured(...first)}</span>
              {first[0].endsWith('_s') && <Doubt body={body} />}
            </Fact>
          )}
          <Fact term={t('enf.user')}>
            {tCode('user.', body.road_user)} <span class="muted">{t('enf.confidence', { p: percent(body.confidence) })}</span>
          </Fact>
          <Fact term={t('enf.when')}>
            {dayTimeSeconds(body.time_ms)}
            {body.uncertainty_s > 0 && <span class="muted"> ± {t('m.seconds', { n: number(body.uncertainty_s, 2) })}</span>}
          </Fact>
          <Fact term={t('enf.camera')}>
            {say(body.camera_name)} <span class="muted">{body.camera_id}</span>
          </Fact>
        </dl>
        {others.length > 0 && (
          <details class="versions">
            <summary>{t('enf.measured.more')}</summary>
            <dl class="facts">
              {others.map(([name, value]) => (
                <Fact key={name} term={tCode('m.', name)}>
                  {measured(name, value)}
                </Fact>
              ))}
            </dl>
          </details>
        )}
      </section>
      <section class="card-part">
        <h3>{t('enf.plate')}</h3>
        {body.plate ? (
          <p class="plate-line">
            <span class="plate">{body.plate}</span>
            <span class="muted">{t('enf.plate.confidence', { p: percent(body.plate_confidence) })}</span>
          </p>
        ) : (
          <>
            {body.plate_partial && (
              <p class="plate-line">
                <span class="plate">{body.plate_partial}</span>
                <span class="muted">{tCode('enf.plate.doubt.', body.plate_doubt ?? 'signs')}</span>
              </p>
            )}
            <p class="candidate-note">{t('enf.plate.none')}</p>
          </>
        )}
        {pictures.length > 0 && (body.has_copy || seesOriginal(body)) && (
          <div class="pictures" role="group" aria-label={t('enf.pictures')}>
            {pictures.map((file) => (
              <a key={file.name} href={fileAddress(body, file.name)} target="_blank" rel="noopener">
                <img src={fileAddress(body, file.name)} alt={t('enf.picture', { name: file.name })} loading="lazy" />
              </a>
            ))}
          </div>
        )}
      </section>
      <section class="card-part">
        <h3>{t('enf.exceptions')}</h3>
        {Object.keys(body.exceptions).length === 0 ? (
          <p class="small-note">{t('enf.exceptions.none')}</p>
        ) : (
          <dl class="facts">
            {Object.entries(body.exceptions).map(([name, words]) => (
              <Fact key={name} term={tCode('ex.', name)}>
                {exception(name, words)}
              </Fact>
            ))}
          </dl>
        )}
      </section>
      <PackagePart body={body} />
      <section class="card-part">
        <h3>{t('enf.log')}</h3>
        {body.log.length === 0 ? (
          <p class="small-note">{t('enf.log.none')}</p>
        ) : (
          <ol class="log">
            {[...body.log].reverse().map((entry, index) => (
              <li key={index}>
                <time>{dayTimeSeconds(entry.time_ms)}</time>
                <span>
                  <b>{entry.actor}</b> {tCode('log.', entry.action.replace(/^case\./, ''))} {entry.note && <em>{entry.note}</em>}
                </span>
              </li>
            ))}
          </ol>
        )}
        {body.decision?.reason_code && <p class="small-note">{say(reasons.find((reason) => reason.code === body.decision?.reason_code)?.text)}</p>}
      </section>
    </div>
  )
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${number(bytes / 1000)} kB` : `${number(bytes / 1_000_000, 1)} MB`
}

function PackagePart({ body }: { body: CaseDetail }) {
  const [again, setAgain] = useState<{ id: string; ok: boolean; text: Text } | null>(null)
  const [busy, setBusy] = useState(false)
  const shown = again?.id === body.case_id ? again : body.verification
  const check = async () => {
    setBusy(true)
    try {
      setAgain({ id: body.case_id, ...(await post<{ ok: boolean; text: Text }>(`/api/cases/${segment(body.case_id)}/verify`)) })
    } catch (error) {
      show(t('enf.failed', { detail: (error as Error).message }))
    } finally {
      setBusy(false)
    }
  }
  const bytes = body.files.reduce((sum, file) => sum + file.bytes, 0)
  return (
    <section class="card-part">
      <h3>{t('enf.package')}</h3>
      <p class={shown.ok ? 'verdict is-ok' : 'verdict is-bad'} role="status">
        <Icon name={shown.ok ? 'check' : 'warn'} />
        <span>
          <b>{busy ? t('enf.package.checking') : shown.ok ? t('enf.package.ok') : t('enf.package.bad')}</b> {say(shown.text)}
        </span>
      </p>
      <p class="small-note">{t('enf.package.files', { n: body.files.length, size: megabytes(bytes) })}</p>
      <div class="acts-row">
        <button type="button" class="button" disabled={busy} onClick={() => void check()}>
          {t('enf.package.check')}
        </button>
        {seesOriginal(body) && (
          <a class="button" href={`/api/cases/${segment(body.case_id)}/package.zip`} download>
            {t('enf.package.download')}
          </a>
        )}
        {body.has_copy && (
          <a class="button" href={`/api/cases/${segment(body.case_id)}/redacted.zip`} download>
            {t('enf.package.redacted')}
          </a>
        )}
      </div>
      <details class="versions">
        <summary>{t('enf.versions')}</summary>
        <dl class="facts">
          {Object.entries(body.versions).map(([name, version]) => (
            <Fact key={name} term={name}>
              {version}
            </Fact>
          ))}
        </dl>
      </details>
    </section>
  )
}
