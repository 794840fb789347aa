/** Control: what is wrong now, what is it doing to the city, what have I done about it? */
import '../i18n/staff.ts'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { segment } from '../core/api.ts'
import { setQuery, usePlace } from '../core/router.ts'
import { now } from '../core/clock.ts'
import type { EdgeDetail } from '../core/road_types.ts'
import type { AlertView, ArrivalsBody, IncidentView, VehicleDetail } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t, type Key } from '../i18n/index.ts'
import { late } from '../ui/late.tsx'
import { Empty, Panel, StaleBand } from '../ui/states.tsx'
import { useWide } from '../ui/wide.ts'
import '../styles/control.css'
import '../styles/roads.css'
import '../styles/rider.css'
import { askingWhy, useActing } from './actions.tsx'
import { FILTERS, inQueueOrder, matches, mergeNewer, useControlData, type ControlData, type Filter } from './data.ts'
import { CameraCard } from './camera_card.tsx'
import { EdgeCard } from './edge_card.tsx'
import { Jams } from './jams.tsx'
import { WaterList } from './water_list.tsx'
import { BusList, type Choice } from './bus_list.tsx'
import { choose, isAny, readWanted, type Wanted } from './fleet.ts'
import { IncidentCard } from './incident_card.tsx'
import { useControlKeys } from './keys.ts'
import { BusAlerts, Cameras, Feeds } from './lists.tsx'
import { LineCard } from './line_card.tsx'
import { Learnt } from './learnt.tsx'
import { LineList } from './line_list.tsx'
import type { LineBody } from './line_types.ts'
import type { MapPaneProps } from './map_pane.tsx'
import type { Moment } from './moment.ts'
import { useMoment } from './moment_slider.tsx'
import { Queue } from './queue.tsx'
import { ControlSearch } from './search.tsx'
import { select, useSelection, type Selection } from './selection.ts'
import { Strip } from './strip.tsx'
import { StopCard } from './stop_card.tsx'
import { VehicleCard } from './vehicle_card.tsx'

const TABS = ['queue', 'jams', 'water', 'lines', 'buses', 'alerts', 'feeds', 'cameras', 'learnt'] as const
type Tab = (typeof TABS)[number]
// The words are there before the map: its library is fetched beside them.
const MapPane = late<MapPaneProps>(async () => (await import('./map_pane.tsx')).MapPane, {
  wait: () => <div class="map-canvas" aria-busy="true" />,
  failed: () => <Empty icon="warn" title={t('state.error', { what: t('what.map') })} />,
})
const VIEWS = ['list', 'map', 'selected'] as const
const DETAIL_MS = 5_000
const STOP_MS = 10_000
const SILENT_MS = 20_000

export function ControlPage() {
  const data = useControlData()
  const { query } = usePlace()
  const selection = useSelection()
  const filter = FILTERS.find((one) => one === query.get('f')) ?? 'active'
  const tab: Tab = TABS.find((one) => one === query.get('tab')) ?? 'queue'
  const view = VIEWS.find((one) => one === query.get('view')) ?? 'list'
  const incidents = useMemo(() => data.incidents.value?.incidents ?? [], [data.incidents.value])
  const list = useMemo(() => inQueueOrder(incidents.filter((one) => matches(filter, one))), [incidents, filter])
  const shownOnMap = useMemo(() => incidents.filter((one) => matches('active', one)), [incidents])
  const take = (incident: IncidentView) => {
    data.incidents.put({ incidents: mergeNewer<IncidentView>(data.incidents.value?.incidents ?? [], [incident], (one) => one.incident_id, () => 0) })
  }
  const acting = useActing(take)
  const roads = useMoment()
  const mapWanted = useEver(useWide() || view === 'map')
  const vehicle = useData<VehicleDetail>(selection?.kind === 'vehicle' ? `/api/vehicles/${segment(selection.id)}` : null, DETAIL_MS)
  const edge = useData<EdgeDetail>(selection?.kind === 'edge' ? `/api/edges/${segment(selection.id)}` : null, DETAIL_MS)
  const stop = useData<ArrivalsBody>(selection?.kind === 'stop' ? `/api/stops/${segment(selection.id)}/arrivals?limit=12` : null, STOP_MS)
  const line = useData<LineBody>(selection?.kind === 'line' ? `/api/control/lines/${segment(selection.id)}` : null, DETAIL_MS)
  const wanted = useMemo(() => readWanted(query), [query])
  const held = useMemo(() => heldBuses(incidents, data.alerts.value?.alerts ?? []), [incidents, data.alerts.value])
  const choice = useMemo(() => choose(data.fleet.all(), wanted, held, now()), [data.turn, wanted, held])
  const only = useMemo(() => (isAny(wanted) ? new Set(choice.shown.map((bus) => bus.vehicle_id)) : null), [choice])
  const chosen = selection?.kind === 'incident' ? incidents.find((one) => one.incident_id === selection.id) : undefined
  useControlKeys(tab === 'buses' ? null : list, incidents, acting)
  useEffect(() => {
    document.title = t('control.title')
  })
  useEffect(() => {
    if (askingWhy.get() !== selection?.id) askingWhy.set(null)
  }, [selection?.id])

  return (
    <main id="main" class="control" data-view={view}>
      <h1 class="hidden">{t('control.title')}</h1>
      <Strip data={data.overview} />
      <Silence data={data} />
      <div class="control-views" role="group" aria-label={t('app.menu')}>
        {VIEWS.map((one) => (
          <button key={one} type="button" aria-pressed={one === view} onClick={() => setQuery({ view: one === 'list' ? null : one })}>
            {t(`tab.${one}`)}
          </button>
        ))}
      </div>
      <div class="control-cols">
        <section class="control-left" aria-label={t('tab.list')}>
          <ControlSearch fleet={data.fleet} />
          <div class="tabs" role="group" aria-label={t('tab.list')}>
            {TABS.map((one) => (
              <button key={one} type="button" aria-pressed={one === tab} onClick={() => setQuery({ tab: one === 'queue' ? null : one })}>
                {t(`tab.${one}` as Key)}
              </button>
            ))}
          </div>
          <div class="control-scroll">
            <LeftList tab={tab} data={data} list={list} filter={filter} selection={selection} choice={choice} wanted={wanted} moment={roads} />
          </div>
          <Keys />
        </section>
        <section class="control-map" aria-label={t('map.label')}>
          {mapWanted && <MapPane data={data} selection={selection} incidents={shownOnMap} detail={vehicle.value} stop={stop.value} only={only} roads={roads} take={take} />}
        </section>
        <section class="control-right" aria-label={t('selected.title')}>
          <SelectedCard selection={selection} chosen={chosen} acting={acting} take={take} data={data} vehicle={vehicle} edge={edge} stop={stop} line={line} />
        </section>
      </div>
    </main>
  )
}

/** True from the first time on that something was. */
function useEver(now: boolean): boolean {
  const ever = useRef(false)
  ever.current ||= now
  return ever.current
}

/** One band when the stream and the numbers have both stopped. */
function Silence({ data }: { data: ControlData }) {
  const last = Math.max(data.live.heardAt(), data.overview.receivedAt ?? 0)
  const silentMs = last ? Date.now() - last : 0
  if (silentMs < SILENT_MS || !data.overview.error) return null
  return <StaleBand ageMs={silentMs} old={silentMs > 120_000} />
}

/** Buses that stand where they should not: named by an open incident, or stuck by themselves. */
function heldBuses(incidents: readonly IncidentView[], alerts: readonly AlertView[]): Set<string> {
  const stuck = alerts.flatMap((alert) => (alert.kind === 'stuck' && alert.vehicle_id ? [alert.vehicle_id] : []))
  return new Set([...incidents.filter((one) => matches('active', one)).flatMap((one) => one.evidence.vehicle_ids), ...stuck])
}

interface LeftProps {
  tab: Tab
  data: ControlData
  list: IncidentView[]
  filter: Filter
  selection: Selection | null
  choice: Choice
  wanted: Wanted
  moment: Moment
}

function LeftList({ tab, data, list, filter, selection, choice, wanted, moment }: LeftProps) {
  if (tab === 'buses') return <BusList choice={choice} wanted={wanted} known={data.fleet.known} selection={selection} />
  if (tab === 'jams') return <Jams moment={moment} selection={selection} />
  if (tab === 'water') return <WaterList incidents={data.incidents} rain={data.rain} />
  if (tab === 'lines') return <LineList selection={selection} />
  if (tab === 'alerts') return <BusAlerts data={data.alerts} />
  if (tab === 'feeds') return <Feeds data={data.feeds} />
  if (tab === 'cameras') return <Cameras data={data.cameras} />
  if (tab === 'learnt') return <Learnt />
  return <Queue data={data.incidents} list={list} filter={filter} selection={selection} />
}

function Keys() {
  return (
    <details class="keys">
      <summary>{t('keys.title')}</summary>
      <ul>
        {(['next', 'verify', 'dismiss', 'search', 'play', 'close'] as const).map((name) => (
          <li key={name}>{t(`keys.${name}`)}</li>
        ))}
      </ul>
    </details>
  )
}

interface SelectedProps {
  selection: Selection | null
  chosen: IncidentView | undefined
  acting: ReturnType<typeof useActing>
  take: (incident: IncidentView) => void
  data: ControlData
  vehicle: ReturnType<typeof useData<VehicleDetail>>
  edge: ReturnType<typeof useData<EdgeDetail>>
  stop: ReturnType<typeof useData<ArrivalsBody>>
  line: ReturnType<typeof useData<LineBody>>
}

function SelectedCard({ selection, chosen, acting, take, data, vehicle, edge, stop, line }: SelectedProps) {
  const close = () => select(null)
  if (!selection) return <Empty icon="target" title={t('selected.none')} hint={t('selected.none.hint')} />
  const camera = selection.kind === 'camera' ? data.cameras.value?.cameras.find((one) => one.camera_id === selection.id) : undefined
  return (
    <>
      <button type="button" class="text-button card-close" onClick={close}>
        {t('app.close')} <kbd>Esc</kbd>
      </button>
      {selection.kind === 'vehicle' && <VehicleCard data={vehicle} told={data.fleet.find(selection.id)} />}
      {selection.kind === 'edge' && <EdgeCard data={edge} />}
      {selection.kind === 'line' && <LineCard data={line} />}
      {selection.kind === 'stop' && <StopCard data={stop} />}
      {camera && <CameraCard camera={camera} />}
      {chosen && <IncidentCard incident={chosen} acting={acting} fleet={data.fleet} cameras={data.cameras.value?.cameras ?? []} take={take} />}
      {selection.kind === 'incident' && !chosen && (
        <Panel data={data.incidents} what="what.incidents" rows={6}>
          {() => <Empty title={t('incident.gone')} />}
        </Panel>
      )}
    </>
  )
}
