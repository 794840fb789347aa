/** The rider's first page: search, saved stops, near me after asking, then the lines. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useCity } from '../core/city.ts'
import { setQuery, usePlace } from '../core/router.ts'
import type { RouteHit, SearchHits, StopHit } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t } from '../i18n/index.ts'
import { Icon } from '../ui/icons.tsx'
import { Empty, Panel } from '../ui/states.tsx'
import { Disruptions } from './disruptions.tsx'
import { useFavourites, useRecent } from './favourites.ts'
import { RouteLink, StopLink } from './hits.tsx'
import { SavedStop } from './saved_stop.tsx'

const TYPING_PAUSE_MS = 200
const FIRST_ROUTES = 12

export function Home() {
  const { query } = usePlace()
  const q = query.get('q') ?? ''
  const city = useCity()
  useEffect(() => {
    document.title = t('home.title')
  })
  return (
    <main id="main" class="rider">
      <h1 class="hidden">{t('home.title')}</h1>
      <SearchBox q={q} />
      {q ? (
        <Results q={q} />
      ) : city && !city.parts.gtfs ? (
        <Empty icon="bus" title={t('home.gtfs.none')} hint={t('home.gtfs.none.hint')} />
      ) : (
        <>
          <Favourites />
          <NearMe />
          <Disruptions />
          <Recent />
          <AllRoutes />
          <p class="foot-link">
            <a href="/developers">{t('dev.link')}</a>
          </p>
        </>
      )}
    </main>
  )
}

function SearchBox({ q }: { q: string }) {
  const [typed, setTyped] = useState(q)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const timer = setTimeout(() => setQuery({ q: typed.trim() || null }), TYPING_PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <search class="search">
      <label class="hidden" for="search">
        {t('home.search')}
      </label>
      <Icon name="search" />
      <input
        id="search"
        ref={field}
        type="search"
        value={typed}
        placeholder={t('home.search')}
        autocomplete="off"
        enterkeyhint="search"
        aria-describedby="search-hint"
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {typed && (
        <button
          type="button"
          class="icon-button"
          aria-label={t('app.clear')}
          onClick={() => {
            setTyped('')
            field.current?.focus()
          }}
        >
          <Icon name="close" />
        </button>
      )}
      <p id="search-hint" class="hidden">
        {t('home.search.hint')}
      </p>
    </search>
  )
}

function Results({ q }: { q: string }) {
  const data = useData<SearchHits>(`/api/search?q=${encodeURIComponent(q)}&limit=20`)
  return (
    <div aria-live="polite">
      <Panel
        data={data}
        what="what.search"
        rows={5}
        isEmpty={(hits) => hits.stops.length + hits.routes.length === 0}
        empty={<Empty icon="search" title={t('home.none', { q })} hint={t('home.none.hint')} />}
      >
        {(hits) => (
          <>
            {hits.routes.length > 0 && (
              <section class="block">
                <h2>{t('home.routes')}</h2>
                <ul class="list">
                  {hits.routes.map((route) => (
                    <li key={route.route_id}>
                      <RouteLink route={route} />
                    </li>
                  ))}
                </ul>
              </section>
            )}
            {hits.stops.length > 0 && (
              <section class="block">
                <h2>{t('home.stops')}</h2>
                <ul class="list">
                  {hits.stops.map((stop) => (
                    <li key={stop.stop_id}>
                      <StopLink stop={stop} />
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </>
        )}
      </Panel>
    </div>
  )
}

function Favourites() {
  const favourites = useFavourites()
  return (
    <section class="block">
      <h2>{t('home.favourites')}</h2>
      {favourites.length === 0 ? (
        <p class="quiet-note">
          <Icon name="star" />
          {t('home.favourites.empty')}
        </p>
      ) : (
        <ul class="list">
          {favourites.map((stop) => (
            <li key={stop.stop_id}>
              <SavedStop stop={stop} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Recent() {
  const saved = new Set(useFavourites().map((stop) => stop.stop_id))
  const recent = useRecent().filter((stop) => !saved.has(stop.stop_id))
  if (recent.length === 0) return null
  return (
    <section class="block">
      <h2>{t('home.recent')}</h2>
      <ul class="list">
        {recent.map((stop) => (
          <li key={stop.stop_id}>
            <StopLink stop={stop} />
          </li>
        ))}
      </ul>
    </section>
  )
}

type Asking = { state: 'idle' | 'asking' | 'refused' } | { state: 'known'; lon: number; lat: number }

function NearMe() {
  const [asking, setAsking] = useState<Asking>({ state: 'idle' })
  const ask = () => {
    if (!('geolocation' in navigator)) return setAsking({ state: 'refused' })
    setAsking({ state: 'asking' })
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => setAsking({ state: 'known', lon: coords.longitude, lat: coords.latitude }),
      () => setAsking({ state: 'refused' }),
      { timeout: 10_000, maximumAge: 60_000 },
    )
  }
  return (
    <section class="block">
      <h2>{t('home.near')}</h2>
      {asking.state === 'known' ? (
        <NearStops lon={asking.lon} lat={asking.lat} />
      ) : (
        <>
          <button type="button" class="button button-wide" disabled={asking.state === 'asking'} onClick={ask}>
            <Icon name="near" />
            {asking.state === 'asking' ? t('home.near.asking') : t('home.near.ask')}
          </button>
          <p class="small-note" role="status">
            {asking.state === 'refused' ? t('home.near.refused') : t('home.near.why')}
          </p>
        </>
      )}
    </section>
  )
}

function NearStops({ lon, lat }: { lon: number; lat: number }) {
  const data = useData<{ stops: StopHit[] }>(`/api/stops/near?lon=${lon.toFixed(5)}&lat=${lat.toFixed(5)}&limit=8`)
  return (
    <Panel data={data} what="what.near" rows={3} isEmpty={(body) => body.stops.length === 0} empty={<Empty icon="near" title={t('home.near.none')} />}>
      {(body) => (
        <ul class="list">
          {body.stops.map((stop) => (
            <li key={stop.stop_id}>
              <StopLink stop={stop} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function AllRoutes() {
  const data = useData<{ routes: RouteHit[] }>('/api/routes')
  const [all, setAll] = useState(false)
  return (
    <section class="block">
      <h2>{t('home.routes.all')}</h2>
      <Panel data={data} what="what.routes" rows={6} rowHeight={52} isEmpty={(body) => body.routes.length === 0} empty={<Empty icon="bus" title={t('home.gtfs.none')} hint={t('home.gtfs.none.hint')} />}>
        {(body) => (
          <>
            <ul class="list">
              {(all ? body.routes : body.routes.slice(0, FIRST_ROUTES)).map((route) => (
                <li key={route.route_id}>
                  <RouteLink route={route} />
                </li>
              ))}
            </ul>
            {!all && body.routes.length > FIRST_ROUTES && (
              <button type="button" class="button button-wide" onClick={() => setAll(true)}>
                {t('app.more')} ({body.routes.length - FIRST_ROUTES})
              </button>
            )}
          </>
        )}
      </Panel>
    </section>
  )
}
