import { ReplyError } from './reply.ts'
import type { DataikuData, Dataset } from './state.ts'

/** Where the data of a dataset stands: `{connection}/{path or schema.table}`, or `uploads/{project}.{dataset}`. */
export function placeOf({ fields: { name, projectKey, type, params } }: Pick<Dataset, 'fields'>): string {
  if (type === 'UploadedFiles') return `uploads/${String(projectKey)}.${String(name)}`
  const { connection, path, schema, table } = params as Readonly<Record<string, unknown>>
  const inside = table === undefined ? String(path ?? '').replace(/^\//, '') : [schema, table].filter((part) => part !== undefined).join('.')
  return `${String(connection ?? '')}/${inside}`
}

/** The files that somebody uploaded into a dataset. */
export function listFiles(dataset: Dataset, data: DataikuData['data']): readonly unknown[] {
  if (dataset.fields['type'] !== 'UploadedFiles') throw new ReplyError('IllegalArgumentException', `The dataset takes no uploads: it is of type "${String(dataset.fields['type'])}", not "UploadedFiles"`)
  return data[placeOf(dataset)] ?? []
}

/** Puts files beside those that a dataset has, or in their place where the name is the same. */
export function uploadFiles(dataset: Dataset, files: readonly File[], data: DataikuData['data']): unknown {
  const before = listFiles(dataset, data) as readonly { readonly path: string }[]
  if (files.length === 0) throw new ReplyError('IllegalArgumentException', 'No file was uploaded')
  const made = files.map(({ name, size }) => ({ path: name, length: size }))
  data[placeOf(dataset)] = [...before.filter(({ path }) => made.every((each) => each.path !== path)), ...made]
  return made[0]
}
