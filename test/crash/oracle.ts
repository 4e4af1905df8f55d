import type { Entry } from '../../src/core/entry.ts'
import { replayEntries } from '../../src/core/journal.ts'
import type { Plan } from '../../src/core/plan.ts'
import { foldState, type State } from '../../src/core/state.ts'
import { readEntries } from '../../src/testing/store-sample.ts'
import type { Store } from '../../src/store/store.ts'
import type { FakeBackend } from '../../src/testing/fake-backend.ts'

/** What must hold after every step of a history, and after every process. */
export class Oracle {
  /** What has been found wrong, the first one first. */
  readonly faults: string[] = []
  readonly #backend: FakeBackend

  constructor(backend: FakeBackend) {
    this.#backend = backend
  }

  /** After each call that changes something: no two live objects of one natural key, no reference to what is not there. */
  checkObjects(call: string): void {
    const objects = this.#backend.objects()
    const ids = new Set(objects.map(({ id }) => id))
    const keys = new Map<string, string>()
    for (const { type, id, fields } of objects) {
      const key = [type, fields['name'], type === 'versioned' ? fields['kind'] : '', fields['parent_id'] ?? ''].join(' ')
      const twin = keys.get(key)
      if (twin !== undefined) this.#fault(`after ${call}: ${twin} and ${id} are the same ${key}`)
      keys.set(key, id)
      for (const ref of [...((fields['refs'] ?? []) as string[]), ...(fields['parent_id'] === undefined ? [] : [String(fields['parent_id'])])]) if (!ids.has(ref)) this.#fault(`after ${call}: ${id} refers to ${ref}, which is not there`)
    }
  }

  /** The backend is strict: what it refuses for this reason came in the wrong order. */
  checkRefusal(call: string, error: unknown): void {
    const { message } = error as Error
    if (/in use by|to which it refers|does not exist/.test(message)) this.#fault(`${call} came at the wrong time: ${message}`)
  }

  /** After each process: the journal is in order, it explains every object, and it folds to the state that is saved. */
  async checkJournal(store: Store, plan: Plan, before: State | undefined): Promise<void> {
    const [run] = (await store.runs('default')).filter(({ plan: id }) => id === plan.id)
    if (run === undefined) return
    const entries = await readEntries(store, 'default', run.id)
    const record = replayEntries(entries)
    this.#checkOrder(entries, plan)
    const folded = foldState(before ?? NOTHING, record.changes)
    const saved = (await store.load('default')) ?? NOTHING
    if (record.ended !== undefined && describe(folded) !== describe(saved)) this.#fault(`the journal folds to\n${describe(folded)}\nand the saved state is\n${describe(saved)}`)
    this.#checkKnown(entries, plan, folded.resources)
    this.#checkLive(folded)
  }

  #checkOrder(entries: readonly Entry[], plan: Plan): void {
    const after = new Map(plan.actions.flatMap(({ steps }) => steps.map((step) => [step.key, step.after] as const)))
    const succeeded = new Set<string>()
    for (const entry of entries) {
      // What settles comes after the outcome of others, whatever that is, and may come again.
      if ('step' in entry && entry.step.startsWith('settle:')) {
        if (entry.kind === 'succeeded') succeeded.add(entry.step)
        continue
      }
      if (entry.kind !== 'started' && entry.kind !== 'succeeded') continue
      for (const key of after.get(entry.step) ?? []) if (!succeeded.has(key)) this.#fault(`${entry.kind} ${entry.step} before ${key}`)
      if (entry.kind === 'succeeded' && succeeded.has(entry.step)) this.#fault(`${entry.step} succeeded twice`)
      if (entry.kind === 'started' && succeeded.has(entry.step)) this.#fault(`${entry.step} was started again after it had succeeded`)
      if (entry.kind === 'succeeded') succeeded.add(entry.step)
    }
  }

  #checkKnown(entries: readonly Entry[], plan: Plan, folded: State['resources']): void {
    const known = new Set([...folded.values()].flatMap(({ id, deposed = [] }) => [id, ...deposed.map((each) => each.id)]))
    const begun = new Set<string>()
    const { steps } = replayEntries(entries)
    for (const { address, inputs, steps: planned } of plan.actions) if (planned.some(({ key }) => (steps.get(key)?.attempts ?? 0) > 0 && steps.get(key)?.status !== 'succeeded')) begun.add(`${address.split('/')[0]} ${String((inputs as Record<string, unknown> | undefined)?.['name'])}`)
    for (const { id, type, fields } of this.#backend.objects()) if (!known.has(id) && !begun.has(`${type} ${String(fields['name'])}`)) this.#fault(`${id} (${String(fields['name'])}) is on the backend, and neither the state nor the journal knows of it`)
  }

  /** What is not live is known to be so. */
  #checkLive({ unsettled = [] }: State): void {
    const live = new Set(this.#backend.live().map((object) => JSON.stringify(object)))
    const there = new Set(this.#backend.objects().map((object) => JSON.stringify(object)))
    const differing = [...this.#backend.live().filter((object) => !there.has(JSON.stringify(object))), ...this.#backend.objects().filter((object) => !live.has(JSON.stringify(object)))]
    for (const { type, id } of differing) {
      const group = this.#backend.provider.types[type as 'named'].settleGroup
      if (group === undefined || !unsettled.includes(group)) this.#fault(`${id} is not live as it is saved, and nobody knows that ${group} is not settled: ${unsettled.join(', ')}`)
    }
  }

  #fault(text: string): void {
    this.faults.push(text)
  }
}

const NOTHING: State = { stack: 'default', serial: 0, lineage: '', salt: '', resources: new Map() }

function describe({ resources, unsettled }: State): string {
  return [String(unsettled), ...[...resources.values()].map((resource) => JSON.stringify(resource)).sort()].join('\n')
}
