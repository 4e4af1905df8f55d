import type { Clock } from '../engine/clock.ts'

/** A clock whose timers a test can stop all at once, as those of a process that dies. */
export interface MortalClock {
  readonly clock: Clock
  readonly stop: () => void
}

/** Wraps a clock for one process. */
export function createMortalClock(clock: Clock): MortalClock {
  const cancels = new Set<() => void>()
  let isStopped = false
  return {
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      random: () => clock.random(),
      id: () => clock.id(),
      after(delayMs, callback) {
        if (isStopped) return () => undefined
        const cancel = clock.after(delayMs, () => {
          cancels.delete(forget)
          callback()
        })
        const forget = (): void => {
          cancels.delete(forget)
          cancel()
        }
        cancels.add(forget)
        return forget
      },
    },
    stop() {
      isStopped = true
      for (const cancel of [...cancels]) cancel()
    },
  }
}
