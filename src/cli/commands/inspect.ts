import type { DeclaredPhase } from '../../core/planning/operation-plan.ts'
import { abandon } from '../../engine/abandon.ts'
import { detectDrift } from '../../engine/drift.ts'
import { planOperations } from '../../engine/operation/plan-operations.ts'
import { validate } from '../../engine/validate.ts'
import type { OperationType } from '../../provider/operation.ts'
import type { Provider } from '../../provider/provider.ts'
import { countOf } from '../../render/cut.ts'
import { renderDrift } from '../../render/drift-text.ts'
import { neutralise } from '../../render/neutralise.ts'
import { ExitCode } from '../exit-code.ts'
import { memoryStore } from '../../store/memory.ts'
import type { Invocation } from '../invocation.ts'

/** `validate`: files and schemas, without any backend. */
export async function runValidate(invocation: Invocation): Promise<number> {
  const { desired = [], phases } = await invocation.load()
  await validate(desired, await invocation.provider())
  const declared = typeof phases === 'object' ? phases : []
  if (declared.length > 0) await validatePhases(invocation, declared)
  const operations = declared.reduce((sum, phase) => sum + (phase.operations?.length ?? 0), 0)
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify({ valid: true, resources: desired.length, ...(declared.length > 0 && { operations }) }))
  invocation.print(`Valid: ${declared.length > 0 ? `${countOf(operations, 'operation')} in ${countOf(declared.length, 'phase')}${desired.length > 0 ? `, ${countOf(desired.length, 'resource')}` : ''}` : countOf(desired.length, 'resource')}.`)
  return ExitCode.done
}

/** Plans them as if nothing were to be checked and nothing recorded. */
async function validatePhases(invocation: Invocation, phases: readonly DeclaredPhase[]): Promise<void> {
  const provider = await invocation.provider()
  const unchecked = Object.fromEntries(Object.entries(provider.operations ?? {}).map(([name, type]) => [name, Object.assign(Object.create(type) as OperationType<object>, { checks: [] })]))
  await planOperations(phases, { provider: Object.assign(Object.create(provider) as Provider, { operations: unchecked }), store: memoryStore(), stack: await invocation.stack(), hooks: (await invocation.hooks()).map(({ name }) => ({ name, run: () => undefined })) })
}

/** `drift`: what is recorded against what exists. */
export async function runDrift(invocation: Invocation): Promise<number> {
  const { flags, interruption, rendering } = invocation
  const drift = await interruption.race(detectDrift({ ...(await invocation.base()), onEvent: invocation.onPlanEvent, ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }) }))
  invocation.remarkRequests('drift')
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify(drift, null, 2))
  invocation.print(renderDrift(drift, rendering))
  if (drift.resources.some(({ kind }) => kind !== 'unreadable')) return ExitCode.pending
  return drift.resources.length > 0 ? ExitCode.error : ExitCode.done
}

/** `abandon`: settles what is unknown about a run that has not ended, and closes it. */
export async function runAbandon(invocation: Invocation, runId: string | undefined): Promise<number> {
  const { runId: settledRun, settled } = await abandon(runId, await invocation.base())
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify({ runId: settledRun, settled }, null, 2))
  for (const { address, outcome, message } of settled) invocation.print(`${neutralise(address)}: ${outcome.replaceAll('-', ' ')}: ${neutralise(message)}`)
  const unknown = settled.filter(({ outcome }) => outcome === 'unknown').length
  invocation.print(`Run ${neutralise(settledRun)} is closed.${unknown > 0 ? ` ${countOf(unknown, 'outcome')} stayed unknown: look for these objects by hand.` : ''} Plan again.`)
  return unknown > 0 ? ExitCode.partly : ExitCode.done
}
