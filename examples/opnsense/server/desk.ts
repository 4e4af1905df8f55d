import { waitFor, type ServerClock } from '../../parts/server-clock.ts'
import type { Config } from './config.ts'
import type { ConfigFile } from './config-file.ts'
import type { LiveState } from './live-state.ts'
import type { Site } from './site.ts'

/** What commands share. */
export interface Desk {
  readonly file: ConfigFile
  readonly live: LiveState
  readonly site: Site
  readonly clock: ServerClock
  /** Between the read and the save of a write. */
  readonly latencyMs: number
  readonly newId: () => string
  /** Writes that are under way, and how often one began while another one was. */
  readonly traffic: { underWay: number; overlaps: number }
}

/** One call of a command. */
export interface Call {
  readonly isPost: boolean
  /** What follows the command in the path. */
  readonly params: readonly string[]
  /** The body, an object without anything where there was none. */
  readonly post: Readonly<Record<string, unknown>>
  /** As the configuration's history names it. */
  readonly path: string
  /** True: it must answer as if it had gone well, and have no effect. */
  readonly isVain: boolean
}

/** A command of the API. */
export interface Command {
  /** How many parameters it insists on. */
  readonly paramCount: number
  readonly run: (call: Call) => unknown
}

/** Commands by `module/controller/command`. */
export type Commands = Readonly<Record<string, Command>>

/** What a write comes to. */
export interface Outcome {
  readonly reply: unknown
  /** False: nothing is saved. */
  readonly isChanged: boolean
}

/** Reads everything, lets time pass, changes it and saves everything. Two that overlap lose the changes of one. */
export async function write({ file, clock, latencyMs, traffic }: Desk, path: string, change: (config: Config) => Outcome): Promise<unknown> {
  if (traffic.underWay > 0) traffic.overlaps++
  traffic.underWay++
  try {
    const config = file.read()
    await waitFor(clock, latencyMs)
    const { reply, isChanged } = change(config)
    if (isChanged) file.save(config, `${path} made changes`)
    return reply
  } finally {
    traffic.underWay--
  }
}
