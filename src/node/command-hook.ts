import type { Hook, HookContext } from '../engine/operation/hook.ts'
import { runCommand, type CommandOptions } from './command.ts'

const LONGEST_ERROR = 30_000

/** A hook that is a command. */
export type CommandHookOptions = CommandOptions & Omit<Hook, 'run'>

/**
 * A hook that runs a command, with the guarantees of {@link runCommand}; its output goes into the run's journal. It finds in its
 * environment what it is about, as far as there is such a thing: `CONVERGENT_EVENT`, `CONVERGENT_STACK`, `CONVERGENT_OPERATION`,
 * `CONVERGENT_PHASE`, `CONVERGENT_ACTION` (its address), `CONVERGENT_PLAN` (the plan's id), `CONVERGENT_PLAN_PATH`,
 * `CONVERGENT_RUN`, `CONVERGENT_ERROR`.
 *
 * @example
 * ```ts
 * import { commandHook } from 'convergent/node'
 *
 * const drain = commandHook({ name: 'drain', on: 'beforePhase', command: 'balancer', args: ['drain'], timeoutMs: 30_000 })
 * const chat = commandHook({ name: 'chat', on: ['onSuccess', 'onError'], shell: true, command: 'echo "$CONVERGENT_RUN: $CONVERGENT_EVENT" | notify', continueOnError: true })
 * drain.on // => 'beforePhase'
 * chat.continueOnError // => true
 * ```
 */
export function commandHook({ name, on, timeoutMs, continueOnError, env, ...command }: CommandHookOptions): Hook {
  return {
    name,
    ...(on !== undefined && { on }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(continueOnError !== undefined && { continueOnError }),
    run: async (context) => void (await runCommand({ ...command, env: { ...env, ...describeContext(context) } }, context)),
  }
}

/** What there is not stands as undefined: nothing of a run around this one is passed on. */
function describeContext({ on, stack, operation, phase, action, planId, planPath, runId, error }: HookContext): Readonly<Record<string, string | undefined>> {
  return {
    CONVERGENT_EVENT: on,
    CONVERGENT_STACK: stack,
    CONVERGENT_OPERATION: operation,
    CONVERGENT_PHASE: phase,
    CONVERGENT_ACTION: action,
    CONVERGENT_PLAN: planId,
    CONVERGENT_PLAN_PATH: planPath,
    CONVERGENT_RUN: runId,
    // An environment holds no NUL and nothing long, and what went wrong may be anything.
    CONVERGENT_ERROR: error?.replaceAll('\0', '').slice(0, LONGEST_ERROR),
  }
}
