const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** An amount of data as a person reads it: `512 bytes`, `1.5 MiB`, `20 GiB`. */
export function formatBytes(bytes: number): string {
  let amount = Math.max(0, Number.isFinite(bytes) ? bytes : 0)
  let unit = 0
  while (amount >= 1024 && unit < UNITS.length - 1) {
    amount /= 1024
    unit++
  }
  // What would be rounded up to a thousand and some of one unit is one of the next.
  if (unit > 0 && unit < UNITS.length - 1 && Math.round(amount) >= 1024) return `1 ${UNITS[unit + 1]}`
  const digits = unit === 0 || amount >= 100 ? amount.toFixed(0) : amount.toFixed(1).replace(/\.0$/, '')
  return `${digits} ${unit === 0 && digits === '1' ? 'byte' : UNITS[unit]}`
}
