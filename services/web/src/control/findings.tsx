/** Why the machine believes it: each kind of evidence in a sentence, from whom, and how strong it is. */
import type { IncidentView } from '../core/types.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'

type Finding = NonNullable<IncidentView['evidence']['findings']>[number]

/** A bar is full at odds of e⁴, about 55 to 1. */
const FULL = 4
/** Odds raised tenfold are strong, threefold fair. */
const STRONG = 2.3
const FAIR = 1.1

const strengthOf = ({ log_odds }: Finding): string => (log_odds < 0 ? 'against' : log_odds >= STRONG ? 'strong' : log_odds >= FAIR ? 'fair' : 'weak')

export function Findings({ findings }: { findings: readonly Finding[] }) {
  return (
    <ul class="findings">
      {findings.map((finding) => {
        const strength = strengthOf(finding)
        return (
          <li key={finding.kind} class={`finding is-${strength}`}>
            <span class="finding-from">{tCode('finding.', finding.kind)}</span>
            <span class="finding-how">{t(`strength.${strength}` as Key)}</span>
            <span class="odds-bar" aria-hidden="true">
              <span style={{ width: `${Math.min(100, (100 * Math.abs(finding.log_odds)) / FULL)}%` }} />
            </span>
            <p>{say(finding.text)}</p>
          </li>
        )
      })}
    </ul>
  )
}
