import type { Fields } from 'convergent'

/** Where the data of a dataset is, in words: `its data (filesystem_managed, /FLEET/trips)`. */
export function describeData({ params }: Fields): string {
  const { connection, path, schema, table } = (typeof params === 'object' && params !== null ? params : {}) as Readonly<Record<string, unknown>>
  const place = [path, typeof table === 'string' && typeof schema === 'string' ? `${schema}.${table}` : table].find((each) => typeof each === 'string')
  const words = [connection, place].filter((each) => typeof each === 'string').join(', ')
  return words === '' ? 'its data' : `its data (${words})`
}
