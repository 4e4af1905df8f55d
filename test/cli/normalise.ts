/** A text with ids, times and durations that are the same every time: ids by the order in which they appear. */
export function normalise(text: string, folder: string): string {
  const ids = new Map<string, string>()
  return text
    .replaceAll(folder, 'DIR')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `id-${ids.size + 1}`
      ids.set(id, known)
      return known
    })
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
    // Estimates are the same every time.
    .replaceAll(/(?<!about )\b(?:\d+ min )?\d+(?:\.\d)? m?s\b/g, '(ms)')
    .replaceAll(/SHA-256 [0-9a-f]+…/g, 'SHA-256 (hash)')
    .replaceAll(/by \S+ \(process \d+\)/g, 'by (holder)')
}
