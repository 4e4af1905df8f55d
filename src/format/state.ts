import * as z from 'zod/mini'
import type { Address } from '../core/address.ts'
import type { Fields } from '../core/json.ts'
import type { RecordedResource, State } from '../core/state.ts'
import { reviveMarkers } from '../core/value.ts'
import { crc32, formatChecksum } from './checksum.ts'
import { checkShape, formatFault, parseJson } from './line.ts'
import { count, recordedResource } from './shapes.ts'

/** The newest version of the state format that this release reads and writes. */
export const STATE_VERSION = 1

const headShape = z.strictObject({
  format: z.literal('convergent.state'),
  version: z.literal(STATE_VERSION),
  stack: z.string(),
  serial: count,
  lineage: z.string(),
  salt: z.string(),
})
const tailShape = z.strictObject({ resources: count, crc32: z.string() })

/** What the first line of a state says. */
export type StateHead = Omit<State, 'resources'>

/** A state in pieces, one a line: a head, a resource a line, a tail with their number and the checksum of all before it. */
export function* writeState(state: State): Generator<string, void, undefined> {
  const { stack, serial, lineage, salt } = state
  const head = `${JSON.stringify({ format: 'convergent.state', version: STATE_VERSION, stack, serial, lineage, salt })}\n`
  let crc = crc32(head)
  yield head
  for (const resource of state.resources.values()) {
    const line = `${JSON.stringify(resource)}\n`
    crc = crc32(line, crc)
    yield line
  }
  yield `${JSON.stringify({ resources: state.resources.size, crc32: formatChecksum(crc) })}\n`
}

/** A state as text. */
export function formatState(state: State): string {
  return [...writeState(state)].join('')
}

/** Reads the first line of a state. */
export function parseStateHead(line: string, from?: string): StateHead {
  const place = { document: 'state', line: 1, from }
  const value = parseJson(line, place)
  refuseOther(value, place)
  const { stack, serial, lineage, salt } = checkShape(headShape, value, place)
  return { stack, serial, lineage, salt }
}

/** Reads a state. Throws `format` with the line when it is damaged, truncated, or of a newer version. */
export function parseState(text: string, from?: string): State {
  const lines = text.split('\n')
  const place = (line: number) => ({ document: 'state', line, from })
  const head = parseStateHead(lines[0] as string, from)
  const last = lines.length - 1
  if (last < 2 || lines[last] !== '') throw formatFault(place(lines.length), 'it is truncated: the last line is not whole; restore it from a backup')
  const resources = new Map<Address, RecordedResource>()
  let crc = crc32(`${lines[0]}\n`)
  for (let line = 2; line < last; line++) {
    const content = lines[line - 1] as string
    crc = crc32(`${content}\n`, crc)
    const resource = checkShape(recordedResource, parseJson(content, place(line)), place(line))
    if (resources.has(resource.address)) throw formatFault(place(line), `${resource.address} stands there twice; restore it from a backup`)
    resources.set(resource.address, reviveResource(resource))
  }
  const trailer = parseJson(lines[last - 1] as string, place(last))
  const tail = checkShape(tailShape, trailer, place(last))
  if (tail.resources !== resources.size)
    throw formatFault(place(last), `expected ${tail.resources} resources, found ${resources.size}; restore it from a backup`)
  if (tail.crc32 !== formatChecksum(crc)) throw formatFault(place(last), 'the checksum is not that of the lines before it: it was altered; restore it from a backup')
  return { ...head, resources }
}

/** Markers stand in what was declared; what a backend sent stays as it is. */
export function reviveResource(resource: RecordedResource): RecordedResource {
  return { ...resource, inputs: reviveMarkers(resource.inputs) as Fields }
}

function refuseOther(value: unknown, place: { readonly document: string; readonly line: number; readonly from: string | undefined }): void {
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as { readonly format?: unknown; readonly version?: unknown }
  if (format !== 'convergent.state') throw formatFault(place, 'this is no state: expected {"format":"convergent.state"')
  if (typeof version === 'number' && version > STATE_VERSION)
    throw formatFault(place, `it has format version ${version}, this release reads up to ${STATE_VERSION}: use the release that wrote it`)
}
