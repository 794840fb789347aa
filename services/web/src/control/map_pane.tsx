/** The map in the middle: roads by level, buses by delay, candidates, cameras; its layers and its legend. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ApiError } from '../core/api.ts'
import { useCity } from '../core/city.ts'
import { currentPlace, setQuery, usePlace } from '../core/router.ts'
import { useStore } from '../core/store.ts'
import type { ArrivalsBody, IncidentView, VehicleDetail } from '../core/types.ts'
import { number } from '../i18n/format.ts'
import { t, useLanguage } from '../i18n/index.ts'
import { CityMap, nextMarks, type Picked } from '../map/city_map.ts'
import type { LayerName } from '../map/overlays.ts'
import { Shapes } from '../map/shapes.ts'
import { ZoomButtons } from '../map/zoom_buttons.tsx'
import { Empty, Failure } from '../ui/states.tsx'
import { calmMotion, useDark } from '../ui/theme.ts'
import type { ControlData } from './data.ts'
import { NOTHING } from './fleet.ts'
import { FloodPanel, placing } from './flooding.tsx'
import { HonestySwitch, Legend, readHonesty } from './legend.tsx'
import { MomentBand, MomentSlider, type RoadsThen } from './moment_slider.tsx'
import { wantedPlace } from './search.tsx'
import { select, type Selection } from './selection.ts'
import { isFlood } from './water_list.tsx'

const LAYERS: LayerName[] = ['buses', 'roads', 'incidents', 'water', 'cameras']

const shapes = new Shapes()

function readAt(text: string | null): { lon: number; lat: number; zoom: number } | null {
  const [lon, lat, zoom] = (text ?? '').split(',').map(Number)
  return lon !== undefined && lat !== undefined && zoom !== undefined && [lon, lat, zoom].every(Number.isFinite) ? { lon, lat, zoom } : null
}

export interface MapPaneProps {
  data: ControlData
  selection: Selection | null
  incidents: IncidentView[]
  detail: VehicleDetail | null
  stop: ArrivalsBody | null
  /** Ids of the buses that the filters let through; null without a filter. */
  only: ReadonlySet<string> | null
  roads: RoadsThen
  take: (incident: IncidentView) => void
}

export function MapPane({ data, selection, incidents, detail, stop, only, roads, take }: MapPaneProps) {
  const city = useCity()
  const dark = useDark()
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<CityMap | null>(null)
  const [broken, setBroken] = useState<'webgl' | 'base' | null>(null)
  const [made, setMade] = useState(0)
  const { query } = usePlace()
  const off = new Set((query.get('off') ?? '').split(',').filter(Boolean))

  useEffect(() => {
    if (!city || !box.current) return
    setBroken(null)
    try {
      map.current = new CityMap({
        container: box.current,
        city,
        dark,
        calm: calmMotion(),
        levels: true,
        at: readAt(currentPlace().query.get('at')),
        onPick: (picked: Picked | null) => picked && picked.kind !== 'stop' && select({ kind: picked.kind, id: picked.id }),
        onTap: (lon, lat) => {
          if (!placing.get()) return false
          placing.set({ at: { lon, lat } })
          return true
        },
        onMove: ({ lon, lat, zoom }) => setQuery({ at: `${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}` }),
        onBaseFailed: () => setBroken('base'),
      })
      setMade((n) => n + 1)
    } catch (error) {
      console.warn(error)
      setBroken('webgl')
    }
    return () => {
      map.current?.remove()
      map.current = null
    }
  }, [city?.id, dark])

  // Nobody chose a place yet: begin where most buses are.
  const placed = useRef(readAt(currentPlace().query.get('at')) !== null || selection !== null)
  const { fleet } = data
  useEffect(() => {
    if (placed.current || !map.current || fleet.size === 0) return
    placed.current = true
    map.current.fitMost([...fleet.all()].map((bus) => [bus.lon, bus.lat]))
  }, [fleet.size > 0, made])
  useEffect(() => map.current?.setVehicles(fleet.all(), (bus) => shapes.find(fleet.shapes, bus.shape)), [data.turn, made])
  useEffect(() => map.current?.showOnly(only), [only, made])
  const place = useStore(wantedPlace)
  useEffect(() => {
    if (place) map.current?.flyTo(place.lon, place.lat, place.zoom)
  }, [place, made])
  const { minutes, pastMs, then } = roads
  const aheadStates = roads.forecast.value?.states
  useEffect(() => {
    if (minutes) map.current?.setEdges(aheadStates ?? [], true)
  }, [minutes, aheadStates, made])
  useEffect(() => {
    if (pastMs !== null) map.current?.setEdges(then?.states ?? [], false, then?.time_ms)
  }, [pastMs !== null, then, made])
  useEffect(() => {
    if (!minutes && pastMs === null) map.current?.setEdges(data.roads.all(), false)
  }, [minutes, pastMs, data.roadsTurn, made])
  const honesty = readHonesty(query.get('doubt'))
  useEffect(() => map.current?.setHonesty(honesty), [honesty, made])
  const language = useLanguage()
  const floods = useMemo(() => incidents.filter(isFlood), [incidents])
  const dry = useMemo(() => incidents.filter((one) => one.kind !== 'flood'), [incidents])
  useEffect(() => map.current?.setIncidents(dry), [dry, made])
  useEffect(() => map.current?.setWater(floods, data.rain.value?.gauges ?? []), [floods, data.rain.value, language, made])
  const spot = useStore(placing)
  useEffect(() => map.current?.setDetours(data.alerts.value?.alerts ?? []), [data.alerts.value, made])
  useEffect(() => map.current?.setCameras(data.cameras.value?.cameras ?? []), [data.cameras.value, made])
  useEffect(() => {
    for (const layer of LAYERS) map.current?.showLayer(layer, !off.has(layer))
  }, [query.get('off'), made])

  useEffect(() => {
    if (spot) map.current?.selectPlace(spot.at?.lon ?? null, spot.at?.lat ?? null)
  }, [spot, made])

  const chosen = selection ? `${selection.kind}:${selection.id}` : ''
  useEffect(() => {
    const incident = selection?.kind === 'incident' ? incidents.find((one) => one.incident_id === selection.id) : undefined
    const camera = selection?.kind === 'camera' ? data.cameras.value?.cameras.find((one) => one.camera_id === selection.id) : undefined
    const bus = selection?.kind === 'vehicle' ? fleet.find(selection.id) : undefined
    const place = incident ?? camera
    map.current?.selectPlace(place?.lon ?? null, place?.lat ?? null)
    map.current?.selectEdges(selection?.kind === 'edge' ? [Number(selection.id)] : (incident?.evidence.edge_indexes ?? []))
    const target = place ?? bus
    if (target) map.current?.flyTo(target.lon, target.lat)
  }, [chosen, made, spot === null, incidents.length > 0, fleet.known, data.cameras.value !== null])
  useEffect(() => {
    const shown = selection?.kind === 'vehicle' ? detail : null
    const here = selection?.kind === 'stop' && stop ? [{ ...stop.stop, main: true }] : nextMarks(shown)
    map.current?.selectVehicle(selection?.kind === 'vehicle' ? selection.id : null, shown, here)
  }, [chosen, detail, stop?.stop.stop_id, made])

  const toggle = (layer: LayerName) => {
    const next = new Set(off)
    if (!next.delete(layer)) next.add(layer)
    setQuery({ off: [...next].join(',') || null })
  }
  if (broken === 'webgl') return <Empty icon="map" title={t('map.noWebgl')} />
  return (
    <>
      <div ref={box} class={spot && !spot.at ? 'map-canvas is-placing' : 'map-canvas'} data-ahead={minutes || undefined} data-past={then?.time_ms} />
      <div class="map-top">
        <MomentBand roads={roads} />
        <div class="map-tools">
          <div class="map-layers" role="group" aria-label={t('layer.title')}>
            {LAYERS.map((layer) => (
              <button key={layer} type="button" aria-pressed={!off.has(layer)} onClick={() => toggle(layer)}>
                {t(`layer.${layer}`)}
              </button>
            ))}
          </div>
          {!off.has('roads') && <HonestySwitch honesty={honesty} />}
        </div>
        <MapNotes data={data} broken={broken === 'base'} />
      </div>
      <ZoomButtons map={map} />
      <div class="map-foot">
        {only && (
          <p class="map-filter" role="status">
            {t('fleet.onMap', { n: number(only.size), all: number(fleet.size) })}
            <button type="button" class="text-button" onClick={() => setQuery(NOTHING)}>
              {t('fleet.clear')}
            </button>
          </p>
        )}
        <Legend honesty={honesty} />
        {!off.has('roads') && city?.parts.network && <MomentSlider roads={roads} />}
      </div>
      <FloodPanel centre={() => map.current?.centre() ?? null} known={floods} take={take} />
      {data.live.state === 'silent' && !fleet.known && (
        <div class="map-fail">
          <Failure what="what.vehicles" error={new ApiError(0, '')} retry={data.live.again} />
        </div>
      )}
    </>
  )
}

/** What the map lacks, in words: a city without roads or tiles, states that could not be read, or that are old. */
function MapNotes({ data, broken }: { data: ControlData; broken: boolean }) {
  const city = useCity()
  const roadsFailed = data.edges.error && data.roads.size === 0
  const silent = data.live.state === 'silent' && data.roads.size > 0
  return (
    <>
      {city && !city.parts.network && <p class="map-say">{t('map.noRoads')}</p>}
      {city && !city.parts.map && <p class="map-say">{t('map.none')}</p>}
      {broken && <p class="map-say">{t('state.error', { what: t('what.map') })}</p>}
      {roadsFailed && !broken && <p class="map-say">{t('state.error', { what: t('what.edges') })}</p>}
      {silent && <p class="map-say">{t('map.silent')}</p>}
      {city?.parts.network && !data.edges.error && data.edges.value && data.roads.size === 0 && <p class="map-say">{t('map.noStates')}</p>}
    </>
  )
}
