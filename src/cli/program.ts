import type { Command } from 'commander'
import type { CliIo } from './cli-io.ts'
import type { CliOptions } from './cli-options.ts'
import { runApply } from './commands/apply.ts'
import { runDiff } from './commands/diff.ts'
import { runAbandon, runDrift, runValidate } from './commands/inspect.ts'
import { runDoctor } from './commands/doctor.ts'
import { runCheckpoints, runRuns } from './commands/history.ts'
import { runRestore, runResume, runRollback, runUnlock } from './commands/recover.ts'
import { runPlan, runShow } from './commands/plan.ts'
import { parseChoice, parseCount, parseDuration, parseMode, type Flags } from './flags.ts'
import type { Invocation } from './invocation.ts'

type Start = (name: string, flags: Flags, work: (invocation: Invocation) => Promise<number>) => Promise<void>
type Group = 'load' | 'plan' | 'run' | 'given' | 'continue' | 'ask'

/** The commands and their flags. */
export function buildProgram(program: Command, options: CliOptions, io: CliIo, start: Start): Command {
  program
    .name(options.name)
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr, getOutHelpWidth: () => io.columns, getErrHelpWidth: () => io.columns, getOutHasColors: () => false, getErrHasColors: () => false })
    .showHelpAfterError(`(${options.name} --help shows what there is)`)
  if (options.description !== undefined) program.description(options.description)
  if (options.version !== undefined) program.version(options.version)

  const add = (name: string, description: string, groups: readonly Group[], work: (invocation: Invocation, argument: string | undefined) => Promise<number>, argument?: readonly [string, string]): Command => {
    const command = program.command(name).description(description)
    if (argument !== undefined) command.argument(argument[0], argument[1])
    addFlags(command, groups, options)
    return command.action(async (...values: readonly unknown[]) => {
      const given = argument === undefined ? undefined : (values[0] as string | undefined)
      await start(name, command.opts<Flags & Record<string, unknown>>(), (invocation) => work(invocation, given))
    })
  }
  add('plan', 'show what would change', ['load', 'plan'], runPlan)
    .option('--mode <mode>', 'apply, sync or destroy (default: apply)', parseMode)
    .option('-o, --out <file>', 'write the plan to a file, and keep it by its id')
  add('show', 'show a plan that was kept', ['given'], runShow, ['[plan]', 'file or id of a plan'])
  add('diff', 'compare what is declared with what exists, or two plans', ['load', 'plan', 'given'], runDiff)
    .option('--mode <mode>', 'apply, sync or destroy (default: sync)', parseMode)
    .option('--against <plan>', 'the second of two plans')
  add('validate', 'check files and fields, without a server', ['load'], runValidate)
  add('apply', 'create and update what is declared; delete nothing', ['load', 'plan', 'given', 'run'], (invocation) => runApply(invocation, 'apply'))
    .option('--skip-deletes', 'leave out the deletes of a plan that was made in another mode')
  add('sync', 'apply, and delete what is owned and no longer declared', ['load', 'plan', 'given', 'run'], (invocation) => runApply(invocation, 'sync'))
  add('destroy', 'delete what is owned', ['load', 'plan', 'given', 'run'], (invocation) => runApply(invocation, 'destroy'))
  add('drift', 'compare what was applied with what exists', [], runDrift).option('--concurrency <n>', 'reads under way at once (default: 10)', parseCount)
  add('resume', 'go on with a run that was paused, failed, was cancelled or crashed', ['continue'], runResume, ['[run]', 'id of the run (default: the last one)'])
  add('rollback', 'take back what a run did', ['continue', 'ask'], runRollback, ['[run]', 'id of the run (default: the last one)'])
    .option('--creates-only', 'only take away again what was made')
  add('restore', 'bring back what a checkpoint has', ['continue', 'ask'], runRestore, ['<checkpoint>', 'id of the checkpoint'])
  add('checkpoints', 'show, keep or delete copies of the state', [], runCheckpoints, ['[checkpoint]', 'id of one of them'])
    .option('--create <description>', 'keep a copy of the present state')
    .option('--delete <checkpoint>', 'delete one')
  add('runs', 'show the runs, or the story of one', [], runRuns, ['[run]', 'id of a run']).option('--log', 'print its journal, an entry a line, as JSON').option('--output <document>', 'print all of what an operation or a hook printed, as its story names it')
  add('doctor', 'name what is damaged, held or unfinished, and the way out', [], runDoctor)
  add('unlock', 'take the stack from a holder that does nothing any more', [], runUnlock).option('--reason <text>', 'why, for the next person')
  add('abandon', 'settle and close a run that has not ended', [], runAbandon, ['[run]', 'id of the run (default: the open one)'])
  return program
}

function addFlags(command: Command, groups: readonly Group[], options: CliOptions): void {
  const collect = (path: string, paths: readonly string[]): readonly string[] => [...paths, path]
  command
    .option('-f, --file <path>', 'file or folder to load, - for the standard input; may be repeated', collect, [] as readonly string[])
    .option('--stack <name>', `what has one state and one run at a time (default: ${options.stack ?? 'default'})`)
    .option('--state-dir <folder>', 'where state, journals and plans are kept', '.convergent')
    .option('--json', 'print JSON, also for errors')
    .option('--verbose', 'show each API call on the standard error, and cut nothing')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
  if (groups.includes('plan'))
    command
      .option('--allow-empty', 'let sync delete everything when nothing is declared')
      .option('--allow-replace', 'let mode apply replace objects')
      .option('--expires-in <time>', 'refuse the plan after this: 90s, 30m, 2h, 1d', parseDuration)
      .option('--concurrency <n>', 'calls under way at once (default: 10)', parseCount)
      .option('--fail-on-blocked', 'exit code 3 when something is blocked')
  if (groups.includes('given')) command.option('--plan <plan>', 'file or id of a plan that was kept')
  if (groups.includes('run') || groups.includes('ask')) command.option('--auto-approve', 'ask nothing').option('--dry-run', 'check each action, change nothing')
  if (groups.includes('run') || groups.includes('continue'))
    command
      .option('--wait <time>', 'wait this long for a stack that somebody holds: 90s, 30m', parseDuration)
      .option('--checkpoint-every <n>', 'keep a copy of the state after so many actions', parseCount)
  if (groups.includes('run')) command.option('--phase <name>', 'only this phase of the plan, with what it needs; may be repeated', collect, [] as readonly string[]).option('--only <address>', 'only this action, with what it needs; may be repeated', collect, [] as readonly string[])
  if (groups.includes('run')) command.option('--rollback-on-failure', 'after a failure take back what was done')
  if (groups.includes('run') || groups.includes('continue'))
    command.option('--continue-on-error', 'after a failure skip only what depends on it').option('--ndjson', 'print each event as a line of JSON')
  if (groups.includes('run') || groups.includes('continue'))
    command
      .option('--on-failure <choice>', 'when an action has failed: retry (3 times at most), skip, abort, pause or rollback (default: a person is asked, where an operation fails on a terminal)', parseChoice('--on-failure'))
      .option('--on-failed-check <choice>', 'the same, when a check says no to an operation', parseChoice('--on-failed-check'))
      .option('--on-unknown <choice>', 'the same, when nobody knows whether an action happened', parseChoice('--on-unknown'))
  if (groups.includes('continue'))
    command.option('--concurrency <n>', 'calls under way at once (default: 10)', parseCount).option('--fail-on-blocked', 'exit code 3 when something is blocked')
  for (const { flags, description } of options.flags ?? []) command.option(flags, description)
}
