import * as z from 'zod/mini'
import type { Address } from '../core/address.ts'
import type { Fields } from '../core/json.ts'
import type { RecordedResource, State } from '../core/state.ts'
import { reviveMarkers } from '../core/value.ts'
import { crc32, formatChecksum } from './checksum.ts'
import { LineCutter } from './line-cutter.ts'
import { checkShape, formatFault, parseJson, type LinePlace } from './line.ts'
import { count, ifPresent, recordedResource } from './shapes.ts'

/** The newest version of the state format that this release reads and writes. */
export const STATE_VERSION = 1

const headShape = z.strictObject({
  format: z.literal('convergent.state'),
  version: z.literal(STATE_VERSION),
  stack: z.string(),
  serial: count,
  lineage: z.string(),
  salt: z.string(),
  unsettled: ifPresent(z.array(z.string())),
})
const tailShape = z.strictObject({ resources: count, crc32: z.string() })

/** What the first line of a state says. */
export type StateHead = Omit<State, 'resources'>

/** A state in pieces, one a line: a head, a resource a line, a tail with their number and the checksum of all before it. */
export function* writeState(state: State): Generator<string, void, undefined> {
  const { stack, serial, lineage, salt, unsettled, resources } = state
  const head = `${JSON.stringify({ format: 'convergent.state', version: STATE_VERSION, stack, serial, lineage, salt, unsettled })}\n`
  let crc = crc32(head)
  yield head
  for (const resource of resources.values()) {
    const line = `${JSON.stringify(resource)}\n`
    crc = crc32(line, crc)
    yield line
  }
  yield `${JSON.stringify({ resources: resources.size, crc32: formatChecksum(crc) })}\n`
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
  const { format: _, version: __, ...head } = checkShape(headShape, value, place)
  return head
}

/** Reads a state. Throws `format` with the line when it is damaged, truncated, or of a newer version. */
export function parseState(text: string, from?: string): State {
  const reader = new StateReader(from)
  reader.add(text)
  return reader.end()
}

/** Reads a state whose text comes in pieces, line by line. Throws `format` with the line as soon as something is wrong with it. */
export class StateReader {
  readonly #from: string | undefined
  readonly #lines = new LineCutter()
  readonly #resources = new Map<Address, RecordedResource>()
  #head: StateHead | undefined
  /** A line is a resource when another one follows it, else the tail. */
  #waiting: string | undefined
  #line = 0
  /** Of what stands before the line that waits. */
  #crc = 0

  constructor(from?: string) {
    this.#from = from
  }

  /** Takes the next piece. */
  add(piece: string): void {
    for (const line of this.#lines.cut(piece)) this.#addLine(line)
  }

  /** The state, after the last piece. */
  end(): State {
    const head = this.#head ?? parseStateHead(this.#lines.rest, this.#from)
    if (this.#waiting === undefined || this.#lines.rest !== '') throw formatFault(this.#place(this.#line + 1), 'it is truncated: the last line is not whole; restore it from a backup')
    const place = this.#place(this.#line)
    const tail = checkShape(tailShape, parseJson(this.#waiting, place), place)
    const resources = this.#resources
    if (tail.resources !== resources.size) throw formatFault(place, `expected ${tail.resources} resources, found ${resources.size}; restore it from a backup`)
    if (tail.crc32 !== formatChecksum(this.#crc)) throw formatFault(place, 'the checksum is not that of the lines before it: it was altered; restore it from a backup')
    return { ...head, resources }
  }

  #addLine(line: string): void {
    this.#line += 1
    if (this.#head === undefined) {
      this.#head = parseStateHead(line, this.#from)
      this.#crc = crc32(`${line}\n`)
      return
    }
    if (this.#waiting !== undefined) this.#addResource(this.#waiting, this.#place(this.#line - 1))
    this.#waiting = line
  }

  #addResource(text: string, place: LinePlace): void {
    this.#crc = crc32(`${text}\n`, this.#crc)
    const resource = checkShape(recordedResource, parseJson(text, place), place)
    if (this.#resources.has(resource.address)) throw formatFault(place, `${resource.address} stands there twice; restore it from a backup`)
    this.#resources.set(resource.address, reviveResource(resource))
  }

  #place(line: number): LinePlace {
    return { document: 'state', line, from: this.#from }
  }
}

/** Markers stand in what was declared; what a backend sent stays as it is. */
export function reviveResource(resource: RecordedResource): RecordedResource {
  return { ...resource, inputs: reviveMarkers(resource.inputs) as Fields }
}

function refuseOther(value: unknown, place: LinePlace): void {
  const { format, version } = (typeof value === 'object' && value !== null ? value : {}) as { readonly format?: unknown; readonly version?: unknown }
  if (format !== 'convergent.state') throw formatFault(place, 'this is no state: expected {"format":"convergent.state"')
  if (typeof version === 'number' && version > STATE_VERSION)
    throw formatFault(place, `it has format version ${version}, this release reads up to ${STATE_VERSION}: use the release that wrote it`)
}
