/** The exponent with which time grows from one size to ten times that: 1 where each action costs the same. */
export function growthExponent(before: { readonly size: number; readonly ms: number }, after: { readonly size: number; readonly ms: number }): number {
  return Math.log10(after.ms / before.ms) / Math.log10(after.size / before.size)
}

/** The sizes to measure: powers of ten from 100. */
export function listSizes(max: number): readonly number[] {
  const sizes: number[] = []
  for (let size = 100; size <= max; size *= 10) sizes.push(size)
  return sizes
}
