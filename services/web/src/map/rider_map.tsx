/** The rider's map: the stop, its buses as they move, and the line. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useCity } from '../core/city.ts'
import { useLive } from '../core/live.ts'
import { segment } from '../core/api.ts'
import type { VehicleDetail, VehiclesBody, VehicleView } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t } from '../i18n/index.ts'
import { calmMotion, useDark } from '../ui/theme.ts'
import { Empty } from '../ui/states.tsx'
import { CityMap, nextMarks } from './city_map.ts'
import { makeTrack, type Track } from './motion.ts'
import { ZoomButtons } from './zoom_buttons.tsx'

const DETAIL_MS = 10_000
const MOST_ASKED = 100

export interface RiderMapProps {
  stop?: { name: string; lon: number; lat: number }
  vehicleIds: string[]
  shape?: [number, number][]
  lengthM?: number
}

/** The line of a route page as a track; its own length is stretched to the one that buses' distances count in. */
function trackOf(shape: readonly [number, number][], lengthM: number): Track {
  const along = [0]
  for (let i = 1; i < shape.length; i += 1) {
    const [[west, south], [east, north]] = [shape[i - 1]!, shape[i]!]
    along.push(along[i - 1]! + Math.hypot((east - west) * Math.cos((north * Math.PI) / 180), north - south))
  }
  const whole = along.at(-1) || 1
  return makeTrack(shape.map(([lon]) => lon), shape.map(([, lat]) => lat), along.map((at) => (at / whole) * lengthM))
}

export function RiderMap({ stop, vehicleIds, shape, lengthM }: RiderMapProps) {
  const city = useCity()
  const dark = useDark()
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<CityMap | null>(null)
  const fitted = useRef(false)
  const [broken, setBroken] = useState(false)
  // One bus was chosen: its trail and its next stops are drawn too.
  const chosen = vehicleIds.length === 1 ? vehicleIds[0]! : null
  const detail = useData<VehicleDetail>(stop && chosen ? `/api/vehicles/${segment(chosen)}` : null, DETAIL_MS)
  const [made, setMade] = useState(0)
  const newest = useRef(new Map<string, VehicleView>())
  const heard = useRef(vehicleIds.length === 0)
  const wanted = new Set(vehicleIds)
  const track = useMemo(() => (shape && lengthM ? trackOf(shape, lengthM) : null), [shape?.length, lengthM])

  const draw = () => {
    const shown = [...newest.current.values()].filter((bus) => wanted.has(bus.vehicle_id))
    map.current?.setVehicles(shown, () => track)
    if (fitted.current || (shown.length === 0 && !shape && !heard.current)) return
    fitted.current = true
    const buses = shown.map((bus): [number, number] => [bus.lon, bus.lat])
    map.current?.fit([...(stop ? [[stop.lon, stop.lat] as [number, number]] : []), ...(shape ?? []), ...(stop ? buses.slice(0, 1) : buses)])
  }
  const take = (vehicles: readonly VehicleView[]) => {
    for (const bus of vehicles) {
      const known = newest.current.get(bus.vehicle_id)
      if (!known || known.time_ms <= bus.time_ms) newest.current.set(bus.vehicle_id, bus)
    }
    draw()
  }
  const asked = vehicleIds.slice(0, MOST_ASKED).join(',')
  useLive(asked ? `topics=buses,clock&vehicle_ids=${segment(asked)}` : null, {
    buses: (body: VehiclesBody) => {
      heard.current = true
      take(body.vehicles)
    },
  })
  useEffect(draw, [vehicleIds.join('|')])
  useEffect(() => {
    if (!stop) return
    const next = nextMarks(detail.value).filter((mark) => mark.name !== stop.name)
    map.current?.selectVehicle(detail.value ? chosen : null, detail.value, [{ ...stop, main: true }, ...next])
  }, [detail.value, chosen, stop?.lon, stop?.lat, made])

  useEffect(() => {
    if (!city || !box.current) return
    try {
      map.current = new CityMap({ container: box.current, city, dark, calm: calmMotion(), levels: false, at: stop ? { lon: stop.lon, lat: stop.lat, zoom: 15 } : null })
    } catch (error) {
      console.warn(error)
      setBroken(true)
      return
    }
    if (shape) map.current.setShape(shape)
    fitted.current = false
    draw()
    setMade((n) => n + 1)
    return () => {
      map.current?.remove()
      map.current = null
    }
  }, [city?.id, dark, shape?.length])

  if (broken) return <Empty icon="map" title={t('map.noWebgl')} />
  return (
    <>
      <div ref={box} class="map-canvas" />
      {city && !city.parts.map && <p class="map-note">{t('map.none')}</p>}
      <ZoomButtons map={map} />
    </>
  )
}
