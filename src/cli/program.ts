import type { Command } from 'commander'
import type { CliArgument, CliCommand, CliFlag } from './cli-command.ts'
import type { CliIo } from './cli-io.ts'
import type { CliOptions } from './cli-options.ts'
import { addFlags, readFlags, type FlagGroup, type GivenFlags } from './command-flags.ts'
import { runApply } from './commands/apply.ts'
import { runDiff } from './commands/diff.ts'
import { runAbandon, runDrift, runValidate } from './commands/inspect.ts'
import { runDoctor } from './commands/doctor.ts'
import { runCheckpoints, runRuns } from './commands/history.ts'
import { runHostCommand } from './commands/host-command.ts'
import { runRestore, runResume, runRollback, runUnlock } from './commands/recover.ts'
import { runPlan, runShow } from './commands/plan.ts'
import { runPlans } from './commands/plans.ts'
import { runState } from './commands/state.ts'
import { spellFlags } from './flag-names.ts'
import { parseCount, parseMode } from './flags.ts'
import type { Invocation } from './invocation.ts'

type Start = (name: string, given: GivenFlags, work: (invocation: Invocation) => Promise<number>) => Promise<void>

type Work = (invocation: Invocation, ...given: readonly string[]) => Promise<number>

type Add = (name: string, description: string, groups: readonly FlagGroup[], work: Work, args?: readonly CliArgument[], own?: readonly CliFlag[]) => Command

/** The commands and their flags: the built-in ones that the host can have, and its own. */
export function buildProgram(program: Command, options: CliOptions, io: CliIo, start: Start): Command {
  program
    .name(options.name)
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr, getOutHelpWidth: () => io.columns, getErrHelpWidth: () => io.columns, getOutHasColors: () => false, getErrHasColors: () => false })
    .showHelpAfterError(`(${options.name} --help shows what there is)`)
  if (options.description !== undefined) program.description(options.description)
  if (options.version !== undefined) program.version(options.version)

  const { commands = {} } = options
  const spellings = spellFlags(options.flagNames)
  const add: Add = (name, description, groups, work, args = [], own = []) => {
    const command = program.command(name).description(description)
    for (const argument of args) command.argument(argument.name, argument.description)
    addFlags(command, groups, options, spellings, own)
    return command.action(async (...values: readonly unknown[]) => {
      const given = (values.slice(0, args.length).flat() as readonly (string | undefined)[]).filter((value) => value !== undefined)
      await start(name, readFlags(command.opts(), groups, spellings, own), (invocation) => work(invocation, ...given))
    })
  }
  // A command of the host's own stands in the place of a built-in one.
  const builtIn = (...[name, ...rest]: Parameters<Add>): Command | undefined => (Object.hasOwn(commands, name) ? undefined : add(name, ...rest))
  for (const [name, command] of Object.entries(commands)) addHostCommand(add, name, command)
  if (options.load !== undefined) {
    builtIn('plan', 'show what would change', ['plan'], runPlan)
      ?.option('--mode <mode>', 'apply, sync or destroy (default: apply)', parseMode)
      .option('-o, --out <file>', 'write the plan to a file, and keep it by its id')
    builtIn('validate', 'check files and fields, without a server', [], runValidate)
    builtIn('sync', 'apply, and delete what is owned and no longer declared', ['plan', 'given', 'run'], (invocation) => runApply(invocation, 'sync'))
    builtIn('destroy', 'delete what is owned', ['plan', 'given', 'run'], (invocation) => runApply(invocation, 'destroy'))
    builtIn('drift', 'compare what was applied with what exists', [], runDrift)?.option('--concurrency <n>', 'reads under way at once (default: 10)', parseCount)
  }
  const [whatApplyDoes, applyGroups] = options.load === undefined ? (['apply a plan that was kept', ['given', 'run']] as const) : (['create and update what is declared; delete nothing', ['plan', 'given', 'run']] as const)
  builtIn('apply', whatApplyDoes, applyGroups, (invocation) => runApply(invocation, 'apply'))?.option('--skip-deletes', 'leave out the deletes of a plan that was made in another mode')
  const diff = options.load === undefined ? builtIn('diff', 'compare two plans', ['given'], runDiff) : builtIn('diff', 'compare what is declared with what exists, or two plans', ['plan', 'given'], runDiff)?.option('--mode <mode>', 'apply, sync or destroy (default: sync)', parseMode)
  diff?.option('--against <plan>', 'the second of two plans')
  builtIn('show', 'show a plan that was kept', ['given'], runShow, [{ name: '[plan]', description: 'file or id of a plan' }])
  builtIn('plans', 'show or delete the plans that are kept', [], runPlans, [{ name: '[plan]', description: 'id of one of them' }])?.option('--delete <plan>', 'delete one')
  builtIn('resume', 'go on with a run that was paused, failed, was cancelled or crashed', ['continue', 'revert'], runResume, [{ name: '[run]', description: 'id of the run (default: the last one)' }])
  builtIn('rollback', 'take back what a run did', ['continue', 'ask'], runRollback, [{ name: '[run]', description: 'id of the run (default: the last one)' }])
    ?.option('--creates-only', 'only take away again what was made')
  builtIn('restore', 'bring back what a checkpoint has', ['continue', 'revert', 'ask'], runRestore, [{ name: '<checkpoint>', description: 'id of the checkpoint' }])
  builtIn('checkpoints', 'show, keep or delete copies of the state', [], runCheckpoints, [{ name: '[checkpoint]', description: 'id of one of them' }])
    ?.option('--create <description>', 'keep a copy of the present state')
    .option('--delete <checkpoint>', 'delete one')
  builtIn('state', 'show what is recorded, or forget it; objects stay where they are', ['ask', 'record'], runState, [{ name: '[what]', description: 'list (default), show, rm or reset' }, { name: '[address...]', description: 'of resources' }])?.option('--force', 'with rm: forget also what others depend on')
  builtIn('runs', 'show the runs, or the story of one', ['print'], runRuns, [{ name: '[run]', description: 'id of a run' }])?.option('--log', 'print its journal, an entry a line, as JSON')
  builtIn('doctor', 'name what is damaged, held or unfinished, and the way out', [], runDoctor)
  builtIn('unlock', 'take the stack from a holder that does nothing any more', [], runUnlock)?.option('--reason <text>', 'why, for the next person')
  builtIn('abandon', 'settle and close a run that has not ended', [], runAbandon, [{ name: '[run]', description: 'id of the run (default: the open one)' }])
  return program
}

function addHostCommand(add: Add, name: string, own: CliCommand): void {
  const command = add(name, own.description, own.run === undefined ? ['plan', 'given', 'run'] : [], (invocation, ...given) => runHostCommand(invocation, own, given), own.arguments, own.flags)
  if (own.run === undefined) command.option('--plan-only', 'show the plan, change nothing').option('--plan-file <file>', 'take the plan from this file; with --plan-only write it there, and keep it by its id')
}
