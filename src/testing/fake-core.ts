import { ProviderError } from '../core/errors.ts'
import type { Fields } from '../core/json.ts'
import type { Observed } from '../core/observed.ts'
import { applyPatch } from '../core/patch.ts'
import type { Clock } from '../engine/clock.ts'
import type { ReadContext } from '../provider/context.ts'
import { FaultScript, sufferFault, type FakeCallName } from './fault.ts'

/** An object of the fake backend. */
export interface FakeObject {
  /** The resource type. */
  readonly type: string
  /** `named-1`, `named-2`, …. */
  readonly id: string
  /** What it holds. */
  readonly fields: Fields
}

/** One call that the backend got. */
export interface FakeCall {
  /** What was asked. */
  readonly call: FakeCallName
  /** The resource type; of a settle: the group. */
  readonly type: string
  /** The object that it was about. */
  readonly id?: string
  /** The `name` field of what a create or find was about. */
  readonly name?: string
  /** The key that a create carried. */
  readonly idempotencyKey?: string
}

/** How the backend behaves. */
export interface FakeBackendOptions {
  /** Where latency and lag are counted. Default: none of either. */
  readonly clock?: Clock
  /** Each call takes this long; a function is asked each time. Default: 0, and no timer. */
  readonly latencyMs?: number | (() => number)
  /** Lists and finds show a new object only after up to this long, by the clock and its chance; the types say so (`visibleWithinMs`). Default: 0. */
  readonly lagMs?: number
  /** True: a field `ref` or `refs` must hold ids that exist, and what is referred to cannot be deleted. Default: false. */
  readonly strict?: boolean
  /** Types whose writes are live only once their group is settled, by group. Default: every write is live at once. */
  readonly settleGroups?: Readonly<Record<string, readonly string[]>>
}

/** The objects, the log and the faults behind the fake provider. */
export class FakeCore {
  readonly calls: FakeCall[] = []
  readonly faults = new FaultScript()
  isDown = false
  readonly #objects = new Map<string, FakeObject>()
  readonly #before = new Map<string, FakeObject | undefined>()
  readonly #byKey = new Map<string, string>()
  readonly #options: FakeBackendOptions
  readonly #counts = new Map<string, number>()
  /** What is live of the types of a group. */
  readonly #live = new Map<string, readonly FakeObject[]>()
  /** When a new object shows. */
  readonly #visibleAtMs = new Map<string, number>()

  constructor(options: FakeBackendOptions) {
    this.#options = options
  }

  get lagMs(): number {
    return this.#options.lagMs ?? 0
  }

  /** The settle group of a type. */
  groupOf(type: string): string | undefined {
    return Object.entries(this.settleGroups).find(([, types]) => types.includes(type))?.[0]
  }

  get settleGroups(): Readonly<Record<string, readonly string[]>> {
    return this.#options.settleGroups ?? {}
  }

  /** Makes live what there is of a group. */
  settle(group: string): void {
    this.#live.set(group, this.objects().filter(({ type }) => this.groupOf(type) === group))
  }

  live(): readonly FakeObject[] {
    return [...this.objects().filter(({ type }) => this.groupOf(type) === undefined), ...[...this.#live.values()].flat()]
  }

  /** What a list or find shows by now. */
  visible(type: string): readonly FakeObject[] {
    const now = this.#options.clock?.monotonic() ?? 0
    return this.objects(type).filter(({ id }) => (this.#visibleAtMs.get(id) ?? 0) <= now)
  }

  /** Logs a call, waits its latency, and lets its fault happen. */
  async call<T>(call: FakeCall, context: ReadContext, effect: (isStale: boolean) => T): Promise<T> {
    this.calls.push(call)
    const { clock, latencyMs } = this.#options
    const delayMs = typeof latencyMs === 'function' ? latencyMs() : (latencyMs ?? 0)
    if (clock !== undefined && delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve))
    if (this.isDown) throw new ProviderError('retryable', 'the fake backend is down: connection refused')
    const fault = this.faults.take(call.call, call.type, [call.id, call.name])
    return sufferFault(fault, context.signal, () => effect(fault?.fault === 'stale'))
  }

  objects(type?: string): readonly FakeObject[] {
    return [...this.#objects.values()].filter((object) => type === undefined || object.type === type).map((object) => structuredClone(object))
  }

  get(type: string, id: string, isStale = false): FakeObject | undefined {
    const object = isStale && this.#before.has(id) ? this.#before.get(id) : this.#objects.get(id)
    return object?.type === type ? object : undefined
  }

  insert(type: string, fields: Fields, key?: string): FakeObject {
    const earlier = key === undefined ? undefined : this.#objects.get(this.#byKey.get(key) ?? '')
    if (earlier !== undefined) return earlier
    this.#checkReferences(fields)
    const count = (this.#counts.get(type) ?? 0) + 1
    this.#counts.set(type, count)
    const object = { type, id: `${type}-${count}`, fields: structuredClone(fields) }
    this.#before.set(object.id, undefined)
    this.#objects.set(object.id, object)
    const { clock } = this.#options
    if (clock !== undefined && this.lagMs > 0) this.#visibleAtMs.set(object.id, clock.monotonic() + clock.random() * this.lagMs)
    if (key !== undefined) this.#byKey.set(key, object.id)
    return object
  }

  patch(id: string, patch: Fields): FakeObject {
    const object = this.#require(id)
    const changed = { ...object, fields: applyPatch(object.fields, structuredClone(patch)) as Fields }
    this.#checkReferences(changed.fields)
    this.#before.set(id, object)
    this.#objects.set(id, changed)
    return changed
  }

  remove(id: string): void {
    const object = this.#require(id)
    const user = this.#options.strict === true ? [...this.#objects.values()].find((other) => referencesOf(other.fields).includes(id)) : undefined
    if (user !== undefined) throw new ProviderError('conflict', `${id} is in use by ${user.id}`, { status: 409 })
    for (const child of this.#objects.values()) if (child.fields['parent_id'] === id) this.#objects.delete(child.id)
    this.#before.set(id, object)
    this.#objects.delete(id)
  }

  #require(id: string): FakeObject {
    const object = this.#objects.get(id)
    if (object === undefined) throw new ProviderError('not-found', `${id} does not exist`, { status: 404 })
    return object
  }

  #checkReferences(fields: Fields): void {
    if (this.#options.strict !== true) return
    for (const id of referencesOf(fields)) if (!this.#objects.has(id)) throw new ProviderError('fatal', `${id}, to which it refers, does not exist`, { status: 400 })
  }
}

function referencesOf(fields: Fields): readonly string[] {
  return [fields['ref'], fields['parent_id'], ...(Array.isArray(fields['refs']) ? (fields['refs'] as unknown[]) : [])].filter((id) => typeof id === 'string')
}

/** An object as a provider shows it. */
export function showObject(object: FakeObject, marks: Partial<Observed> = {}): Observed {
  return { id: object.id, outputs: { ...structuredClone(object.fields), serial: Number(object.id.split('-').at(-1)) }, ...marks }
}
