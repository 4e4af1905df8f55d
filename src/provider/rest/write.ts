import { compareInputs } from '../../core/difference.ts'
import { ProviderError } from '../../core/errors.ts'
import { canonicalJson, type Fields } from '../../core/json.ts'
import type { Observed } from '../../core/observed.ts'
import type { TypeRules } from '../../core/rules.ts'
import type { CallContext } from '../context.ts'
import type { HttpClient } from './http.ts'
import { readUntil, type Pauses } from '../read-until.ts'
import { awaitTask, type Tasks } from './tasks.ts'

/** Reads lag little, as a rule. */
const LAG_PAUSES: Pauses = { firstMs: 50, longestMs: 1_000 }

/** How an API carries out writes. */
export interface WriteRules {
  readonly client: HttpClient
  readonly tasks: Tasks | undefined
  readonly lagMs: number
  readonly visibleWithinMs: number
}

/** How a write shows. */
export interface Evidence {
  /** The id of what was written, as far as it is known; `reply`: undefined where an earlier attempt had it. */
  readonly name: (reply: unknown) => Promise<string | undefined>
  /** Reads it; without an id, by its natural key. */
  readonly look: (written: string | undefined) => Promise<Observed | undefined>
  /** True when what was read shows the write. */
  readonly shows: (found: Observed | undefined) => boolean
}

/** What a write came to. */
export interface Written {
  readonly written: string | undefined
  /** As it was read last. */
  readonly found: Observed | undefined
}

/** Makes a write, waits until it is done, and reads until it shows. */
export type Writer = (send: () => Promise<unknown>, evidence: Evidence, context: CallContext) => Promise<Written>

/** Makes the writer of an API. */
export function createWriter({ client, tasks, lagMs, visibleWithinMs }: WriteRules): Writer {
  const see = async (reply: unknown, { name, look, shows }: Evidence, withinMs: number, context: CallContext): Promise<Written> => {
    let written: string | undefined
    try {
      written = await name(reply)
      return { written, found: await readUntil(() => look(written), shows, withinMs, context, LAG_PAUSES) }
    } catch (error) {
      if (context.signal.aborted || (error instanceof ProviderError && error.kind === 'ambiguous')) throw error
      throw new ProviderError('ambiguous', `${written ?? 'it'} was written, and cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
  return async (send, evidence, context) => {
    if (tasks !== undefined && context.savedHandle !== undefined) {
      const end = await awaitTask(client, tasks, context.savedHandle, context)
      const seen = await see(undefined, evidence, end === 'forgotten' ? visibleWithinMs : lagMs, context)
      // What nobody knows of and nothing shows after this time was not done.
      if (end === 'succeeded' || evidence.shows(seen.found)) return seen
    }
    const reply = await send()
    const handle = tasks?.handleOf(reply)
    if (tasks !== undefined && handle !== undefined) {
      await context.saveHandle(handle)
      const end = await awaitTask(client, tasks, handle, context)
      if (end === 'forgotten') {
        const seen = await see(reply, evidence, Math.max(visibleWithinMs, lagMs), context)
        if (evidence.shows(seen.found)) return seen
        // It may go on without anybody who knows of it, or may never have begun.
        throw new ProviderError('ambiguous', `the API has forgotten task ${handle}, and what it was to do does not show`)
      }
    }
    return see(reply, evidence, lagMs, context)
  }
}

/** True where a read shows what an update has sent, with what it was to unset gone. */
export function showsWritten(rules: TypeRules, { inputs, patch, before }: { readonly inputs: object; readonly patch: Fields; readonly before: Observed }, { outputs }: Observed): boolean {
  if (compareInputs({ declared: inputs as Fields, observed: outputs, rules, resolve: () => undefined }).changes.length > 0) return false
  const isLeft = (field: string): boolean => patch[field] === null && before.outputs[field] != null && canonicalJson(outputs[field]) === canonicalJson(before.outputs[field])
  return !Object.keys(patch).some(isLeft)
}
