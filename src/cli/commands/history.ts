import { checkpoint, deleteCheckpoint, getCheckpoint } from '../../engine/checkpoint.ts'
import { listCheckpoints } from '../../engine/keep-checkpoint.ts'
import { listRuns, readJournal, showRun } from '../../engine/history.ts'
import { describeCheckpoint } from '../../core/checkpoint.ts'
import { renderCheckpoints, renderRunStory, renderRuns } from '../../render/history-text.ts'
import { neutralise, neutraliseLines } from '../../render/neutralise.ts'
import { getInPieces } from '../../store/document.ts'
import { joinText } from '../../store/pieces.ts'
import { ExitCode } from '../exit-code.ts'
import { UsageError } from '../flags.ts'
import type { Invocation } from '../invocation.ts'

/** `runs`: all of them; of one its story, or its journal; or all of what something printed. */
export async function runRuns(invocation: Invocation, runId: string | undefined): Promise<number> {
  const { flags, rendering, io } = invocation
  const stack = await invocation.stack()
  const options = { store: await invocation.store(), stack }
  if (flags.output !== undefined) {
    const pieces = await getInPieces(options.store, stack, 'output', flags.output)
    if (pieces === undefined) throw new UsageError(`stack ${stack} has no output ${JSON.stringify(flags.output)}; the story of a run names what there is: runs <run>`)
    const text = await joinText(pieces)
    // On a terminal it steers nothing; to a file it is what was printed.
    invocation.printJson(io.isTTY ? neutraliseLines(text) : text)
    return ExitCode.done
  }
  if (flags.log === true) {
    for (const entry of await readJournal(runId, options)) invocation.printJson(JSON.stringify(entry))
    return ExitCode.done
  }
  if (runId === undefined) {
    const runs = await listRuns(options)
    if (invocation.isForPrograms) invocation.printJson(JSON.stringify(runs, null, 2))
    invocation.print(renderRuns(runs, rendering))
    return ExitCode.done
  }
  const story = await showRun(runId, options)
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify(story, null, 2))
  invocation.print(renderRunStory(story, rendering))
  return ExitCode.done
}

/** `checkpoints`: all of them, or one; makes or deletes one where that is asked for. */
export async function runCheckpoints(invocation: Invocation, id: string | undefined): Promise<number> {
  const { flags } = invocation
  const stack = await invocation.stack()
  const options = { store: await invocation.store(), stack }
  if (flags.create !== undefined) {
    const made = await checkpoint(flags.create, options)
    if (invocation.isForPrograms) invocation.printJson(JSON.stringify(made, null, 2))
    invocation.print(`Checkpoint ${neutralise(made.id)} is kept.`)
    return ExitCode.done
  }
  if (flags.delete !== undefined) {
    await deleteCheckpoint(flags.delete, options)
    invocation.print(`Checkpoint ${neutralise(flags.delete)} is deleted.`)
    return ExitCode.done
  }
  const found = id === undefined ? await listCheckpoints(options) : [describeCheckpoint(await getCheckpoint(id, options))]
  if (invocation.isForPrograms) invocation.printJson(JSON.stringify(id === undefined ? found : found[0], null, 2))
  invocation.print(renderCheckpoints(found))
  return ExitCode.done
}
