import { compareInputs } from '../core/difference.ts'
import type { FaultKind } from '../core/errors.ts'
import { getPath, formatPath, type Fields } from '../core/json.ts'
import type { Observed } from '../core/observed.ts'
import { addressOf, type Resource } from '../core/resource.ts'
import { mapMarkers, type Marker } from '../core/value.ts'
import { classifyFault } from '../engine/classify.ts'
import { checkObserved } from '../engine/read-call.ts'
import type { CallContext } from '../provider/context.ts'
import type { ResourceType } from '../provider/provider.ts'
import type { OpenedProvider, ProviderSubject } from './provider-case.ts'
import { createCaseContext } from './provider-context.ts'
import type { ProviderFaults } from './provider-faults.ts'
import { SkippedCase } from './store-case.ts'

/** A declared resource whose references are resolved, as a call gets it. */
export interface Prepared {
  readonly type: ResourceType
  readonly name: string
  readonly inputs: Fields
  readonly parentId?: string
}

/** What a case does with the type that it is given. */
export type ProviderCaseBody = (trial: ProviderTrial) => Promise<void>

/** One resource type of an opened provider, with what cases do with it. */
export class ProviderTrial {
  readonly opened: OpenedProvider
  readonly subject: ProviderSubject
  readonly type: ResourceType
  /** What was made for others to refer to, by address. */
  readonly #made = new Map<string, Observed>()

  constructor(opened: OpenedProvider, typeName: string) {
    const type = Object.hasOwn(opened.provider.types, typeName) ? opened.provider.types[typeName] : undefined
    if (type === undefined) throw new Error(`the provider has no type ${typeName}; subjects are given by the name of their type`)
    this.opened = opened
    this.subject = opened.subjects[typeName] as ProviderSubject
    this.type = type
  }

  /** Skips the case unless it applies. */
  require(applies: boolean, reason: string): void {
    if (!applies) throw new SkippedCase(reason)
  }

  /** A fault that the backend can be made to have; without it the case is skipped. */
  fault<K extends keyof ProviderFaults>(name: K): NonNullable<ProviderFaults[K]> {
    const fault = this.opened.faults?.[name]
    if (fault === undefined) throw new SkippedCase(`faults has no ${name}`)
    return fault
  }

  heal(): void {
    this.opened.faults?.heal?.()
  }

  /** Makes what a variant needs, and says what is then to be made. */
  async prepare(variant: string): Promise<Prepared> {
    const resources = this.subject.declare(variant)
    for (const resource of resources.slice(0, -1)) {
      const address = addressOf(resource)
      if (!this.#made.has(address)) this.#made.set(address, await this.create(this.#resolve(resource)))
    }
    return this.#resolve(resources.at(-1) as Resource)
  }

  /** Makes it; what exists always is looked for and updated, as a run does. */
  async create(prepared: Prepared, context: CallContext = createCaseContext()): Promise<Observed> {
    const { type, name, inputs } = prepared
    const there = type.singleton === true ? await this.lookFor(prepared) : undefined
    const request = { name, inputs, ...parentOf(prepared) }
    const reply = there === undefined ? await type.create(request, context) : await type.update({ ...request, id: there.id, patch: inputs, before: there }, context)
    return checkObserved(reply, `create of ${name}`)
  }

  /** Changes it as the subject says; without a change the case is skipped. */
  async update(prepared: Prepared, before: Observed): Promise<{ readonly changed: Prepared; readonly observed: Observed }> {
    const { change } = this.subject
    if (change === undefined) throw new SkippedCase('the subject has no change')
    const changed = { ...prepared, inputs: { ...prepared.inputs, ...change } }
    const reply = await this.type.update({ id: before.id, name: changed.name, inputs: changed.inputs, patch: change, before, ...parentOf(changed) }, createCaseContext())
    return { changed, observed: checkObserved(reply, `update of ${changed.name}`) }
  }

  async read(prepared: Prepared, id: string, context: CallContext = createCaseContext()): Promise<Observed | undefined> {
    const found = await prepared.type.read({ id, ...parentOf(prepared) }, context)
    return found === undefined ? undefined : checkObserved(found, `read of ${prepared.name}`)
  }

  async delete(prepared: Prepared, { id, outputs }: Observed): Promise<void> {
    await prepared.type.delete({ id, name: prepared.name, outputs, ...parentOf(prepared) }, createCaseContext())
  }

  /** Lists as planning does; without a list the case is skipped. */
  async list(prepared: Prepared): Promise<readonly Observed[]> {
    const { list, listedBy } = prepared.type
    if (list === undefined) throw new SkippedCase('the type has no list')
    return list.call(prepared.type, listedBy === 'all' ? {} : parentOf(prepared), createCaseContext())
  }

  /** Finds by natural key; without a find the case is skipped. */
  async find(prepared: Prepared): Promise<Observed | undefined> {
    const { type, name, inputs } = prepared
    if (type.find === undefined) throw new SkippedCase('the type has no find')
    return type.find({ name, inputs, ...parentOf(prepared) }, createCaseContext())
  }

  /** By find, else by list; for what exists always. */
  async lookFor(prepared: Prepared): Promise<Observed | undefined> {
    if (prepared.type.find !== undefined) return this.find(prepared)
    if (prepared.type.list === undefined) return undefined
    const all = await this.list(prepared)
    return all.find(({ parentId }) => parentId === undefined || parentId === prepared.parentId)
  }

  /** How a run would treat the fault. */
  classify(error: unknown): FaultKind {
    return classifyFault(error, this.type, this.opened.provider).kind
  }

  /** Throws when what is shown contradicts what is declared. */
  expectAsDeclared({ type, inputs }: Prepared, { outputs }: Observed, what: string): void {
    const { changes } = compareInputs({ declared: inputs, observed: outputs, rules: type, resolve: () => undefined })
    const [first] = changes
    if (first === undefined) return
    const shown = JSON.stringify(getPath(outputs, first.path)) ?? 'nothing'
    throw new Error(`${what}: ${formatPath(first.path)} is declared ${JSON.stringify(getPath(inputs, first.path))} and shown as ${shown}`)
  }

  #resolve({ type: typeName, name, inputs }: Resource): Prepared {
    const type = this.opened.provider.types[typeName]
    if (type === undefined) throw new Error(`${typeName}/${name} is declared, and the provider has no type ${typeName}`)
    const resolved = mapMarkers(inputs, (marker) => this.#valueOf(marker)) as Fields
    const parentId = type.parent === undefined ? undefined : resolved[type.parent.field]
    return { type, name, inputs: resolved, ...(typeof parentId === 'string' && { parentId }) }
  }

  #valueOf(marker: Marker): unknown {
    if (marker.kind === 'reference') {
      const made = this.#made.get(marker.address)
      if (made === undefined) throw new Error(`it refers to ${marker.address}, which is not declared before it`)
      return marker.path.length === 0 ? made.id : getPath(made.outputs, marker.path)
    }
    const content = marker.kind === 'unknown' ? undefined : marker.reveal()
    if (content === undefined) throw new Error(`a ${marker.kind} value has nothing to resolve it here; declare a plain or sensitive one`)
    return content.value
  }
}

function parentOf({ parentId }: Prepared): { readonly parentId?: string } {
  return parentId === undefined ? {} : { parentId }
}
