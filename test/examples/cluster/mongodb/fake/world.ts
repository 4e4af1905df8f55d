import { mkdirSync, readFileSync, renameSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/*
 * What fake servers know together. Real ones tell each other by heartbeats; these look into one file, under a lock. Whether a
 * process runs, and which version, is the machine's own word for it.
 */

export interface FakeMember {
  readonly _id: number
  readonly host: string
  readonly priority?: number
  readonly votes?: number
}

export interface FakeSet {
  config: { readonly _id: string; readonly version: number; readonly members: readonly FakeMember[]; readonly configsvr?: boolean }
  term: number
  primary: string | undefined
  /** Those that stepped down: until when they do not stand for election. */
  blocked: Record<string, number>
  /** Those that copy data: how often they are still asked until they have it. */
  copying: Record<string, number>
  /** Those that were members once. */
  former: string[]
}

export interface FakeShard {
  readonly _id: string
  readonly host: string
  draining?: boolean
  chunks: number
  databases: string[]
}

/** Something that goes wrong, once. */
export interface Fault {
  readonly command: string
  /** `lost reply`: it is done, and nobody hears of it. `overtaken`: somebody else changes the configuration first. `half`: it is begun, and the connection breaks. */
  readonly kind: 'lost reply' | 'lost request' | 'overtaken' | 'half'
}

export interface World {
  processes: Record<string, { pid: number; release: string; set?: string; role?: string }>
  sets: Record<string, FakeSet>
  compatibility: Record<string, { version: string; targetVersion?: string }>
  shards: FakeShard[]
  balancer: 'full' | 'off'
  faults: Fault[]
  /** The names of commands that were given and changed something, or tried to. */
  history: string[]
}

const EMPTY: World = { processes: {}, sets: {}, compatibility: {}, shards: [], balancer: 'full', faults: [], history: [] }
const STALE_MS = 2_000

/** Of servers that are in this process alone, by folder: no file is needed then. */
const held = new Map<string, string>()

/** The world of a folder is kept in this process, from its beginning until `drop`. */
export function holdWorld(folder: string): { drop(): void } {
  held.set(folder, JSON.stringify(EMPTY))
  return { drop: () => void held.delete(folder) }
}

/** Looks at the world, and changes it: one at a time, whoever does. */
export function withWorld<T>(folder: string, change: (world: World) => T): T {
  const here = held.get(folder)
  if (here !== undefined) return changeText(here, change, (text) => void held.set(folder, text))
  const lock = join(folder, 'lock')
  const file = join(folder, 'world.json')
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  try {
    return changeText(read(file), change, (text) => {
      writeFileSync(`${file}.new`, text)
      renameSync(`${file}.new`, file)
    })
  } finally {
    rmdirSync(lock)
  }
}

function changeText<T>(before: string, change: (world: World) => T, save: (text: string) => void): T {
  const world = JSON.parse(before) as World
  elect(world)
  const result = change(world)
  elect(world)
  const after = JSON.stringify(world)
  if (after !== before) save(after)
  return result
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    try {
      // Of somebody who was killed meanwhile.
      if (Date.now() - statSync(lock).mtimeMs > STALE_MS) rmdirSync(lock)
    } catch {
      // It was given back just now.
    }
    return false
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return JSON.stringify(EMPTY)
    throw error
  }
}

/** True: its process runs. */
export function isUp(world: World, address: string): boolean {
  const pid = world.processes[address]?.pid
  if (pid === undefined) return false
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Those that could be primary: they run, have the data, and did not step down just now. */
export function listElectable(world: World, set: FakeSet): readonly FakeMember[] {
  return set.config.members.filter(({ host, priority = 1 }) => priority > 0 && isUp(world, host) && set.copying[host] === undefined && (set.blocked[host] ?? 0) < Date.now())
}

export function hasMajority(world: World, members: readonly FakeMember[]): boolean {
  const voters = members.filter(({ votes = 1 }) => votes > 0)
  return voters.filter(({ host }) => isUp(world, host)).length > voters.length / 2
}

/** Each set has a primary where a majority runs: the one of the highest priority takes over. */
function elect(world: World): void {
  for (const set of Object.values(world.sets)) {
    const [best] = [...listElectable(world, set)].sort((a, b) => (b.priority ?? 1) - (a.priority ?? 1) || Number(b.host === set.primary) - Number(a.host === set.primary))
    const next = hasMajority(world, set.config.members) ? best?.host : undefined
    if (next !== undefined && next !== set.primary) set.term++
    set.primary = next
  }
}
