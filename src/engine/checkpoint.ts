import type { Checkpoint, CheckpointInfo } from '../core/checkpoint.ts'
import { StoreError } from '../core/errors.ts'
import { suggest } from '../core/nearest.ts'
import type { Plan } from '../core/plan.ts'
import { declareCheckpoint, leaveOutSecrets } from '../core/restoration.ts'
import { readCheckpoint } from '../store/checkpoint-text.ts'
import { getInPieces } from '../store/document.ts'
import { apply } from './apply.ts'
import { systemClock } from './clock.ts'
import { RunEmitter } from './emitter.ts'
import { keepCheckpoint, type CheckpointOptions } from './keep-checkpoint.ts'
import type { ApplyOptions, PlanOptions } from './options.ts'
import { plan } from './plan.ts'
import { loadRecorded } from './recorded.ts'
import type { Run } from './run.ts'

/**
 * Keeps a named copy of what is recorded for a stack, what an open run has done included. Changes nothing else.
 *
 * Throws `store` when nothing is recorded.
 *
 * @example
 * ```ts
 * import { apply, checkpoint, declare, listCheckpoints, memoryStore, plan, restore } from 'convergent'
 * import { createFakeBackend } from 'convergent/testing'
 *
 * const backend = createFakeBackend()
 * const options = { provider: backend.provider, store: memoryStore() }
 * const { named } = declare(backend.provider)
 * await apply(await plan([named('a', { name: 'a' })], options), options)
 * const { id } = await checkpoint('before the move', options)
 * await apply(await plan([named('b', { name: 'b' })], options), options)
 * await restore(id, options)
 * backend.objects().map(({ fields }) => fields['name']) // => ['a']
 * const kept = await listCheckpoints(options)
 * kept.length // => 1
 * ```
 */
export async function checkpoint(description: string, options: CheckpointOptions): Promise<CheckpointInfo> {
  const { store, stack = 'default', clock = systemClock } = options
  const { state } = await loadRecorded(store, stack)
  if (state === undefined) throw new StoreError(`nothing is recorded for stack ${stack}, so there is nothing to keep a copy of`)
  return keepCheckpoint(store, state, description, clock)
}

/** One checkpoint with its state. Throws `store` when there is none of that id. */
export async function getCheckpoint(id: string, { store, stack = 'default' }: CheckpointOptions): Promise<Checkpoint> {
  const pieces = await getInPieces(store, stack, 'checkpoint', id)
  if (pieces !== undefined) return readCheckpoint(pieces, id)
  throw describeMissing(id, stack, await store.list(stack, 'checkpoint'))
}

/** Removes a checkpoint, a damaged one too. Throws `store` when there is none of that id. */
export async function deleteCheckpoint(id: string, { store, stack = 'default' }: CheckpointOptions): Promise<void> {
  const ids = await store.list(stack, 'checkpoint')
  if (!ids.includes(id)) throw describeMissing(id, stack, ids)
  await store.remove(stack, 'checkpoint', id)
}

function describeMissing(id: string, stack: string, ids: readonly string[]): StoreError {
  return new StoreError(`stack ${stack} has no checkpoint ${id}${suggest(id, ids) || `; it has ${ids.join(', ') || 'none'}`}`)
}

/** How to restore a checkpoint. */
export type RestoreOptions = Omit<ApplyOptions, 'expectMode' | 'onDelete'> & Pick<PlanOptions, 'onEvent' | 'policies'>

/**
 * Plans from what exists now to a checkpoint: what was recorded then and has changed since, what is missing, and what came
 * later and goes. A secret is kept as a digest only, so what would need one is blocked.
 *
 * Throws `store` when there is no such checkpoint, and what {@link plan} throws.
 */
export async function planRestore(id: string, options: RestoreOptions): Promise<Plan> {
  const { state } = await getCheckpoint(id, options)
  const made = await plan(declareCheckpoint(state), { ...options, mode: 'sync', existing: 'recorded', allowEmpty: true })
  return leaveOutSecrets(made, state)
}

/** Brings back what a checkpoint has: plans as {@link planRestore} does, and applies that plan. `run.result` rejects for its reasons and those of {@link apply}. */
export function restore(id: string, options: RestoreOptions): Run {
  const { clock = systemClock } = options
  const emitter = new RunEmitter(clock.id())
  return emitter.begin(async () => {
    const run = apply(await planRestore(id, options), options)
    emitter.id = run.id
    emitter.attach({ cancel: () => void run.cancel().catch(() => undefined), pause: (reason) => void run.pause(reason).catch(() => undefined), sample: (everyMs) => run.progress(everyMs) })
    for await (const { name, ...event } of run) if (name !== 'run:finished') emitter.emit(name, event as never)
    return run.result
  })
}
