/** What the colours and signs of the map mean, and what becomes of roads whose state is doubtful. */
import { setQuery } from '../core/router.ts'
import { t, tCode, type Key } from '../i18n/index.ts'
import type { Honesty } from '../map/style.ts'

const ROAD_LEVELS = ['free', 'slow', 'congested', 'blocked', 'no_data'] as const
const BUS_LEVELS = ['onTime', 'slow', 'late', 'early', 'unknown', 'stale'] as const
const HONESTIES: Honesty[] = ['all', 'fade', 'sure']

export const readHonesty = (text: string | null): Honesty => HONESTIES.find((one) => one === text) ?? 'fade'

/** The switch of honesty: a picture of the city is also a picture of what nobody saw. */
export function HonestySwitch({ honesty }: { honesty: Honesty }) {
  return (
    <div class="honesty" role="group" aria-label={t('honesty.title')}>
      <span class="honesty-title">{t('honesty.title')}</span>
      {HONESTIES.map((one) => (
        <button key={one} type="button" aria-pressed={one === honesty} title={t(`honesty.${one}.hint` as Key)} onClick={() => setQuery({ doubt: one === 'fade' ? null : one })}>
          {t(`honesty.${one}` as Key)}
        </button>
      ))}
    </div>
  )
}

export function Legend({ honesty }: { honesty: Honesty }) {
  return (
    <details class="legend">
      <summary>{t('legend.title')}</summary>
      <div class="legend-body">
        <b>{t('legend.roads')}</b>
        <ul>
          {ROAD_LEVELS.map((level) => (
            <li key={level}>
              <span class={`key-road key-${level}`} aria-hidden="true" /> {tCode('level.', level)} {level !== 'no_data' && <small>{t(`level.${level}.jam` as Key)}</small>}
            </li>
          ))}
          {honesty !== 'sure' && (
            <>
              <li>
                <span class="key-road key-guess" aria-hidden="true" /> {t('legend.guess')}
              </li>
              <li>
                <span class="key-road key-unsure" aria-hidden="true" /> {t('legend.unsure')}
              </li>
            </>
          )}
        </ul>
        <p class="legend-note">{t(`honesty.${honesty}.hint` as Key)}</p>
        <b>{t('legend.buses')}</b>
        <ul>
          {BUS_LEVELS.map((level) => (
            <li key={level}>
              <span class={`key-bus key-bus-${level}`} aria-hidden="true" /> {t(`bus.${level}` as Key)}
            </li>
          ))}
          <li>
            <span class="key-candidate" aria-hidden="true" /> {t('legend.candidate')}
          </li>
        </ul>
        <b>{t('legend.water')}</b>
        <ul>
          {(['open', 'some', 'shut'] as const).map((sign) => (
            <li key={sign}>
              <span class={`key-flood key-flood-${sign}`} aria-hidden="true" /> {t(`legend.water.${sign}` as Key)}
            </li>
          ))}
        </ul>
      </div>
    </details>
  )
}
