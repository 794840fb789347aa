/** Open feeds for other people's apps: what there is, where it is, how to ask. */
import { useEffect } from 'preact/hooks'
import type { OpenFeed, OpenFeeds } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { clockSeconds, day, number } from '../i18n/format.ts'
import { say, t } from '../i18n/index.ts'
import '../styles/developers.css'
import { Fact } from '../ui/bits.tsx'
import { Icon } from '../ui/icons.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import { show } from '../ui/toast.tsx'

const EVERY_MS = 15_000

export function DevelopersPage() {
  const data = useData<OpenFeeds>('/api/open-feeds', EVERY_MS)
  useEffect(() => {
    document.title = t('dev.title')
  })
  return (
    <main id="main" class="rider developers">
      <h1 class="dev-title">{t('dev.title')}</h1>
      <p class="dev-lead">{t('dev.lead')}</p>
      <Panel data={data} what="what.feedlist" rows={6} rowHeight={112} isEmpty={(body) => body.feeds.length === 0} empty={<Empty icon="info" title={t('dev.none')} />}>
        {(body) => (
          <>
            <section class="block">
              <h2>{t('dev.feeds')}</h2>
              <p class="small-note">{t('dev.made', { time: clockSeconds(body.made_ms) })}</p>
              <ul class="list">
                {body.feeds.map((feed) => (
                  <Feed key={feed.id} feed={feed} />
                ))}
              </ul>
              <p class="small-note">{t('dev.how', { n: body.refresh_s })}</p>
              <p class="small-note">{t('dev.uncertainty')}</p>
            </section>
            <Static feed={body.static} />
          </>
        )}
      </Panel>
    </main>
  )
}

function Feed({ feed }: { feed: OpenFeed }) {
  return (
    <li class="dev-feed">
      <p class="dev-head">
        <strong>{say(feed.text)}</strong>
        <small>
          {feed.standard}
          {feed.entities !== null && ` · ${t('dev.entities', { n: number(feed.entities) })}`}
        </small>
        {feed.experimental && <span class="dev-chip">{t('dev.experimental')}</span>}
      </p>
      {feed.forms.map((form) => (
        <Address key={form.path} path={form.path} />
      ))}
    </li>
  )
}

/** An address to open, and a button that copies it whole. */
function Address({ path }: { path: string }) {
  const whole = location.origin + path
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(whole)
      show(t('app.copied'))
    } catch {
      // No clipboard in this browser: the address can still be selected.
    }
  }
  return (
    <p class="dev-address">
      {path.includes('{') ? <code>{path}</code> : <a href={path}>{path}</a>}
      <button type="button" class="icon-button" aria-label={t('dev.copy', { path })} onClick={() => void copy()}>
        <Icon name="layers" />
      </button>
    </p>
  )
}

function Static({ feed }: { feed: OpenFeeds['static'] }) {
  return (
    <section class="block">
      <h2>{t('dev.static')}</h2>
      {feed === null ? (
        <p class="quiet-note">
          <Icon name="info" />
          {t('dev.static.none')}
        </p>
      ) : (
        <div class="list dev-feed">
          <p class="small-note">{t('dev.static.hint')}</p>
          <Address path={feed.path} />
          <dl class="facts">
            {feed.version && <Fact term={t('dev.version')}>{feed.version}</Fact>}
            {feed.first_date && feed.last_date && <Fact term={t('dev.span')}>{`${day(feed.first_date)} – ${day(feed.last_date)}`}</Fact>}
            <Fact term={t('dev.zone')}>{feed.timezone}</Fact>
            <Fact term={t('dev.size')}>{t('unit.kb', { n: number(Math.ceil(feed.bytes / 1000)) })}</Fact>
            <Fact term="SHA-256" wide>
              <code>{feed.sha256}</code>
            </Fact>
          </dl>
        </div>
      )}
    </section>
  )
}
