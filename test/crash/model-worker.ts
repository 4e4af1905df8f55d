import type { Action, Step } from '../../src/core/action.ts'
import { compareInputs } from '../../src/core/difference.ts'
import type { Fields } from '../../src/core/json.ts'
import { Ledger } from '../../src/core/ledger.ts'
import { applyPatch } from '../../src/core/patch.ts'
import type { KnownObject } from '../../src/core/plan.ts'
import type { Signal } from '../../src/core/run/signal.ts'
import { fingerprintObserved } from '../../src/core/staleness.ts'
import type { RecordedResource, StateChange } from '../../src/core/state.ts'
import type { TypeRules } from '../../src/core/rules.ts'
import { mapMarkers } from '../../src/core/value.ts'
import { showObject, titleOf, type World } from './world.ts'

/** What a step is about, and its place in the flow. */
export interface ModelWork {
  readonly step: number
  readonly action: Action
  readonly planned: Step
}

/** Carries steps out on a model of a backend, at once: what the engine's worker does, without a promise. */
export class ModelWorker {
  world: World
  readonly #rules: TypeRules
  readonly #ledger: Ledger

  /** What references stand for. */
  readonly #ids: Map<string, string>

  constructor(world: World, rules: TypeRules, recorded: ReadonlyMap<string, RecordedResource>, objects: readonly KnownObject[]) {
    this.world = world
    this.#ids = new Map([...recorded.values(), ...objects].map(({ address, id }) => [address, id]))
    this.#rules = rules
    this.#ledger = new Ledger(recorded)
  }

  inspect({ step, action, planned }: ModelWork, mayHaveHappened: boolean): Signal {
    if (planned.call === 'create') {
      const found = this.#find(this.#resolve(action))
      const older = action.replaceOrder === 'create-first' ? this.#ledger.recordOf(action.address) : undefined
      if (found === undefined) return { kind: 'inspected', step, absent: true, ...(older && action.id !== undefined && { before: { id: action.id, outputs: older.outputs, recorded: older } }) }
      return mayHaveHappened ? { kind: 'inspected', step, settled: this.#put(action, planned, found), id: found } : { kind: 'moved', step, message: `${action.address} exists` }
    }
    const id = action.id as string
    const fields = this.world.objects.get(id)
    if (fields === undefined) return planned.call === 'delete' ? { kind: 'inspected', step, settled: this.#ledger.remove(action, planned) } : { kind: 'moved', step, message: `${action.address} is gone` }
    const declared = action.leftAs ?? (action.kind === 'delete' ? undefined : action.inputs)
    if (fingerprintObserved(this.#rules, declared, showObject(id, fields)) === action.fingerprint) {
      const recorded = this.#ledger.recordOf(action.address)
      return { kind: 'inspected', step, before: { id, outputs: fields, ...(recorded && { recorded }) } }
    }
    return mayHaveHappened && planned.call === 'update' && this.#isAsDesired(this.#resolve(action), fields) ? { kind: 'inspected', step, settled: this.#put(action, planned, id), id } : { kind: 'moved', step, message: `${action.address} was changed` }
  }

  /** The effect of a call; what to tell the machine of it is made afterwards, since a reply takes its time. */
  perform({ action, planned }: ModelWork): string | undefined {
    const { objects, made, effects, calls } = this.world
    const next = new Map(objects)
    if (planned.call === 'create') {
      const inputs = this.#resolve(action)
      const id = `versioned-${made + 1}`
      next.set(id, inputs)
      this.world = { ...this.world, objects: next, made: made + 1, effects: [...effects, `create ${titleOf(inputs)}`], calls: [...calls, planned.key] }
      return id
    }
    const id = action.id as string
    const before = objects.get(id)
    if (before === undefined) throw new Error(`${planned.key} of ${id}, which is not there`)
    if (planned.call === 'update') {
      const after = applyPatch(before, { ...this.#resolve(action), ...Object.fromEntries((action.unset ?? []).map(([key]) => [String(key), null])) }) as Fields
      next.set(id, after)
    } else next.delete(id)
    this.world = { ...this.world, objects: next, effects: [...effects, `${planned.call} ${titleOf(before)}`], calls: [...calls, planned.key] }
    return id
  }

  noteCall({ planned }: ModelWork): void {
    this.world = { ...this.world, calls: [...this.world.calls, planned.key] }
  }

  done({ step, action, planned }: ModelWork, id: string): Signal {
    return { kind: 'done', step, change: planned.call === 'delete' ? this.#ledger.remove(action, planned) : this.#put(action, planned, id), id }
  }

  probe({ step, action, planned }: ModelWork): Signal {
    if (planned.call === 'create') {
      const found = this.#find(this.#resolve(action))
      return found === undefined ? { kind: 'probed', step, answer: 'absent' } : { kind: 'probed', step, answer: 'happened', change: this.#put(action, planned, found), id: found }
    }
    const id = action.id as string
    const fields = this.world.objects.get(id)
    const happened = planned.call === 'delete' ? fields === undefined : fields !== undefined && this.#isAsDesired(this.#resolve(action), fields)
    if (!happened) return { kind: 'probed', step, answer: 'absent' }
    return { kind: 'probed', step, answer: 'happened', change: planned.call === 'delete' ? this.#ledger.remove(action, planned) : this.#put(action, planned, id) }
  }

  #resolve({ inputs }: Action): Fields {
    return mapMarkers(inputs as Fields, (marker) => {
      const id = marker.kind === 'reference' ? this.#ids.get(marker.address) : undefined
      if (id === undefined) throw new Error(`${JSON.stringify(marker)} does not exist: a dependency did not precede`)
      return id
    }) as Fields
  }

  #find({ name, kind }: Fields): string | undefined {
    for (const [id, fields] of this.world.objects) if (fields['name'] === name && fields['kind'] === kind) return id
    return undefined
  }

  #isAsDesired(inputs: Fields, observed: Fields): boolean {
    return compareInputs({ declared: inputs, observed, rules: this.#rules, resolve: () => undefined }).changes.length === 0
  }

  #put(action: Action, planned: Step, id: string): StateChange {
    this.#ids.set(action.address, id)
    return this.#ledger.put(action, planned, { id, inputs: action.inputs as Fields, outputs: this.world.objects.get(id) as Fields })
  }
}
