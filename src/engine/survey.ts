import pLimit from 'p-limit'
import { recordError, type ErrorRecord } from '../core/errors.ts'
import { typeOf } from '../core/address.ts'
import type { PlanEvent } from '../core/event.ts'
import type { Observed, Reading } from '../core/observed.ts'
import { endsPortion } from '../core/portion.ts'
import type { Scope } from '../core/scope.ts'
import type { RecordedResource } from '../core/state.ts'
import type { ReadContext } from '../provider/context.ts'
import type { ItemOutcome, ResourceType, Target } from '../provider/provider.ts'
import { batchSizeOf, checkOutcomes, sliceBatches } from './batches.ts'
import { checkObserved, makeRead, type Reader } from './read-call.ts'
import { nextTurn } from '../store/turn.ts'

type Present = Extract<Reading, { readonly kind: 'present' }>

/** What a survey reads. */
export interface SurveyRequest {
  readonly reader: Reader
  /** Names of the types to look at; those that they live in are looked at too. */
  readonly types: ReadonlySet<string>
  readonly recorded: readonly RecordedResource[]
  readonly scope: Scope | undefined
  /** Objects of somebody else that the declaration names by their id. Default: none. */
  readonly externals?: readonly {
    readonly type: string
    readonly id: string
  }[]
  /** True for an object of somebody else that the declaration refers to: what lives in it may be ours. */
  readonly isReferredTo?: (reading: Present) => boolean
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
  readonly #seen = new Map<string, Present>()
  readonly #failed = new Set<string>()
  /** What could not be listed: types as a whole, and those inside of one object (`type\0parentId`). */
  readonly #unlisted = new Set<string>()
  /** What was read one by one, and could not be. */
  readonly #unreadable: { readonly type: string; readonly id: string }[] = []
  readonly #recordedIds: ReadonlySet<string>

  constructor(request: SurveyRequest) {
    this.#request = request
    this.#recordedIds = new Set(request.recorded.map(({ id }) => id))
    this.limit = pLimit(request.concurrency)
  }

  /** Lists every type that can be listed, and then reads one by one what is recorded and was not seen. */
  async run(): Promise<readonly Reading[]> {
    const levels = this.#orderTypes(this.#request.types)
    for (const level of levels) await Promise.all(level.map((name) => this.#listType(name)))
    const single: RecordedResource[] = []
    const together = new Map<string, RecordedResource[]>()
    let count = 0
    for (const { resource, isOlder } of this.#listRecorded()) {
      if (endsPortion(count++)) await nextTurn()
      if (this.#wasCovered(resource) || (!isOlder && this.#livesOutside(resource))) continue
      const type = typeOf(resource.address)
      if (this.#type(type)?.readMany === undefined) single.push(resource)
      else if (together.get(type)?.push(resource) === undefined) together.set(type, [resource])
    }
    await Promise.all([
      ...single.map((resource) => this.readOne(typeOf(resource.address), resource.id, resource.parentId)),
      ...[...together].flatMap(([name, resources]) => this.#readMany(name, resources)),
    ])
    return this.readings
  }

  /** With the older objects that are still there. */
  *#listRecorded(): Generator<{ readonly resource: RecordedResource; readonly isOlder: boolean }, void, void> {
    const { recorded } = this.#request
    for (const resource of recorded) yield { resource, isOlder: false }
    for (const resource of recorded) for (const { id } of resource.deposed ?? []) yield { resource: { ...resource, id }, isOlder: true }
  }

  /** Reads many objects of a type, several with one call. */
  #readMany(name: string, resources: readonly RecordedResource[]): Promise<void>[] {
    const type = this.#type(name) as ResourceType
    const readMany = type.readMany as NonNullable<ResourceType['readMany']>
    return Array.from(sliceBatches(resources, batchSizeOf(type)), async (some) => {
      const targets = some.map(({ id, parentId }) => makeTarget(id, parentId))
      const ask = async (context: ReadContext) => checkOutcomes(await readMany.call(type, targets, context), some.length)
      const outcomes = await this.limit(() => makeRead(this.#request.reader, type, ask)).catch((error: unknown) => some.map(() => ({ error })))
      targets.forEach((target, index) => this.#noteOutcome(name, target, outcomes[index] as ItemOutcome<Observed | undefined>))
    })
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
    const target = makeTarget(id, parentId)
    const outcome = await this.limit(() => makeRead(this.#request.reader, type, (context) => type.read(target, context))).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    )
    this.#noteOutcome(name, target, outcome)
  }

  /** Notes an object that was found by its natural key. */
  note(name: string, observed: Observed, parentId: string | undefined): void {
    this.#notePresent(name, observed, true, parentId)
  }

  async #listType(name: string): Promise<void> {
    const type = this.#type(name)
    if (type?.list === undefined) return void (await Promise.all([...this.#listNamed(name)].map((id) => this.readOne(name, id, undefined))))
    if (type.parent === undefined || type.listedBy === 'all') return this.#listInto(name, type, undefined)
    if (this.#failed.has(type.parent.type)) {
      this.#failed.add(name)
      this.#noteUnlisted(name, undefined, { code: 'unreadable-parent', message: `the ${type.parent.type} list, in which they live, could not be read` })
      return
    }
    const parents = [...this.#seen.values()].filter((reading) => reading.type === type.parent?.type && this.#concerns(reading))
    for (const { type: unread, id } of this.#unreadable) if (unread === type.parent.type) this.#noteUnlisted(name, id, { code: 'unreadable-parent', message: `${unread} ${id}, in which they live, could not be read` })
    await Promise.all(parents.map((parent) => this.#listInto(name, type, parent.observed.id)))
  }

  /** Of a type that no list shows: what is referred to by its id, and what recorded objects live in. */
  #listNamed(name: string): ReadonlySet<string> {
    const { externals = [], recorded } = this.#request
    const ids = new Set(externals.filter(({ type }) => type === name).map(({ id }) => id))
    const isParent = Object.values(this.#request.reader.provider.types).some(({ parent }) => parent?.type === name)
    if (isParent) for (const { address, parentId } of recorded) if (parentId !== undefined && this.#type(typeOf(address))?.parent?.type === name) ids.add(parentId)
    if (ids.size === 0) return ids
    // What is recorded itself is read with the others.
    for (const { address, id } of recorded) if (typeOf(address) === name) ids.delete(id)
    return ids
  }

  async #listInto(name: string, type: ResourceType, parentId: string | undefined): Promise<void> {
    const list = type.list?.bind(type)
    if (list === undefined) return
    try {
      const found = await this.limit(() => makeRead(this.#request.reader, type, (context) => list(parentId === undefined ? {} : { parentId }, context)))
      let count = 0
      for (const each of found) {
        if (endsPortion(count++)) await nextTurn()
        this.#notePresent(name, checkObserved(each, `list of ${name}`), type.listed !== 'summary', each.parentId ?? parentId)
      }
      this.#request.onEvent({ name: 'read:finished', type: name, objects: found.length })
    } catch (error) {
      const record = recordError(error)
      if (parentId === undefined) this.#failed.add(name)
      this.#noteUnlisted(name, parentId, record)
      this.#request.onEvent({ name: 'read:failed', type: name, error: record })
    }
  }

  /** Notes what reading an object came to; garbage tells nothing about it. */
  #noteOutcome(name: string, { id, parentId }: Target, outcome: ItemOutcome<Observed | undefined>): void {
    try {
      if ('error' in outcome) throw outcome.error
      if (outcome.value === undefined) this.readings.push({ kind: 'absent', type: name, id })
      else this.#notePresent(name, checkObserved(outcome.value, `read of ${name} ${id}`), true, parentId)
    } catch (error) {
      this.readings.push({ kind: 'unreadable', type: name, ...makeTarget(id, parentId), error: recordError(error) })
      this.#unreadable.push({ type: name, id })
    }
  }

  #noteUnlisted(type: string, parentId: string | undefined, error: ErrorRecord): void {
    this.readings.push({ kind: 'unreadable', type, ...(parentId !== undefined && { parentId }), error })
    this.#unlisted.add(parentId === undefined ? type : `${type}\0${parentId}`)
  }

  #notePresent(type: string, observed: Observed, whole: boolean, parentId: string | undefined): void {
    const reading = { kind: 'present', type, observed, whole, ...(parentId !== undefined && { parentId }) } as const
    this.readings.push(reading)
    this.#seen.set(`${type}\0${observed.id}`, reading)
  }

  /** Children of what is out of scope, or not ours and not recorded, are nobody's business here. */
  #concerns(reading: Present): boolean {
    const { scope, isReferredTo } = this.#request
    if (isReferredTo?.(reading) === true) return true
    if (scope?.includes !== undefined && !scope.includes({ type: reading.type, observed: reading.observed })) return false
    return reading.observed.owned !== false || this.#recordedIds.has(reading.observed.id)
  }

  /** Recorded in something that exists and is out of scope: it is not looked at, and not planned. */
  #livesOutside({ address, parentId }: RecordedResource): boolean {
    const parentType = this.#type(typeOf(address))?.parent?.type
    const parent = parentType === undefined || parentId === undefined ? undefined : this.#seen.get(`${parentType}\0${parentId}`)
    return parent !== undefined && !this.#concerns(parent)
  }

  #wasCovered({ address, id, parentId }: RecordedResource): boolean {
    const type = typeOf(address)
    return this.#seen.has(`${type}\0${id}`) || this.#unlisted.has(type) || (parentId !== undefined && this.#unlisted.has(`${type}\0${parentId}`))
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

function makeTarget(id: string, parentId: string | undefined): Target {
  return { id, ...(parentId !== undefined && { parentId }) }
}
