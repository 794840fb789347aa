/** How far ahead the roads are shown: now, or a forecast that says plainly that it is one. */
import type { EdgesBody } from '../core/road_types.ts'
import { type Data, useData } from '../core/use_data.ts'
import { setQuery, usePlace } from '../core/router.ts'
import { clockTime } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'

export const AHEAD_MIN = [0, 15, 30, 60] as const
const AGAIN_MS = 60_000

export const readAhead = (text: string | null): number => AHEAD_MIN.find((one) => String(one) === text) ?? 0

const wordsOf = (minutes: number): string => (minutes === 0 ? t('ahead.now') : t('ahead.plus', { n: minutes }))

export interface Ahead {
  minutes: number
  forecast: Data<EdgesBody>
}

/** The minutes in the address, and the forecast for them; a body without `at_min` is the present of an older server. */
export function useAhead(): Ahead {
  const { query } = usePlace()
  const minutes = readAhead(query.get('t'))
  return { minutes, forecast: useData<EdgesBody>(minutes ? `/api/edges?at=${minutes}` : null, AGAIN_MS) }
}

export const choose = (minutes: number): void => setQuery({ t: minutes ? String(minutes) : null })

export function AheadSlider({ minutes }: { minutes: number }) {
  const at = AHEAD_MIN.findIndex((one) => one === minutes)
  return (
    <div class={minutes ? 'ahead is-forecast' : 'ahead'}>
      <label class="hidden" for="ahead">
        {t('ahead.label')}
      </label>
      <input
        id="ahead"
        type="range"
        min={0}
        max={AHEAD_MIN.length - 1}
        step={1}
        value={at}
        aria-valuetext={wordsOf(minutes)}
        onInput={(event) => choose(AHEAD_MIN[Number(event.currentTarget.value)] ?? 0)}
      />
      <div class="ahead-marks">
        {AHEAD_MIN.map((one) => (
          <button key={one} type="button" tabIndex={-1} aria-hidden="true" class={one === minutes ? 'is-here' : ''} onClick={() => choose(one)}>
            {wordsOf(one)}
          </button>
        ))}
      </div>
    </div>
  )
}

/** Across the top of the map while it does not show the present. */
export function AheadBand({ ahead }: { ahead: Ahead }) {
  const { minutes, forecast } = ahead
  if (!minutes) return null
  const { value, error } = forecast
  return (
    <div class="ahead-band" role="status">
      <p>
        <b>{t('ahead.band', { n: minutes })}</b> {wordsFor(value, minutes, error !== null)}
      </p>
      <button type="button" class="button" onClick={() => choose(0)}>
        {t('ahead.back')}
      </button>
    </div>
  )
}

function wordsFor(value: EdgesBody | null, minutes: number, failed: boolean): string {
  if (!value) return failed ? t('state.error', { what: t('what.forecast') }) : t('app.loading')
  if (value.made_ms == null) return t('ahead.none')
  return t('ahead.made', { about: clockTime(value.made_ms + minutes * 60_000), made: clockTime(value.made_ms) })
}
