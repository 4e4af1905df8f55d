/** The outputs among `ids` that go with the runs that are removed. An id begins with its run's and a space; what may be one of a run that stays, stays. */
export function listOutputsOf(removed: readonly string[], kept: readonly string[], ids: readonly string[]): readonly string[] {
  const isOf = (id: string) => (run: string): boolean => id.startsWith(`${run} `)
  return ids.filter((id) => removed.some(isOf(id)) && !kept.some(isOf(id)))
}
