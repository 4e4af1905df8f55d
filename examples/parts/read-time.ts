/** The value of a flag in seconds as an option in milliseconds; nothing where the flag is not given. */
export function readTime<Option extends string>(option: Option, flag: string, value: unknown): Partial<Record<Option, number>> {
  if (value === undefined) return {}
  const seconds = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN
  if (!(seconds > 0)) throw new Error(`${flag}: expected a number of seconds above 0, found ${JSON.stringify(value)}`)
  return { [option]: seconds * 1_000 } as Record<Option, number>
}
