import { acquireLease } from './acquire-lease.ts'
import type { Clock } from './clock.ts'
import type { RunEmitter } from './emitter.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { ApplyOptions } from './options.ts'

/** Claims a stack for a run. Who cancels or pauses the run ends its wait too. */
export function claimForRun(stack: string, options: ApplyOptions, emitter: RunEmitter, clock: Clock): Promise<LeaseKeeper> {
  return acquireLease({
    store: options.store,
    stack,
    clock,
    options,
    signals: [options.signal, emitter.toldEarly],
    onAwaited: (event) => emitter.emit('lease:awaited', event),
    onTaken: (event) => emitter.emit('lease:taken', event),
  })
}
