/** Outlines on a 24 × 24 grid, drawn with a stroke of 2. States have shapes of their own, so that colour is never alone. */
export const ICONS = {
  live: 'M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z',
  late: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l4 2',
  frozen: 'M8 5v14M16 5v14',
  looped: 'M5 12a7 7 0 0 1 12-5M17 3v4h-4M19 12a7 7 0 0 1-12 5M7 21v-4h4',
  noLink: 'M5 5l14 14M19 5L5 19',
  connecting: 'M5 12h.01M12 12h.01M19 12h.01',
  alarm: 'M12 3L2 20h20zM12 10v4M12 17h.01',
  selected: 'M4 12l6 6L20 6',
  done: 'M4 12l6 6L20 6',
  failed: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v6M12 16h.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v6M12 8h.01',
  search: 'M10 4a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l6 6',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  right: 'M9 6l6 6-6 6',
  eye: 'M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  eyeOff: 'M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7zM4 20L20 4',
  person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21c1-5 4-6 8-6s7 1 8 6',
  camera: 'M3 7h12v10H3zM15 11l6-3v8l-6-3',
  site: 'M12 21c5-6 7-9 7-12a7 7 0 0 0-14 0c0 3 2 6 7 12zM12 7a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  unit: 'M4 21V9l8-6 8 6v12zM10 21v-6h4v6',
  plus: 'M12 5v14M5 12h14',
  external: 'M4 12h14M13 6l6 6-6 6',
} as const;

export type IconName = keyof typeof ICONS;
