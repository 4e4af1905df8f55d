import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Which process this is, so that another one on this machine can tell whether it still lives. */
export interface HolderProcess {
  readonly pid: number
  readonly host: string
  /** Of the installation; together with the host name it says that two boots are of one machine. */
  readonly machine?: string
  /** Of this boot: a process of another boot is dead. */
  readonly boot?: string
  /** Of the process ids: two containers on one machine count their processes apart. */
  readonly pidSpace?: string
  /** When the process began, in the kernel's ticks: a process id is given again. */
  readonly startTicks?: string
}

function tryRead(read: () => string): string | undefined {
  try {
    const text = read().trim()
    return text === '' ? undefined : text
  } catch {
    return undefined
  }
}

function readStartTicks(pid: number): string | undefined {
  // The command, in brackets, may hold spaces and brackets: fields are counted after the last one.
  return tryRead(() => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19] ?? '')
}

/** Describes this process. */
export function describeProcess(): HolderProcess {
  const machine = tryRead(() => readFileSync('/etc/machine-id', 'utf8'))
  const boot = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))
  const pidSpace = tryRead(() => readlinkSync('/proc/self/ns/pid'))
  const startTicks = readStartTicks(process.pid)
  return {
    pid: process.pid,
    host: hostname(),
    ...(machine !== undefined && { machine }),
    ...(boot !== undefined && { boot }),
    ...(pidSpace !== undefined && { pidSpace }),
    ...(startTicks !== undefined && { startTicks }),
  }
}

/** True only where it is proven that the holder no longer runs; false whenever that cannot be told from here. */
export function isProvablyDead(holder: HolderProcess, self: HolderProcess = describeProcess()): boolean {
  if (holder.host !== self.host) return false
  if (holder.boot !== self.boot) return holder.boot !== undefined && holder.machine !== undefined && holder.machine === self.machine
  if (holder.pidSpace !== self.pidSpace) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
  const startTicks = readStartTicks(holder.pid)
  return holder.startTicks !== undefined && startTicks !== undefined && startTicks !== holder.startTicks
}
