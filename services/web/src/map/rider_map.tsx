/** The rider's map: the stop, its buses as they move, and the line. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useCity } from '../core/city.ts'
import { useLive } from '../core/live.ts'
import type { VehiclesBody, VehicleView } from '../core/types.ts'
import { useData } from '../core/use_data.ts'
import { t } from '../i18n/index.ts'
import { calmMotion, useDark } from '../ui/theme.ts'
import { Empty } from '../ui/states.tsx'
import { CityMap } from './city_map.ts'
import { ZoomButtons } from './zoom_buttons.tsx'

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
    if (!city || !box.current) return
    try {
      map.current = new CityMap({ container: box.current, city, dark, calm: calmMotion(), levels: false, at: stop ? { lon: stop.lon, lat: stop.lat, zoom: 15 } : null })
    } catch (error) {
      console.warn(error)
      setBroken(true)
      return
    }
    if (stop) map.current.setMarks([stop])
    if (shape) map.current.setShape(shape)
    fitted.current = false
    draw()
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
