/** What a type may be called, and what PostgreSQL calls it. */
const NAMES: Readonly<Record<string, string>> = {
  int: 'integer', int4: 'integer', int8: 'bigint', int2: 'smallint', bool: 'boolean', float8: 'double precision', float: 'double precision', float4: 'real', decimal: 'numeric',
  varchar: 'character varying', char: 'character', timestamptz: 'timestamp with time zone', timestamp: 'timestamp without time zone', timetz: 'time with time zone', time: 'time without time zone', varbit: 'bit varying',
}

/** A type's parts: `numeric(10,2)[]` is `numeric`, `[10, 2]`, `[]`. */
interface Parts {
  readonly base: string
  readonly sizes: readonly number[]
  readonly dimensions: string
}

/** A type as PostgreSQL shows it, for the types that go by several names. */
export function canonicalType(type: unknown): unknown {
  if (typeof type !== 'string' || type.includes('"')) return type
  const { base, sizes, dimensions } = split(type)
  const size = sizes.length === 0 ? '' : `(${sizes.join(',')})`
  // The size of a time stands in the middle of its name, and a character without a size is one.
  const zone = /^(timestamp|time)( with(?:out)? time zone)$/.exec(base)
  if (zone !== null) return `${zone[1]}${size}${zone[2]}${dimensions}`
  if (base === 'numeric' && sizes.length === 1) return `numeric(${sizes[0]},0)${dimensions}`
  return `${base}${size === '' && base === 'character' ? '(1)' : size}${dimensions}`
}

/** True where the values of one type may not all be values of the other. */
export function losesData(from: string, to: string): boolean {
  const [a, b] = [split(from), split(to)]
  if (canonicalType(from) === canonicalType(to)) return false
  if (b.base === 'text' && b.dimensions === '' && a.dimensions === '') return false
  if (a.dimensions !== b.dimensions) return true
  return !(isWidened(a, b) || (a.base === 'date' && b.base === 'timestamp without time zone'))
}

const DIGITS: Readonly<Record<string, number>> = { smallint: 5, integer: 10, bigint: 19 }

function isWidened(a: Parts, b: Parts): boolean {
  const [digits, wider] = [DIGITS[a.base], DIGITS[b.base]]
  if (digits !== undefined && wider !== undefined) return wider >= digits
  if (b.base === 'numeric') {
    if (digits === undefined && a.base !== 'numeric') return false
    if (b.sizes.length === 0) return true
    const [precision = 0, scale = 0] = b.sizes
    const [has = digits ?? Infinity, fraction = 0] = a.sizes
    return scale >= fraction && precision - scale >= has - fraction
  }
  if (a.base === 'real' && b.base === 'double precision') return true
  if (a.base === 'smallint' && (b.base === 'real' || b.base === 'double precision')) return true
  if (a.base === 'integer' && b.base === 'double precision') return true
  if (['character varying', 'text'].includes(a.base) && b.base === 'character varying') return b.sizes.length === 0 || (a.sizes[0] ?? Infinity) <= (b.sizes[0] as number)
  if (a.base !== b.base || !/^(timestamp|time) |^bit varying$/.test(a.base)) return false
  const most = a.base === 'bit varying' ? Infinity : 6
  return (b.sizes[0] ?? most) >= (a.sizes[0] ?? most)
}

function split(type: string): Parts {
  const dimensions = /(\s*\[\s*\d*\s*\])*\s*$/.exec(type)?.[0] ?? ''
  const scalar = type.slice(0, type.length - dimensions.length).trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const found = /^(.*?) ?\( ?(\d+(?: ?, ?-?\d+)?) ?\)(.*)$/.exec(scalar)
  const base = `${found?.[1] ?? scalar}${found?.[3] ?? ''}`.trim()
  return { base: NAMES[base] ?? base, sizes: (found?.[2] ?? '').split(',').filter((part) => part !== '').map(Number), dimensions: dimensions.trim() === '' ? '' : '[]' }
}
