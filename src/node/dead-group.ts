import { readdir, readFile } from 'node:fs/promises'

/**
 * True when all that is left of a process group is dead, and only waits for somebody to take note: in a container whose first
 * process does not do so, that is how it stays. False where that cannot be told (anywhere but on Linux).
 */
export async function isDead(group: number): Promise<boolean> {
  const names = await readdir('/proc').catch(() => [])
  let found = false
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '')
    // The name of a process may have anything in it; the rest follows its last parenthesis.
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (Number(pgrp) !== group) continue
    if (state !== 'Z' && state !== 'X') return false
    found = true
  }
  return found
}
