/** The slider of time under the map: three hours back, now, an hour ahead; any minute of the last day; playing. */
import { useEffect } from 'preact/hooks'
import { now, useNow } from '../core/clock.ts'
import type { EdgesBody, PastEdgesBody } from '../core/road_types.ts'
import { setQuery, usePlace } from '../core/router.ts'
import { makeStore, useStore } from '../core/store.ts'
import { type Data, useData, useHeld } from '../core/use_data.ts'
import { ago, clockTime, dayTime } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import { fromNow, lastTime, MARKS, type Moment, NOW, playOn, readMoment, STOPS, stopOf, writeMoment } from './moment.ts'

const AGAIN_MS = 60_000
const TURN_MS = 10_000
const PLAY_MS = 1_200
const DAY_MS = 86_400_000

export interface RoadsThen extends Moment {
  forecast: Data<EdgesBody>
  past: Data<PastEdgesBody>
  /** The newest body of the past: while another one is read the last stays, with its own time. */
  then: PastEdgesBody | null
}

/** The moment in the address, and the roads as they were or will be then. */
export function useMoment(): RoadsThen {
  const { query } = usePlace()
  const moment = readMoment(query.get('t'), now())
  const forecast = useData<EdgesBody>(moment.minutes ? `/api/edges?at=${moment.minutes}` : null, AGAIN_MS)
  const past = useData<PastEdgesBody>(moment.pastMs === null ? null : `/api/edges/past?time_ms=${moment.pastMs}`)
  return { ...moment, forecast, past, then: useHeld(past.value, moment.pastMs !== null) }
}

const playing = makeStore(false)

export const show = (moment: Moment): void => setQuery({ t: writeMoment(moment) })

function choose(moment: Moment): void {
  playing.set(false)
  show(moment)
}

/** Begin to play the last hour, or go on from the moment shown; stop where it plays. */
export const togglePlay = (): void => playing.set(!playing.get())

/** Go on with each turn as long as it plays; a picture that is still being read is waited for. */
function usePlaying(roads: RoadsThen): boolean {
  const isPlaying = useStore(playing)
  const waiting = roads.pastMs !== null && roads.past.loading
  useEffect(() => {
    if (!isPlaying || waiting) return
    const timer = setTimeout(() => {
      const next = playOn(roads, now())
      if (next.pastMs === null) playing.set(false)
      show(next)
    }, roads.pastMs === null ? 0 : PLAY_MS)
    return () => clearTimeout(timer)
  }, [isPlaying, waiting, roads.pastMs])
  useEffect(() => () => playing.set(false), [])
  return isPlaying
}

const markOf = (minutes: number): string =>
  minutes === 0 ? t('ahead.now') : minutes > 0 ? t('ahead.plus', { n: minutes }) : t('past.hours', { n: -minutes / 60 })

function wordsOf({ minutes, pastMs }: Moment, nowMs: number): string {
  return pastMs === null ? markOf(minutes) : t('past.said', { at: clockTime(pastMs), ago: ago(nowMs - pastMs) })
}

export function MomentSlider({ roads }: { roads: RoadsThen }) {
  const nowMs = useNow(TURN_MS)
  const isPlaying = usePlaying(roads)
  const at = stopOf(roads, nowMs)
  const shown = roads.pastMs ?? nowMs
  return (
    <div class={roads.minutes ? 'ahead is-forecast' : roads.pastMs !== null ? 'ahead is-past' : 'ahead'} role="group" aria-label={t('past.title')}>
      <button type="button" class="icon-button" aria-pressed={isPlaying} onClick={togglePlay} aria-label={t(isPlaying ? 'past.pause' : 'past.play')} title={t(isPlaying ? 'past.pause' : 'past.play')}>
        <Icon name={isPlaying ? 'pause' : 'play'} />
      </button>
      <div class="ahead-track">
        <label class="hidden" for="ahead">
          {t('ahead.label')}
        </label>
        <input
          id="ahead"
          type="range"
          min={0}
          max={STOPS.length - 1}
          step={1}
          value={at}
          aria-valuetext={wordsOf(roads, nowMs)}
          onInput={(event) => choose(fromNow(STOPS[Number(event.currentTarget.value)] ?? 0, now()))}
        />
        <div class="ahead-marks" aria-hidden="true">
          {MARKS.map((one) => (
            <button key={one} type="button" tabIndex={-1} style={{ left: `${(100 * STOPS.indexOf(one)) / (STOPS.length - 1)}%` }} class={STOPS[at] === one ? 'is-here' : ''} onClick={() => choose(fromNow(one, now()))}>
              {markOf(one)}
            </button>
          ))}
        </div>
      </div>
      <label class="ahead-clock">
        <span class="hidden">{t('past.clock')}</span>
        <input
          type="text"
          inputMode="numeric"
          maxLength={5}
          value={clockTime(shown)}
          title={t('past.clock')}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            const wanted = lastTime(event.currentTarget.value, clockTime(now()), now())
            event.currentTarget.value = clockTime(wanted?.pastMs ?? now())
            choose(wanted ?? NOW)
          }}
        />
      </label>
    </div>
  )
}

/** Across the top of the map while it does not show the present. */
export function MomentBand({ roads }: { roads: RoadsThen }) {
  if (roads.minutes === 0 && roads.pastMs === null) return null
  return (
    <div class="ahead-band" role="status">
      <p>{roads.pastMs === null ? <AheadWords roads={roads} /> : <PastWords roads={roads} pastMs={roads.pastMs} />}</p>
      <button type="button" class="button" onClick={() => choose(NOW)}>
        {t('ahead.back')}
      </button>
    </div>
  )
}

function AheadWords({ roads: { minutes, forecast } }: { roads: RoadsThen }) {
  const made = forecast.value?.made_ms
  const failed = !forecast.value && forecast.error !== null
  return (
    <>
      <b>{t('ahead.band', { n: minutes })}</b>{' '}
      {failed && t('state.error', { what: t('what.forecast') })}
      {!failed && !forecast.value && t('app.loading')}
      {forecast.value && (made == null ? t('ahead.none') : t('ahead.made', { about: clockTime(made + minutes * AGAIN_MS), made: clockTime(made) }))}
    </>
  )
}

function PastWords({ roads, pastMs }: { roads: RoadsThen; pastMs: number }) {
  const shownMs = roads.then?.time_ms ?? pastMs
  const at = now() - shownMs < DAY_MS ? clockTime(shownMs) : dayTime(shownMs)
  return (
    <>
      <b>{t('past.band', { at })}</b>{' '}
      {roads.past.error ? t('state.error', { what: t('what.past') }) : !roads.then ? t('app.loading') : t(roads.then.states.length ? 'past.words' : 'past.none')}
    </>
  )
}
