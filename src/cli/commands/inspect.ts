import { abandon } from '../../engine/abandon.ts'
import { detectDrift } from '../../engine/drift.ts'
import { validate } from '../../engine/validate.ts'
import { countOf } from '../../render/cut.ts'
import { renderDrift } from '../../render/drift-text.ts'
import { neutralise } from '../../render/neutralise.ts'
import { ExitCode } from '../exit-code.ts'
import type { Invocation } from '../invocation.ts'

/** `validate`: files and schemas, without any backend. */
export async function runValidate(invocation: Invocation): Promise<number> {
  const { desired } = await invocation.load()
  await validate(desired, await invocation.provider())
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify({ valid: true, resources: desired.length }))
  invocation.print(`Valid: ${countOf(desired.length, 'resource')}.`)
  return ExitCode.done
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
