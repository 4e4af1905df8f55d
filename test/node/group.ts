import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/** The processes of a group that are not dead: those that only wait for somebody to take note are. */
export function listGroup(group: number): readonly number[] {
  return readdirSync('/proc').map(Number).filter((pid) => groupOf(pid) === group)
}

/** The group of a process; undefined: there is no such process, or it is dead. */
export function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of a process may have anything in it; the rest follows its last parenthesis.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : Number(group)
  } catch {
    return undefined
  }
}

/** Waits until something holds. The test's own timeout is the limit. */
export async function until<T>(ask: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = ask()
    if (found !== undefined && found !== false) return found
    await setTimeout(10)
  }
}
