import { PlanRefusedError, recordError } from '../../core/errors.ts'
import { suggest } from '../../core/nearest.ts'
import type { HookEvent, HookResult, PlanPhase } from '../../core/operation.ts'
import { HungCall, attemptCall, type CallBounds } from '../call.ts'
import type { Hook, HookContext } from './hook.ts'
import { OutputRecorder } from './output.ts'

/** What hooks run with. */
export interface HookTools {
  readonly hooks: readonly Hook[]
  readonly phases: readonly PlanPhase[]
  readonly bounds: CallBounds
  /** True: they are listed, and do not run. */
  readonly isDryRun: boolean
  readonly about: Pick<HookContext, 'stack' | 'operation' | 'planId' | 'planPath' | 'runId'>
  /** Keeps what one printed beyond what fits into the journal, and says under which name. */
  readonly keepOutput: (hook: string, text: string) => Promise<string>
}

/** Runs the host's hooks: those of an event in their order, then those that the phase names. */
export class HookRunner {
  readonly #tools: HookTools

  constructor(tools: HookTools) {
    this.#tools = tools
  }

  has(on: HookEvent, phase?: string): boolean {
    return this.#listHooks(on, phase).length > 0
  }

  /** The first that fails is the last that runs. Never rejects. */
  async run(on: HookEvent, more: Pick<HookContext, 'phase' | 'action' | 'error'> = {}): Promise<readonly HookResult[]> {
    const results: HookResult[] = []
    for (const hook of this.#listHooks(on, more.phase)) {
      const result = await this.#runHook(hook, on, more)
      results.push(result)
      if (result.status === 'failed') break
    }
    return results
  }

  #listHooks(on: HookEvent, phase: string | undefined): readonly Hook[] {
    const { hooks, phases } = this.#tools
    const named = on === 'beforePhase' || on === 'afterPhase' ? phases.find(({ name }) => name === phase)?.[on === 'beforePhase' ? 'before' : 'after'] : undefined
    const isOn = (hook: Hook): boolean => hook.on === on || (Array.isArray(hook.on) && hook.on.includes(on))
    const called = (named ?? []).flatMap((name) => hooks.filter((hook) => hook.name === name && !isOn(hook)))
    return [...hooks.filter(isOn), ...called]
  }

  async #runHook(hook: Hook, on: HookEvent, more: Pick<HookContext, 'phase' | 'action' | 'error'>): Promise<HookResult> {
    const { bounds, about: plan, keepOutput, isDryRun } = this.#tools
    const { clock } = bounds
    const startedMs = clock.monotonic()
    const about: Pick<HookResult, 'hook' | 'on' | 'phase' | 'action'> = { hook: hook.name, on, ...(more.phase !== undefined && { phase: more.phase }), ...(more.action !== undefined && { action: more.action }) }
    if (isDryRun) return { ...about, status: 'succeeded', message: 'not run', durationMs: 0 }
    const output = new OutputRecorder()
    let failure: string | undefined
    try {
      await attemptCall(async ({ signal }) => hook.run({ ...plan, ...more, on, signal, print: output.print }), { ...bounds, timeoutMs: hook.timeoutMs ?? 60_000 })
    } catch (error) {
      failure = error instanceof HungCall ? error.message : recordError(error).message
    }
    const printed = await output.finish((text) => keepOutput(hook.name, text))
    return {
      ...about,
      status: failure === undefined ? 'succeeded' : hook.continueOnError === true ? 'ignored' : 'failed',
      ...(failure !== undefined && { message: failure }),
      ...(printed && { output: printed }),
      durationMs: Math.round(clock.monotonic() - startedMs),
    }
  }
}

/** Refuses a plan whose phases name hooks that the host does not have, and hooks of one name. */
export function refuseUnknownHooks(phases: readonly PlanPhase[], hooks: readonly Hook[]): void {
  const names = hooks.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new PlanRefusedError('unknown-hook', `two hooks are called ${twice}; rename one`)
  for (const phase of phases)
    for (const name of [...(phase.before ?? []), ...(phase.after ?? [])])
      if (!names.includes(name)) throw new PlanRefusedError('unknown-hook', `phase ${phase.name} names the hook "${name}", which was not given${suggest(name, names)}; pass it in the option hooks`)
}
