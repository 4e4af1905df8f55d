import pLimit from 'p-limit'
import { recordError } from '../core/errors.ts'
import { parseAddress } from '../core/address.ts'
import type { PlanEvent } from '../core/event.ts'
import type { Observed, Reading } from '../core/observed.ts'
import type { Scope } from '../core/scope.ts'
import type { RecordedResource } from '../core/state.ts'
import type { ItemOutcome, ReadContext, ResourceType } from '../provider/provider.ts'
import { checkOutcomes } from './batches.ts'
import { checkObserved, makeRead, type Reader } from './read-call.ts'

/** What a survey reads. */
export interface SurveyRequest {
  readonly reader: Reader
  /** Names of the types to look at; those that they live in are looked at too. */
  readonly types: ReadonlySet<string>
  readonly recorded: readonly RecordedResource[]
  readonly scope: Scope | undefined
  /** True for an object of somebody else that the declaration refers to: what lives in it may be ours. */
  readonly isReferredTo?: (reading: Extract<Reading, { readonly kind: 'present' }>) => boolean
  readonly concurrency: number
  readonly onEvent: (event: PlanEvent) => void
}

/** Reads under way at once, first come first served. */
export type Limit = <T>(read: () => Promise<T>) => Promise<T>

/** Reads what exists: one list for many objects where there is one, parents before children, and each recorded object that no list shows. */
export class Survey {
  readonly readings: Reading[] = []
  readonly limit: Limit
  readonly #request: SurveyRequest
  readonly #seen = new Map<string, Extract<Reading, { readonly kind: 'present' }>>()
  readonly #failed = new Set<string>()

  constructor(request: SurveyRequest) {
    this.#request = request
    this.limit = pLimit(request.concurrency)
  }

  /** Lists every type that can be listed, and then reads one by one what is recorded and was not seen. */
  async run(): Promise<readonly Reading[]> {
    const levels = this.#orderTypes(this.#request.types)
    for (const level of levels) await Promise.all(level.map((name) => this.#listType(name)))
    const missing = this.#request.recorded.filter((resource) => !this.#wasCovered(resource) && !this.#livesOutside(resource))
    const deposed = this.#request.recorded.flatMap((resource) => (resource.deposed ?? []).map(({ id }) => ({ ...resource, id }))).filter((resource) => !this.#wasCovered(resource))
    const single: RecordedResource[] = []
    const together = new Map<string, RecordedResource[]>()
    for (const resource of [...missing, ...deposed]) {
      const { type } = parseAddress(resource.address)
      if (this.#type(type)?.readMany === undefined) single.push(resource)
      else if (together.get(type)?.push(resource) === undefined) together.set(type, [resource])
    }
    await Promise.all([
      ...single.map((resource) => this.readOne(parseAddress(resource.address).type, resource.id, resource.parentId)),
      ...[...together].flatMap(([name, resources]) => this.#readMany(name, resources)),
    ])
    return this.readings
  }

  /** Reads many objects of a type, several with one call. */
  #readMany(name: string, resources: readonly RecordedResource[]): Promise<void>[] {
    const type = this.#type(name) as ResourceType
    const { readMany, batchSize = 100 } = type
    const size = Math.max(1, batchSize)
    const reads: Promise<void>[] = []
    for (let at = 0; at < resources.length; at += size) {
      const some = resources.slice(at, at + size)
      const targets = some.map(({ id, parentId }) => ({ id, ...(parentId !== undefined && { parentId }) }))
      const ask = async (context: ReadContext) => checkOutcomes(await (readMany as NonNullable<typeof readMany>).call(type, targets, context), some.length)
      const note = ({ id, parentId }: RecordedResource, outcome: ItemOutcome<Observed | undefined>): void => {
        if ('error' in outcome) throw outcome.error
        if (outcome.value === undefined) this.readings.push({ kind: 'absent', type: name, id })
        else this.#notePresent(name, checkObserved(outcome.value, `read of ${name} ${id}`), true, parentId)
      }
      const read = this.limit(() => makeRead(this.#request.reader, type, ask)).catch((error: unknown) => some.map(() => ({ error })))
      reads.push(
        read.then((outcomes) => {
          some.forEach((resource, index) => {
            const { id, parentId } = resource
            try {
              note(resource, outcomes[index] as ItemOutcome<Observed | undefined>)
            } catch (error) {
              this.readings.push({ kind: 'unreadable', type: name, id, ...(parentId !== undefined && { parentId }), error: recordError(error) })
            }
          })
        }),
      )
    }
    return reads
  }

  /** Lists more types, inside of these objects (`type\0id`) and of what is found there. */
  async listWithin(types: ReadonlySet<string>, within: ReadonlySet<string>): Promise<void> {
    const inside = new Set(within)
    for (const level of this.#orderTypes(types)) {
      const known = this.readings.length
      await Promise.all(
        level.filter((name) => types.has(name)).map(async (name) => {
          const type = this.#type(name)
          if (type?.list === undefined || type.parent === undefined) return
          if (type.listedBy === 'all') return this.#listInto(name, type, undefined)
          const parents = [...this.#seen].filter(([key, reading]) => reading.type === type.parent?.type && inside.has(key))
          await Promise.all(parents.map(([, parent]) => this.#listInto(name, type, parent.observed.id)))
        }),
      )
      for (const reading of this.readings.slice(known)) if (reading.kind === 'present') inside.add(`${reading.type}\0${reading.observed.id}`)
    }
  }

  /** Reads one object as a whole. */
  async readOne(name: string, id: string, parentId: string | undefined): Promise<void> {
    const type = this.#type(name)
    if (type === undefined) return
    const target = { id, ...(parentId !== undefined && { parentId }) }
    try {
      const found = await this.limit(() => makeRead(this.#request.reader, type, (context) => type.read(target, context)))
      if (found === undefined) this.readings.push({ kind: 'absent', type: name, id })
      else this.#notePresent(name, checkObserved(found, `read of ${name} ${id}`), true, parentId)
    } catch (error) {
      this.readings.push({ kind: 'unreadable', type: name, id, ...(parentId !== undefined && { parentId }), error: recordError(error) })
    }
  }

  /** Notes an object that was found by its natural key. */
  note(name: string, observed: Observed, parentId: string | undefined): void {
    this.#notePresent(name, observed, true, parentId)
  }

  async #listType(name: string): Promise<void> {
    const type = this.#type(name)
    if (type?.list === undefined) return
    if (type.parent === undefined || type.listedBy === 'all') return this.#listInto(name, type, undefined)
    if (this.#failed.has(type.parent.type)) {
      this.#failed.add(name)
      this.readings.push({ kind: 'unreadable', type: name, error: { code: 'unreadable-parent', message: `the ${type.parent.type} list, in which they live, could not be read` } })
      return
    }
    const parents = [...this.#seen.values()].filter((reading) => reading.type === type.parent?.type && this.#concerns(reading))
    await Promise.all(parents.map((parent) => this.#listInto(name, type, parent.observed.id)))
  }

  async #listInto(name: string, type: ResourceType, parentId: string | undefined): Promise<void> {
    const list = type.list?.bind(type)
    if (list === undefined) return
    try {
      const found = await this.limit(() => makeRead(this.#request.reader, type, (context) => list(parentId === undefined ? {} : { parentId }, context)))
      for (const each of found) this.#notePresent(name, checkObserved(each, `list of ${name}`), type.listed !== 'summary', each.parentId ?? parentId)
      this.#request.onEvent({ name: 'read:finished', type: name, objects: found.length })
    } catch (error) {
      const record = recordError(error)
      if (parentId === undefined) this.#failed.add(name)
      this.readings.push({ kind: 'unreadable', type: name, ...(parentId !== undefined && { parentId }), error: record })
      this.#request.onEvent({ name: 'read:failed', type: name, error: record })
    }
  }

  #notePresent(type: string, observed: Observed, whole: boolean, parentId: string | undefined): void {
    const reading = { kind: 'present', type, observed, whole, ...(parentId !== undefined && { parentId }) } as const
    this.readings.push(reading)
    this.#seen.set(`${type}\0${observed.id}`, reading)
  }

  /** Children of what is out of scope, or not ours and not recorded, are nobody's business here. */
  #concerns(reading: Extract<Reading, { readonly kind: 'present' }>): boolean {
    const { scope, recorded, isReferredTo } = this.#request
    if (isReferredTo?.(reading) === true) return true
    if (scope?.includes !== undefined && !scope.includes({ type: reading.type, observed: reading.observed })) return false
    return reading.observed.owned !== false || recorded.some((resource) => resource.id === reading.observed.id)
  }

  /** Recorded in something that exists and is out of scope: it is not looked at, and not planned. */
  #livesOutside({ address, parentId }: RecordedResource): boolean {
    const parentType = this.#type(parseAddress(address).type)?.parent?.type
    const parent = parentType === undefined || parentId === undefined ? undefined : this.#seen.get(`${parentType}\0${parentId}`)
    return parent !== undefined && !this.#concerns(parent)
  }

  #wasCovered(resource: RecordedResource): boolean {
    const { type } = parseAddress(resource.address)
    if (this.#seen.has(`${type}\0${resource.id}`)) return true
    return this.readings.some((reading) => reading.kind === 'unreadable' && reading.type === type && (reading.parentId === undefined || reading.parentId === resource.parentId))
  }

  #type(name: string): ResourceType | undefined {
    const { types } = this.#request.reader.provider
    return Object.hasOwn(types, name) ? types[name] : undefined
  }

  /** Types by how deep they live, with the types that they live in. */
  #orderTypes(types: ReadonlySet<string>): readonly (readonly string[])[] {
    const levels: string[][] = []
    const placed = new Map<string, number>()
    const place = (name: string): number => {
      const known = placed.get(name)
      if (known !== undefined) return known
      placed.set(name, 0)
      const parent = this.#type(name)?.parent?.type
      const depth = parent === undefined || parent === name ? 0 : place(parent) + 1
      placed.set(name, depth)
      ;(levels[depth] ??= []).push(name)
      return depth
    }
    for (const name of types) place(name)
    return levels.map((level) => level ?? [])
  }
}
