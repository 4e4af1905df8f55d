import { suggestName, type Fields } from 'convergent'
import type * as z from 'zod'
import { describeField, refuseField, type EntryHead, type Reading } from './entry.ts'
import { DATASET_TYPES, DEFAULT_CONNECTION, FORMAT_OPTIONS, type friendlyDataset } from './friendly-schemas.ts'
import { nameOf, projectOf } from './names.ts'

type DatasetFields = z.infer<typeof friendlyDataset>

/** A dataset of the friendly format, in the terms of the resource. */
export function toDataset(head: EntryHead, fields: DatasetFields): Reading {
  const { schema, description, short_desc: shortDesc, tags, drop_data: dropData } = fields
  const what = fields.type === 'managed' ? toManaged(head, fields) : toTyped(head, fields)
  return { inputs: what && { projectKey: projectOf(head.id), name: nameOf(head.id), ...what, schema, description, shortDesc, tags, dropData } }
}

function toManaged(head: EntryHead, { params, format_params, format_type, connection }: DatasetFields): Fields | undefined {
  const chosen = Object.entries({ params, format_params }).filter(([, value]) => value !== undefined).map(([field]) => field)
  for (const field of chosen) refuseField(head, [field], 'the server chooses it for a managed dataset; leave it out, or write the type of the dataset instead of managed')
  const known = Object.keys(FORMAT_OPTIONS)
  // In a database it is a table, which has no format.
  if (format_type === undefined && connection !== undefined) return chosen.length > 0 ? undefined : { managed: true, connectionId: connection }
  if (format_type === undefined) return refuseField(head, ['format_type'], `it is missing; a managed dataset needs one of ${known.join(', ')}`)
  if (!Object.hasOwn(FORMAT_OPTIONS, format_type)) return refuseWord(head, 'format_type', format_type, known)
  return chosen.length > 0 ? undefined : { managed: true, connectionId: connection ?? DEFAULT_CONNECTION, formatOptionId: FORMAT_OPTIONS[format_type] }
}

function toTyped(head: EntryHead, { type, connection, params = {}, format_type: formatType, format_params: formatParams }: DatasetFields): Fields | undefined {
  if (!Object.hasOwn(DATASET_TYPES, type)) return refuseWord(head, 'type', type, ['managed', ...Object.keys(DATASET_TYPES)], '; another one can be declared in a flat list (resources), as the API has it')
  const field = type === 'upload' ? 'uploadConnection' : 'connection'
  const isInParams = Object.hasOwn(params, field)
  if (connection !== undefined && isInParams) return refuseField(head, ['params', field], 'the connection stands beside params already; leave one of them out')
  if (connection === undefined && !isInParams && type !== 'upload') return refuseField(head, ['connection'], `it is missing; a dataset of type ${type} needs the name of a connection`)
  return { type: DATASET_TYPES[type], params: { ...(connection !== undefined && { [field]: connection }), ...params }, formatType, formatParams }
}

/** Tells that a field holds none of the words that it may hold. */
export function refuseWord(head: EntryHead, field: string, word: string, known: readonly string[], otherwise = ''): undefined {
  return refuseField(head, [field], `expected one of ${known.join(', ')}, found ${describeField(head, [field])}${suggestName(word, known) || otherwise}`)
}
