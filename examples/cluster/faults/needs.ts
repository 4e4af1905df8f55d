import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Need } from './script.ts'
import { SSHD } from './sshd.ts'

/** Why a script cannot run here; undefined: it can. */
export function findLack(needs: readonly Need[]): string | undefined {
  return needs.map((need) => LACKS[need]()).find((lack) => lack !== undefined)
}

const LACKS: Readonly<Record<Need, () => string | undefined>> = {
  root: () => (process.getuid?.() === 0 ? undefined : 'it needs root'),
  mount: () => (canMount() ? undefined : 'this machine lets nobody mount a file system'),
  sshd: () => (SSHD !== undefined ? undefined : 'there is no sshd on this machine'),
}

/** Makes a small file system in memory. */
export function mountDisk(at: string, megabytes: number): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', at], { stdio: 'pipe' })
}

export function unmountDisk(at: string): void {
  execFileSync('umount', [at], { stdio: 'pipe' })
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-mount-'))
  try {
    mountDisk(folder, 1)
    unmountDisk(folder)
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}
