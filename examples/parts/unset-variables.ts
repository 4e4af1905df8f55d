/** Which of some variables are not set, in words: `A, B and C are not set`. Undefined: all are. */
export function describeUnset(env: Readonly<Record<string, string | undefined>>, names: readonly string[]): string | undefined {
  const unset = names.filter((name) => (env[name] ?? '') === '')
  if (unset.length === 0) return undefined
  return `${unset.length === 1 ? '' : `${unset.slice(0, -1).join(', ')} and `}${unset.at(-1)} ${unset.length === 1 ? 'is' : 'are'} not set`
}
