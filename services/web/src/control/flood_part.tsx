/** What an incident's card says of water: how deep, who gets through, who said so and when; and saying it anew. */
import { useState } from 'preact/hooks'
import { useNow } from '../core/clock.ts'
import type { Depth, IncidentView } from '../core/types.ts'
import { ago } from '../i18n/format.ts'
import { t, tCode } from '../i18n/index.ts'
import { FRESH_MS, WhoPasses } from './depths.tsx'
import { DepthChoice, setDepth } from './flooding.tsx'

export function FloodPart({ flood, take }: { flood: IncidentView; take: (incident: IncidentView) => void }) {
  const now = useNow(5000)
  const [busy, setBusy] = useState(false)
  const holds = flood.state === 'verified' || flood.state === 'responding'
  const said = flood.log.findLast((entry) => entry.action === 'set')
  const again = async (depth: Depth) => {
    setBusy(true)
    await setDepth(flood, depth, [flood], take)
    setBusy(false)
  }
  return (
    <section class="card-part">
      <h3>{flood.flood ? tCode('depth.', flood.flood) : t('kind.flood')}</h3>
      <WhoPasses passable={flood.passable ?? []} />
      <p class="small-note">
        {t('flood.said', { age: ago(now - flood.updated_ms) })}
        {said && ` · ${said.actor}`}
      </p>
      {holds && now - flood.updated_ms > FRESH_MS && <p class="trust trust-unsure">{t('flood.old')}</p>}
      {holds && (
        <>
          <h3>{t('flood.again')}</h3>
          <DepthChoice busy={busy} current={flood.flood ?? null} choose={(depth) => void again(depth)} />
        </>
      )}
    </section>
  )
}
