/** The other lists on the left: bus alerts, feeds with their four scores, cameras. */
import { useNow } from '../core/clock.ts'
import type { AlertView, CameraCount, CameraView, FeedView } from '../core/types.ts'
import type { Data } from '../core/use_data.ts'
import { clockTime, number, span } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { QualityBars } from '../ui/bits.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import { alertsByKind } from './alert_kinds.ts'
import { select, type Selection } from './selection.ts'

/** More of one kind are folded away until somebody opens them. */
const FEW_ALERTS = 12

export function Feeds({ data }: { data: Data<{ feeds: FeedView[] }> }) {
  return (
    <Panel data={data} what="what.feeds" rows={3} rowHeight={120} isEmpty={(body) => body.feeds.length === 0} empty={<Empty icon="layers" title={t('feed.empty')} hint={t('feed.empty.hint')} />}>
      {(body) => (
        <ul class="cards-list">
          {body.feeds.map((feed) => (
            <li key={feed.source} class="feed">
              <p class="feed-head">
                <b>{feed.source}</b>
                <span class={feed.age_s === null || feed.age_s > 120 ? 'feed-age is-late' : 'feed-age'}>
                  {feed.age_s === null ? t('feed.silent') : t('feed.age', { span: span(feed.age_s * 1000) })}
                </span>
              </p>
              <QualityBars quality={feed.quality} />
              <p class="feed-sub">
                {t('feed.vehicles', { live: number(feed.vehicles_live), n: number(feed.vehicles) })} · {t('feed.fixes', { n: number(feed.fixes) })}
              </p>
              {feed.worst && <p class="feed-worst">{t('feed.worst', { text: say(feed.worst) })}</p>}
              <AtFault faults={feed.at_fault ?? []} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

/** The vehicles whose reports were mended or left out most in the last hour; a press shows one on the map. */
function AtFault({ faults }: { faults: FeedView['at_fault'] }) {
  if (faults.length === 0) return null
  return (
    <details class="feed-faults">
      <summary>{t('feed.faults', { n: number(faults.length) })}</summary>
      <ul>
        {faults.map((fault) => (
          <li key={`${fault.vehicle_id}/${fault.rule}`}>
            <button type="button" class="text-button" onClick={() => select({ kind: 'vehicle', id: fault.vehicle_id })}>
              {fault.vehicle_id}
            </button>{' '}
            {t('feed.fault', { rule: tCode('fault.', fault.rule), n: number(fault.count) })}
          </li>
        ))}
      </ul>
    </details>
  )
}

export function BusAlerts({ data }: { data: Data<{ alerts: AlertView[] }> }) {
  const now = useNow(5000)
  return (
    <Panel data={data} what="what.alerts" rows={5} isEmpty={(body) => body.alerts.length === 0} empty={<Empty icon="bus" title={t('alerts.empty')} />}>
      {(body) => (
        <>
          {alertsByKind(body.alerts).map(({ kind, alerts }) => (
            <details key={kind} class="alert-kind" open={alerts.length <= FEW_ALERTS}>
              <summary>
                {tCode('alert.', kind)} <b>{alerts.length}</b>
              </summary>
              <ul class="queue">
                {alerts.map((alert) => (
                  <li key={alert.alert_id}>
                    <AlertRow alert={alert} now={now} />
                  </li>
                ))}
              </ul>
            </details>
          ))}
        </>
      )}
    </Panel>
  )
}

/** An alert leads to its bus, else to its line. */
function AlertRow({ alert, now }: { alert: AlertView; now: number }) {
  const target: Selection | null = alert.vehicle_id ? { kind: 'vehicle', id: alert.vehicle_id } : alert.route_id ? { kind: 'line', id: alert.route_id } : null
  return (
    <button type="button" class="queue-row" disabled={!target} onClick={() => select(target)}>
      <span class="queue-title">{say(alert.text)}</span>
      <span class="queue-sub">{t('queue.since', { time: clockTime(alert.started_ms), span: span(now - alert.started_ms) })}</span>
    </button>
  )
}

/** Colour of a camera's state; one without pictures is neither well nor ill. */
export function cameraTone(camera: CameraView): string {
  if (!camera.pictures) return 'level-no_data'
  return camera.state === 'ok' ? 'level-free' : 'level-blocked'
}

/** Road users a minute at all approaches, in the newest interval of each, by how long it was watched. */
export function perMinute(camera: CameraView): number {
  return Math.round(camera.counts.reduce((sum, one) => sum + (total(one.counts) * 60) / Math.max(1, watchedSeconds(one)), 0))
}

/** For how long road users were counted. */
export function watchedSeconds(count: CameraCount): number {
  const whole = (count.end_ms - count.start_ms) / 1000
  return count.watched_s === null ? whole : Math.min(count.watched_s, whole)
}

export function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0)
}

export function Cameras({ data }: { data: Data<{ cameras: CameraView[] }> }) {
  return (
    <Panel data={data} what="what.cameras" rows={4} isEmpty={(body) => body.cameras.length === 0} empty={<Empty icon="camera" title={t('camera.empty')} hint={t('camera.empty.hint')} />}>
      {(body) => (
        <ul class="queue">
          {body.cameras.map((camera) => (
            <li key={camera.camera_id}>
              <button type="button" class="queue-row" onClick={() => select({ kind: 'camera', id: camera.camera_id })}>
                <span class="queue-top">
                  <span class={`chip ${cameraTone(camera)}`}>{tCode('camera.', camera.state)}</span>
                  <span class="queue-odds">{camera.camera_id}</span>
                </span>
                <span class="queue-title">{say(camera.name)}</span>
                <span class="queue-sub">{camera.counts.length > 0 ? t('camera.perMinute', { n: number(perMinute(camera)) }) : say(camera.text)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
