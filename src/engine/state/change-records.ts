import type { Address } from '../../core/address.ts'
import { OpenRunError, SerialConflictError } from '../../core/errors.ts'
import type { RecordedResource, State } from '../../core/state.ts'
import { acquireLease } from '../acquire-lease.ts'
import { systemClock } from '../clock.ts'
import { keepCheckpoint } from '../keep-checkpoint.ts'
import type { LeaseOptions } from '../lease-options.ts'
import type { BaseOptions } from '../options.ts'

/** How records are changed without a run. */
export interface ChangeRecordsOptions extends Pick<BaseOptions, 'store' | 'stack' | 'signal' | 'clock'>, LeaseOptions {
  /** Of the state that was looked at: another one is refused (`serial-conflict`). Default: any. */
  readonly expectedSerial?: number
  /** False: no copy of the state is kept before. A store without backups keeps a checkpoint. Default: true. */
  readonly backup?: boolean
}

/** What was taken out of a state. */
export interface Forgotten {
  /** The stack. */
  readonly stack: string
  /** Of the state as it is now. */
  readonly serial: number
  /** What is recorded no longer, as it was. Its objects are where they were. */
  readonly forgotten: readonly RecordedResource[]
}

/** Takes what `choose` picks out of the state, under a lease. A crash at any instant leaves the state as it was, or as it shall be. */
export async function changeRecords(options: ChangeRecordsOptions, choose: (state: State) => ReadonlySet<string>): Promise<Forgotten> {
  const { store, stack = 'default', clock = systemClock, expectedSerial, signal } = options
  const keeper = await acquireLease({ store, stack, clock, options, signals: [signal] })
  try {
    signal?.throwIfAborted()
    const open = (await store.runs(stack)).findLast(({ ended }) => !ended)
    if (open !== undefined) throw new OpenRunError(stack, open.id)
    const state: State = (await store.load(stack)) ?? { stack, serial: 0, lineage: '', salt: '', resources: new Map() }
    if (expectedSerial !== undefined && expectedSerial !== state.serial) throw new SerialConflictError(stack, expectedSerial, state.serial)
    const chosen = choose(state)
    if (chosen.size === 0) return { stack, serial: state.serial, forgotten: [] }
    if (options.backup !== false) await (store.backup?.(stack) ?? keepCheckpoint(store, state, `before ${chosen.size} were forgotten`, clock))
    const forgotten: RecordedResource[] = []
    const resources = new Map<Address, RecordedResource>()
    for (const [address, resource] of state.resources) {
      if (chosen.has(address)) forgotten.push(resource)
      else resources.set(address, resource)
    }
    await keeper.hold()
    signal?.throwIfAborted()
    const serial = state.serial + 1
    // Another origin: a plan from before may delete what nobody owns any more.
    await store.commit({ ...state, serial, lineage: clock.id(), resources }, { expectedSerial: state.serial, lease: keeper.lease })
    return { stack, serial, forgotten }
  } finally {
    await keeper.release()
  }
}
