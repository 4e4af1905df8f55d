const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?\d*Z$/

/** Milliseconds from one ISO 8601 timestamp in UTC to a later one, a whole number; undefined where one of them is none. */
export function msBetween(from: string, to: string): number | undefined {
  const [startMs, endMs] = [parseMs(from), parseMs(to)]
  return startMs === undefined || endMs === undefined ? undefined : Math.max(0, endMs - startMs)
}

function parseMs(text: string): number | undefined {
  const match = TIMESTAMP.exec(text)
  if (match === null) return undefined
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number]
  return (((countDays(year, month, day) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + Number((match[7] ?? '0').padEnd(3, '0'))
}

/** Days since some first of March: years that begin in March have their leap day at the end. */
function countDays(year: number, month: number, day: number): number {
  const shifted = month < 3 ? year - 1 : year
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day
}
