/** Line icons drawn on a 24 grid; always beside words or with a label on the button that holds them. */
const PATHS = {
  search: 'M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM15.500 15.500 20.500 20.500',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6 6 18',
  star: 'M12 3.800l2.500 5.200 5.700.800-4.100 4 1 5.700-5.100-2.700-5.100 2.700 1-5.700-4.100-4 5.700-.800z',
  near: 'M12 21s7-6.300 7-11.500A7 7 0 0 0 5 9.500C5 14.700 12 21 12 21ZM12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z',
  stop: 'M12 3v18M7 3h10v7H7zM9 21h6',
  chevron: 'M9 5l7 7-7 7',
  down: 'M5 9l7 7 7-7',
  bell: 'M6 17V11a6 6 0 1 1 12 0v6l2 2H4zM10 21h4',
  share: 'M12 15V3M8 7l4-4 4 4M5 12v8h14v-8',
  map: 'M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14',
  theme: 'M12 4a8 8 0 1 0 8 8 6 6 0 0 1-8-8Z',
  language: 'M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0ZM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18',
  warn: 'M12 4 2.500 20h19zM12 10v5M12 17.500v.500',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v6M12 7.500V8',
  bus: 'M6 4h12a2 2 0 0 1 2 2v11H4V6a2 2 0 0 1 2-2ZM4 11h16M7 17v2.500M17 17v2.500M7.500 14h.500M16 14h.500',
  play: 'M7 4.500v15l12-7.500z',
  pause: 'M7 5v14M17 5v14',
  stepBack: 'M17 5 9 12l8 7zM6 5v14',
  stepOn: 'M7 5l8 7-8 7zM18 5v14',
  loop: 'M4 12a7 7 0 0 1 7-7h6M14 2l3 3-3 3M20 12a7 7 0 0 1-7 7H7M10 22l-3-3 3-3',
  zoom: 'M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM15.500 15.500 20.500 20.500M10.500 8v5M8 10.500h5',
  check: 'M4.500 12.500l5 5 10-11',
  camera: 'M4 7h3l2-2.500h6L17 7h3v12H4zM12 16a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Z',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.500 20.500c1-4 4-6 7.500-6s6.500 2 7.500 6',
  target: 'M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM12 2v5M12 17v5M2 12h5M17 12h5',
  layers: 'M12 3 2.500 8 12 13l9.500-5zM2.500 12.500 12 17.500l9.500-5M2.500 17 12 22l9.500-5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, filled = false, size = 20 }: { name: IconName; filled?: boolean; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill={filled ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  )
}
