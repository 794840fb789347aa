/** Why the machine believes it: each kind of evidence in a sentence, from whom, and how strong it is. */
import type { IncidentView } from '../core/types.ts'
import { say, t, tCode, type Key } from '../i18n/index.ts'

type Finding = NonNullable<IncidentView['evidence']['findings']>[number]

/** Half of what is needed is fair, all of it strong. */
const FAIR = 0.5

/** Log odds of evidence that make this place as likely as not: incidents are rare, so it takes much. */
function neededFor(incident: IncidentView, findings: readonly Finding[]): number {
  const p = Math.min(0.999, Math.max(0.001, incident.probability))
  return Math.max(1, findings.reduce((sum, one) => sum + one.log_odds, 0) - Math.log(p / (1 - p)))
}

const strengthOf = (share: number): string => (share < 0 ? 'against' : share >= 1 ? 'strong' : share >= FAIR ? 'fair' : 'weak')

export function Findings({ incident, findings }: { incident: IncidentView; findings: readonly Finding[] }) {
  const needed = neededFor(incident, findings)
  return (
    <ul class="findings">
      {findings.map((finding) => {
        const share = finding.log_odds / needed
        const strength = strengthOf(share)
        return (
          <li key={finding.kind} class={`finding is-${strength}`}>
            <span class="finding-from">{tCode('finding.', finding.kind)}</span>
            <span class="finding-how">{t(`strength.${strength}` as Key)}</span>
            <span class="odds-bar" aria-hidden="true">
              <span style={{ width: `${Math.min(100, 100 * Math.abs(share))}%` }} />
            </span>
            <p>{say(finding.text)}</p>
          </li>
        )
      })}
      <li class="small-note">{t('finding.scale')}</li>
    </ul>
  )
}
