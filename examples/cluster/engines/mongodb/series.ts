/** The series of a version, which is also what compatibility is called: `8.0` of `8.0.4`. */
export function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}

/** Below 0: `a` is older. */
export function compareSeries(a: string, b: string): number {
  const [majorA, minorA] = parse(a)
  const [majorB, minorB] = parse(b)
  return majorA === majorB ? minorA - minorB : majorA - majorB
}

/** True: the programs of one take the data of the other. No major version is left out, and the next one begins with its `.0`; of 4 each release counted as a major one. */
export function isReachable(from: string, to: string): boolean {
  const [majorFrom, minorFrom] = parse(from)
  const [majorTo, minorTo] = parse(to)
  if (compareSeries(from, to) > 0) return false
  if (majorFrom === 4) return majorTo === 4 ? minorTo - minorFrom <= 2 : majorTo === 5 && minorTo === 0 && minorFrom === 4
  return majorTo === majorFrom || (majorTo === majorFrom + 1 && minorTo === 0)
}

function parse(series: string): readonly [number, number] {
  const [major = 0, minor = 0] = series.split('.').map(Number)
  return [major, minor]
}
