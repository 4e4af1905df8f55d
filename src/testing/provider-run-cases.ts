import { addressOf, type Resource } from '../core/resource.ts'
import { keyOfFields } from '../core/planning/identity.ts'
import type { Plan } from '../core/plan.ts'
import type { RunResult } from '../core/result.ts'
import { apply } from '../engine/apply.ts'
import { plan } from '../engine/plan.ts'
import { memoryStore } from '../store/memory.ts'
import type { ApplyOptions } from '../engine/options.ts'
import { createCaseContext } from './provider-context.ts'
import { manualClock } from './manual-clock.ts'
import { expectAlike, expectTrue } from './store-expect.ts'
import type { ProviderCaseBody, ProviderTrial } from './provider-trial.ts'

/** Cases about whole runs: what the engine makes of the provider. */
export const runCases: Readonly<Record<string, ProviderCaseBody>> = {
  'run: a plan of what was applied is empty': async (trial) => {
    const options = optionsOf(trial)
    const resources = trial.subject.declare('a')
    await applyWhole(resources, options)
    await expectEmpty(resources, options, 'after an apply')
  },
  'run: a plan of what was updated is empty': async (trial) => {
    const { change } = trial.subject
    trial.require(change !== undefined, 'the subject has no change')
    const options = optionsOf(trial)
    const resources = trial.subject.declare('a')
    await applyWhole(resources, options)
    const last = resources.at(-1) as Resource
    const changed = [...resources.slice(0, -1), { ...last, inputs: { ...last.inputs, ...change } }]
    await applyWhole(changed, options)
    await expectEmpty(changed, options, 'after an update')
  },
  'run: a lost reply leaves one object': async (trial) => {
    const loseReply = trial.fault('loseReply')
    requireKnowable(trial)
    await loseOne(trial, () => loseReply('write'))
  },
  'run: an object that is not visible yet is waited for': async (trial) => {
    const [loseReply, lag] = [trial.fault('loseReply'), trial.fault('lag')]
    const { visibleWithinMs = 0, find } = trial.type
    trial.require(visibleWithinMs > 0 && find !== undefined, 'the type has no visibleWithinMs, or no find')
    trial.require(trial.opened.clock !== undefined, 'open gives no clock by which lag is counted')
    await loseOne(trial, () => {
      lag(visibleWithinMs)
      loseReply('write')
    })
  },
}

/** A run on a place of its own; nothing sleeps. */
function optionsOf(trial: ProviderTrial): ApplyOptions {
  return { provider: trial.opened.provider, store: memoryStore(), clock: trial.opened.clock ?? manualClock({ auto: true }) }
}

function requireKnowable(trial: ProviderTrial): void {
  trial.require(trial.type.find !== undefined || trial.type.idempotent === true, 'the type has no find and is not idempotent: a lost reply needs a person')
}

/** What cannot be read leaves something out of a plan: that is no empty plan. */
async function planReadable(resources: readonly Resource[], options: ApplyOptions): Promise<Plan> {
  const changes = await plan(resources, { ...options, allowEmpty: true })
  const [first] = changes.unreadable
  expectTrue(first === undefined, `planning cannot read ${first?.subject ?? ''}: ${first?.error.message ?? ''}`)
  return changes
}

async function applyWhole(resources: readonly Resource[], options: ApplyOptions): Promise<RunResult> {
  const result = await apply(await planReadable(resources, options), options)
  const [first] = result.errors
  const blocked = result.actions.find(({ outcome }) => outcome !== 'succeeded')
  expectTrue(result.outcome === 'succeeded' && blocked === undefined, `the run came to ${result.outcome}: ${first === undefined ? `${blocked?.address ?? ''} ${blocked?.outcome ?? ''} ${blocked?.message ?? ''}` : `${first.address}: ${first.error.message}`}`)
  return result
}

async function expectEmpty(resources: readonly Resource[], options: ApplyOptions, when: string): Promise<void> {
  const { actions } = await planReadable(resources, options)
  const shown = actions.map(({ address, kind, changes, reason }) => `${kind} ${address}${changes.length > 0 ? ` (${changes.map(({ path }) => path.join('.')).join(', ')})` : ` ${String(reason ?? '')}`}`)
  expectAlike(shown, [], `the plan ${when}`)
}

/** Applies all but the last resource, then the last one with a reply that is lost, and counts. */
async function loseOne(trial: ProviderTrial, breakBackend: () => void): Promise<void> {
  const options = optionsOf(trial)
  const resources = trial.subject.declare('a')
  const last = resources.at(-1) as Resource
  await applyWhole(resources.slice(0, -1), options)
  const changes = await planReadable(resources, options)
  trial.require(changes.actions.some(({ address }) => address === addressOf(last)), 'it is as declared before anything is done')
  breakBackend()
  const result = await apply(changes, options)
  trial.heal()
  const made = result.actions.find(({ address }) => address === addressOf(last))
  expectTrue(result.outcome === 'succeeded', `the run in which one reply was lost came to ${result.outcome}: ${result.errors[0]?.error.message ?? made?.message ?? ''}`)
  await expectOne(trial, last, options)
  await expectEmpty(resources, options, 'after a run in which a reply was lost')
}

/** What the state has of the type is all that there is of it. */
async function expectOne({ type }: ProviderTrial, resource: Resource, options: ApplyOptions): Promise<void> {
  const recorded = (await options.store.load('default'))?.resources.get(addressOf(resource))
  if (recorded === undefined) throw new Error(`${addressOf(resource)} is not recorded after a run in which its reply was lost`)
  if (type.list === undefined) return
  const { id, outputs, parentId } = recorded
  const key = keyOfFields(type, outputs, parentId)
  const listed = await type.list(parentId === undefined || type.listedBy === 'all' ? {} : { parentId }, createCaseContext())
  const same = listed.filter((each) => each.id === id || (key !== undefined && keyOfFields(type, each.outputs, each.parentId ?? parentId) === key))
  expectAlike(same.length, 1, `objects of the natural key ${key ?? id} after a run in which a reply was lost`)
}
