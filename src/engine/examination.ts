import type { Entry } from '../core/entry.ts'
import { listUnknown, replayEntries } from '../core/journal.ts'
import { noteUnsettled } from '../core/state.ts'
import { readCheckpoint } from '../store/checkpoint-text.ts'
import { getInPieces } from '../store/document.ts'
import { readPlan } from '../store/plan-text.ts'
import type { DocumentKind, Store } from '../store/store.ts'
import type { Finding } from '../store/finding.ts'
import type { HistoryOptions } from './history.ts'

/** Reads everything that a store keeps of a stack, and names what is damaged, unfinished or held, each with the way out. Changes nothing. */
export async function examineStack({ store, stack = 'default' }: HistoryOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [...((await store.examine?.(stack)) ?? [])]
  const isNamed = (problem: string): boolean => findings.some((finding) => finding.problem === problem)
  const attempt = async <T>(subject: string, remedy: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      const problem = (error as Error).message
      if (!isNamed(problem)) findings.push({ level: 'damaged', subject, problem, remedy })
      return undefined
    }
  }
  const state = await attempt('the state', 'restore it from its newest backup; what later runs did is in their journals', () => store.load(stack))
  const holding = await attempt('the lease', 'make sure that no run is under way, then unlock the stack', () => store.holding(stack))
  if (holding !== undefined) findings.push({ level: 'held', subject: 'the stack', problem: `${holding.holder} has it since ${holding.since}${holding.takenOver === undefined ? '' : `, taken over: ${holding.takenOver.reason}`}`, remedy: 'wait for it; if it surely does nothing any more, unlock the stack with a reason' })
  const runs = (await attempt('the list of runs', 'look at the files that the message names', () => store.runs(stack))) ?? []
  const unsettled = new Set(state?.unsettled)
  for (const run of runs) {
    const subject = `run ${run.id}`
    const entries = await attempt(subject, 'restore its journal from a copy; until then abandon cannot tell what it did', async () => {
      const found: Entry[] = []
      for await (const entry of store.entries(stack, run.id, { onTorn: (detail) => findings.push({ level: 'open', subject, problem: detail, remedy: 'nothing is lost: a line that was never finished was never acknowledged' }) })) found.push(entry)
      return found
    })
    if (entries === undefined || run.ended) continue
    const record = replayEntries(entries)
    for (const change of record.changes) noteUnsettled(unsettled, change)
    const unknown = listUnknown(record).map(({ step }) => step)
    const ended = record.ended === undefined ? 'it never ended' : `it is ${record.ended.outcome}${record.ended.message === undefined ? '' : ` (${record.ended.message})`}`
    findings.push({ level: 'open', subject, problem: `${ended}${unknown.length === 0 ? '' : `; whether these happened is unknown: ${unknown.join(', ')}`}`, remedy: `resume ${run.id} to go on with its plan, roll it back, or abandon it` })
    const isThere = await attempt(`plan ${run.plan}`, 'put it back, or abandon the run', () => isWhole(store, stack, 'plan', run.plan))
    if (isThere !== true && !findings.some(({ level, subject }) => level === 'damaged' && subject === `plan ${run.plan}`)) findings.push({ level: 'damaged', subject: `plan ${run.plan}`, problem: `it is not there, and ${subject} needs it`, remedy: 'put it back, or abandon the run' })
  }
  for (const group of unsettled) findings.push({ level: 'open', subject: `settle group ${group}`, problem: 'something is written that may not be effective yet', remedy: 'resume the open run where there is one, else plan again: that settles it. Where the provider has no such group any more, make it effective by hand' })
  for (const id of (await attempt('the list of plans', 'look at the files that the message names', () => store.list(stack, 'plan'))) ?? [])
    await attempt(`plan ${id}`, 'plan again; if an open run needs it, put it back', async () => readPlan((await getInPieces(store, stack, 'plan', id)) ?? [], id))
  for (const id of (await attempt('the list of checkpoints', 'look at the files that the message names', () => store.list(stack, 'checkpoint'))) ?? [])
    await attempt(`checkpoint ${id}`, 'delete it, and keep another one', async () => readCheckpoint((await getInPieces(store, stack, 'checkpoint', id)) ?? [], id))
  for (const id of (await attempt('the list of outputs', 'look at the files that the message names', () => store.list(stack, 'output'))) ?? [])
    await attempt(`output ${id}`, 'remove it: nothing needs it, and the end of what was printed is in the journal of its run', () => isWhole(store, stack, 'output', id))
  return findings
}

/** True where a document is there and the store can read all of it. */
async function isWhole(store: Store, stack: string, kind: DocumentKind, id: string): Promise<boolean> {
  const pieces = await getInPieces(store, stack, kind, id)
  if (pieces === undefined) return false
  for await (const _ of pieces);
  return true
}
