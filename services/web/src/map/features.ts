/** GeoJSON as the map's own sources take it. */
export type Feature = { type: 'Feature'; geometry: { type: string; coordinates: unknown }; properties: Record<string, unknown> }

export const collection = (features: Feature[]) => ({ type: 'FeatureCollection' as const, features })

export const point = (lon: number, lat: number, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [lon, lat] },
  properties,
})
