import { OpenRunError, StoreError } from '../../core/errors.ts'
import { suggest } from '../../core/nearest.ts'
import type { RecordedResource } from '../../core/state.ts'
import type { Forgotten } from '../../engine/state/change-records.ts'
import { forgetResources, refuseForgetting } from '../../engine/state/forget-resources.ts'
import { readState } from '../../engine/state/read-state.ts'
import { resetState } from '../../engine/state/reset-state.ts'
import { countOf } from '../../render/cut.ts'
import { neutralise } from '../../render/neutralise.ts'
import { ExitCode } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import { Interrupted } from '../interruption.ts'
import type { Invocation } from '../invocation.ts'
import { openStateFile } from '../open-state-file.ts'
import { listRecords, type Records } from '../records.ts'
import { nameHolder } from '../run-options.ts'

const WHATS = ['list', 'show', 'rm', 'reset'] as const

/** `state`: what is recorded, all of it or one resource; takes some of it, or all, out of the state, and touches no backend. */
export async function runState(invocation: Invocation, what = 'list', ...addresses: readonly string[]): Promise<number> {
  const chosen = WHATS.find((each) => each === what)
  if (chosen === undefined) throw new UsageError(`state is asked to ${JSON.stringify(what)}, expected ${WHATS.join(', ')}${suggest(what, WHATS)}`)
  if (addresses.length > 0 && (chosen === 'list' || chosen === 'reset')) throw new UsageError(`state ${chosen} is about all that is recorded, and takes no address; found ${addresses.join(' ')}${chosen === 'list' ? '. Did you mean state show?' : '. Did you mean state rm?'}`)
  const stack = await invocation.stack()
  const recorded = await readState({ store: await invocation.store(), stack })
  const records = listRecords(stack, recorded)
  for (const { message } of recorded.warnings) invocation.remark(`Warning: ${neutralise(message)}`)
  if (chosen === 'list') return listAll(invocation, records)
  if (chosen === 'show') return showOne(invocation, records, addresses)
  return forget(invocation, records, chosen, addresses)
}

function listAll(invocation: Invocation, records: Records): number {
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify(records, null, 2))
  for (const resource of records.resources) invocation.print(nameObject(resource))
  if (records.resources.length === 0) invocation.print(`Nothing is recorded of stack ${neutralise(records.stack)}.`)
  return ExitCode.done
}

function showOne(invocation: Invocation, { stack, resources }: Records, [address, more]: readonly string[]): number {
  if (address === undefined || more !== undefined) throw new UsageError('state show needs the address of one resource; state lists them')
  const found = resources.find((each) => each.address === address)
  if (found === undefined) throw new StoreError(`stack ${stack} has recorded nothing of ${address}${suggest(address, resources.map((each) => each.address)) || '; state lists what is recorded'}`)
  invocation.printJson(JSON.stringify(found, null, 2))
  return ExitCode.done
}

async function forget(invocation: Invocation, records: Records, what: 'rm' | 'reset', addresses: readonly string[]): Promise<number> {
  const { flags, io, interruption } = invocation
  const { stack, serial, openRun, resources } = records
  if (what === 'rm' && addresses.length === 0) throw new UsageError('state rm needs the addresses of what is to be forgotten; state lists them')
  // What is refused is refused before anybody is asked.
  const chosen = new Set(addresses)
  refuseForgetting(chosen, { stack, resources: new Map(resources.map((resource) => [resource.address, resource])) }, flags.force === true)
  if (openRun !== undefined) throw new OpenRunError(stack, openRun)
  const going = what === 'reset' ? resources : resources.filter(({ address }) => chosen.has(address))
  if (going.length === 0) return listForgotten(invocation, { stack, serial, forgotten: [] })
  invocation.remark(`This takes ${countOf(going.length, 'resource')} out of the state of stack ${neutralise(stack)}. On the backend nothing changes; what stays there, and is not managed from here any more:`)
  for (const resource of going) invocation.remark(`  ${nameObject(resource)}`)
  if (flags.dryRun === true) return ExitCode.pending
  if (!(await agree(invocation, stack, what))) return ExitCode.done
  const options = { store: await invocation.store(), stack, signal: interruption.signal, holder: nameHolder(io), ...(flags.wait !== undefined && { leaseWaitMs: flags.wait }) }
  const done = await (what === 'reset' ? resetState({ ...options, expectedSerial: serial }) : forgetResources(addresses, { ...options, force: flags.force === true }))
  await (await openStateFile(invocation))?.finish()
  return listForgotten(invocation, done)
}

/** All of it is agreed to by typing the stack's name. */
async function agree(invocation: Invocation, stack: string, what: 'rm' | 'reset'): Promise<boolean> {
  const { flags, io, interruption } = invocation
  if (flags.autoApprove === true) return true
  if (!io.isInteractive) throw new UsageError('there is no terminal to confirm this on; nothing was changed. Look at it with state, then pass --auto-approve')
  const answer = (await interruption.race(io.ask(what === 'reset' ? `Type the name of the stack, ${neutralise(stack)}, to go on: ` : 'Do you want to forget them? [y/N] ', interruption.signal)))?.trim() ?? ''
  if (interruption.hasHappened) throw new Interrupted('interrupted; nothing was changed')
  if (what === 'reset' ? answer === stack : /^y(es)?$/i.test(answer)) return true
  invocation.remark('Declined; nothing was changed.')
  return false
}

function listForgotten(invocation: Invocation, { stack, serial, forgotten }: Forgotten): number {
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify({ stack, serial, forgotten: forgotten.map(({ address, id }) => ({ address, id })) }, null, 2))
  invocation.print(forgotten.length === 0 ? `Nothing is recorded of stack ${neutralise(stack)}.` : `${countOf(forgotten.length, 'resource')} ${forgotten.length === 1 ? 'is' : 'are'} recorded no longer. Plans that were made before are refused now; plan again.`)
  return ExitCode.done
}

function nameObject({ address, id, deposed = [] }: RecordedResource): string {
  return `${neutralise(address)} (id ${neutralise(id)}${deposed.map((older) => `, and the older ${neutralise(older.id)}`).join('')})`
}
