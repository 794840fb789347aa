/** What the machine learnt from staff: how far it believes each kind of evidence, and each lesson, which can be taken back. */
import { useState } from 'preact/hooks'
import { ApiError, post, segment } from '../core/api.ts'
import { setQuery } from '../core/router.ts'
import type { LearntBody, Lesson } from '../core/road_types.ts'
import type { IncidentView } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { ago, number, percent } from '../i18n/format.ts'
import { say, t, tCode } from '../i18n/index.ts'
import { Empty, Panel } from '../ui/states.tsx'
import { show } from '../ui/toast.tsx'
import { wantedPlace } from './search.tsx'

const EVERY_MS = 30_000

export function Learnt() {
  const data = useData<LearntBody>('/api/incidents/learnt', EVERY_MS)
  return (
    <>
      <p class="list-note">{t('learnt.lead')}</p>
      <Panel data={data} what="what.learnt" rows={4} isEmpty={(body) => body.lessons.length === 0} empty={<Empty icon="info" title={t('learnt.none')} hint={t('learnt.none.hint')} />}>
        {(body) => (
          <>
            <Kinds kinds={body.kinds} />
            <h2 class="list-head">{t('learnt.lessons')}</h2>
            <ul class="queue">
              {body.lessons.map((lesson) => (
                <LessonRow key={lesson.incident_id} lesson={lesson} done={data.reload} />
              ))}
            </ul>
          </>
        )}
      </Panel>
    </>
  )
}

function Kinds({ kinds }: { kinds: LearntBody['kinds'] }) {
  if (kinds.length === 0) return null
  return (
    <>
      <h2 class="list-head">{t('learnt.kinds')}</h2>
      <ul class="findings learnt-kinds">
        {kinds.map((one) => (
          <li key={one.kind} class="finding">
            <span class="finding-from">{tCode('finding.', one.kind)}</span>
            <span class="odds-bar" aria-hidden="true">
              <span style={{ width: `${100 * one.trust}%` }} />
            </span>
            <p>{t('learnt.kind', { right: one.right, wrong: one.wrong, p: percent(one.trust) })}</p>
          </li>
        ))}
      </ul>
    </>
  )
}

function look(lesson: Lesson): void {
  wantedPlace.set({ lon: lesson.lon, lat: lesson.lat, zoom: 15 })
  setQuery({ view: 'map' })
}

function LessonRow({ lesson, done }: { lesson: Lesson; done: () => void }) {
  const [busy, setBusy] = useState(false)
  const known = lesson.reason === 'already_known'
  const change = async (action: 'forget' | 'recall') => {
    setBusy(true)
    try {
      await post<IncidentView>(`/api/incidents/${segment(lesson.incident_id)}/lesson/${action}`)
      show(t(action === 'forget' ? 'learnt.forgot' : 'learnt.recalled', { title: say(lesson.title) }), () => void change(action === 'forget' ? 'recall' : 'forget'))
      done()
    } catch (error) {
      const offline = error instanceof ApiError && error.offline
      show(offline ? t('act.offline') : t('act.failed', { detail: (error as Error).message }))
    } finally {
      setBusy(false)
    }
  }
  return (
    <li class={lesson.learnt ? 'lesson' : 'lesson is-off'}>
      <button type="button" class="text-button lesson-title" onClick={() => look(lesson)}>
        {say(lesson.title)}
      </button>
      <p class="queue-sub">
        <b>{t(lesson.real ? 'learnt.real' : 'learnt.false')}</b>
        {lesson.reason && ` · ${tCode('reason.', lesson.reason)}`} · {t('learnt.by', { who: lesson.actor, ago: ago(Date.now() - lesson.judged_ms) })}
      </p>
      <p class="queue-sub">{effectOf(lesson)}</p>
      {!known && (
        <button type="button" class="button" disabled={busy} onClick={() => void change(lesson.learnt ? 'forget' : 'recall')}>
          {t(lesson.learnt ? 'learnt.forget' : 'learnt.recall')}
        </button>
      )}
    </li>
  )
}

function effectOf(lesson: Lesson): string {
  if (!lesson.learnt) return t('learnt.off')
  return lesson.times > 1.05 ? t('learnt.harder', { n: number(lesson.times, 1) }) : t('learnt.same')
}
