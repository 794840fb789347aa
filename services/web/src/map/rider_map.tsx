/** The rider's map: the stop, its buses as they move, and the line. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useCity } from '../core/city.ts'
import { useLive } from '../core/live.ts'
import { segment } from '../core/api.ts'
import type { VehicleDetail, VehiclesBody, VehicleView } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t } from '../i18n/index.ts'
import { calmMotion, useDark } from '../ui/theme.ts'
import { Empty } from '../ui/states.tsx'
import { CityMap, nextMarks } from './city_map.ts'
import { ZoomButtons } from './zoom_buttons.tsx'

const DETAIL_MS = 10_000

export interface RiderMapProps {
  stop?: { name: string; lon: number; lat: number }
  vehicleIds: string[]
  shape?: [number, number][]
}

export function RiderMap({ stop, vehicleIds, shape }: RiderMapProps) {
  const city = useCity()
  const dark = useDark()
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<CityMap | null>(null)
  const fitted = useRef(false)
  const [broken, setBroken] = useState(false)
  const data = useData<VehiclesBody>('/api/vehicles', 30_000)
  // One bus was chosen: its trail and its next stops are drawn too.
  const chosen = vehicleIds.length === 1 ? vehicleIds[0]! : null
  const detail = useData<VehicleDetail>(stop && chosen ? `/api/vehicles/${segment(chosen)}` : null, DETAIL_MS)
  const [made, setMade] = useState(0)
  const newest = useRef(new Map<string, VehicleView>())
  const wanted = new Set(vehicleIds)

  const draw = () => {
    const shown = [...newest.current.values()].filter((bus) => wanted.has(bus.vehicle_id))
    map.current?.setVehicles(shown)
    if (fitted.current || (shown.length === 0 && !shape && !data.value)) return
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
  useLive('topics=vehicles,clock', { vehicles: (body: VehiclesBody) => take(body.vehicles) })
  useEffect(() => {
    if (data.value) take(data.value.vehicles)
  }, [data.value])
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
