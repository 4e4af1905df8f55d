import type { Action, Step } from './action.ts'
import type { Fields } from './json.ts'
import type { Mutable } from './mutable.ts'
import type { RecordedResource, StateChange } from './state.ts'

/** An object as a step left it, in the form in which it is recorded. */
export interface Left {
  readonly id: string
  readonly parentId?: string | undefined
  readonly inputs: Fields
  readonly outputs: Fields
}

/** What is recorded while a run goes on: what there was before it, and what each of its steps has changed since. */
export class Ledger {
  readonly #before: ReadonlyMap<string, RecordedResource>
  /** Undefined: nothing is recorded there any more. */
  readonly #since = new Map<string, RecordedResource | undefined>()

  constructor(before: ReadonlyMap<string, RecordedResource>) {
    this.#before = before
  }

  recordOf(address: string): RecordedResource | undefined {
    return this.#since.has(address) ? this.#since.get(address) : this.#before.get(address)
  }

  /** A step made or changed an object. */
  put(action: Action, step: Step, { id, parentId, inputs, outputs }: Left): StateChange {
    const { address, restores, movedFrom } = action
    const isCreateFirst = action.replaceOrder === 'create-first' && step.call === 'create'
    const earlier = (movedFrom === undefined ? undefined : this.recordOf(movedFrom)) ?? this.recordOf(address)
    if (restores === 'nothing' && !isCreateFirst) return this.#drop(address)
    const older = earlier?.deposed ?? []
    const deposed = isCreateFirst && action.id !== undefined ? [...older, { id: action.id, dependsOn: earlier?.dependsOn ?? [] }] : older
    const isRestored = restores !== undefined && restores !== 'nothing'
    const kept: Mutable<RecordedResource> = isRestored ? { ...restores, id, outputs } : { address, id, inputs, outputs, dependsOn: action.dependsOn }
    if (!isRestored && action.protected !== undefined) kept.protected = action.protected
    if (!isRestored && (action.adopts === true || earlier?.adopted === true)) kept.adopted = true
    if (parentId !== undefined) kept.parentId = parentId
    if (restores === undefined ? deposed.length > 0 : isCreateFirst) kept.deposed = deposed
    return this.#keep(kept, movedFrom)
  }

  /** A step removed an object, or we let it go. Without an older object the resource itself is gone; else only that one is. */
  remove(action: Action, step: Step): StateChange {
    const { restores } = action
    const address = this.#addressOf(action)
    const record = this.recordOf(address)
    if (action.kind === 'delete' && restores !== undefined && restores !== 'nothing') return this.#keep(restores, restores.address === address ? undefined : address)
    const isOlder = action.deposed !== undefined || (action.replaceOrder === 'create-first' && step.call === 'delete')
    if (!isOlder || record === undefined || restores === 'nothing') return this.#drop(address)
    const { deposed = [], ...rest } = record
    const left = deposed.filter(({ id }) => id !== action.id)
    return this.#keep(left.length === 0 ? rest : { ...rest, deposed: left })
  }

  /** Where an action's object is recorded: what a replace deletes first, where it was until now; an older one, with whatever moved meanwhile. */
  #addressOf({ address, movedFrom, deposed, id }: Action): Action['address'] {
    if (movedFrom !== undefined && this.recordOf(movedFrom)?.id === id) return movedFrom
    const holds = (record: RecordedResource | undefined): boolean => record?.deposed?.some((each) => each.id === id) === true
    if (deposed === undefined || holds(this.recordOf(address))) return address
    for (const known of new Set([...this.#since.keys(), ...this.#before.keys()])) if (holds(this.recordOf(known))) return known as Action['address']
    return address
  }

  #keep(resource: RecordedResource, movedFrom?: Action['address']): StateChange {
    if (movedFrom !== undefined) this.#since.set(movedFrom, undefined)
    this.#since.set(resource.address, resource)
    return { put: resource, ...(movedFrom !== undefined && { movedFrom }) }
  }

  #drop(address: Action['address']): StateChange {
    this.#since.set(address, undefined)
    return { remove: address }
  }
}
