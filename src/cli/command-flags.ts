import type { Command } from 'commander'
import type { CliFlag } from './cli-command.ts'
import type { CliOptions } from './cli-options.ts'
import type { Spellings } from './flag-names.ts'
import { parseChoice, parseCount, parseDuration, parseForm, UsageError, type Flags } from './flags.ts'

/** What a command does, by which it takes flags: `run` starts a run, `continue` goes on with one, `revert` can take back what it did, `ask` asks before it does, `record` changes what is recorded, `print` prints documents. */
export type FlagGroup = 'plan' | 'run' | 'given' | 'continue' | 'revert' | 'ask' | 'record' | 'print'

/** What is printed of a document by its name, not in which form. */
const PRINTS_DOCUMENTS: FlagGroup = 'print'

/** Gives a command its flags: those of all commands, those of its groups, and the host's own. */
export function addFlags(command: Command, groups: readonly FlagGroup[], options: CliOptions, spellings: Spellings, own: readonly CliFlag[]): void {
  const collect = (path: string, paths: readonly string[]): readonly string[] => [...paths, path]
  command
    .option(spellings.file.flags, 'file or folder to load, - for the standard input; may be repeated', collect, [] as readonly string[])
    .option(spellings.stack.flags, `what has one state and one run at a time (default: ${typeof options.stack === 'function' ? 'as what is loaded says' : (options.stack ?? 'default')})`)
    .option(spellings.stateDir.flags, 'where state, journals and plans are kept', '.convergent')
    .option('--json', 'print JSON, also for errors')
  if (groups.includes(PRINTS_DOCUMENTS)) command.option('--output <document>', 'print all of what an operation or a hook printed, as its story names it')
  else if (!hasOutput(own)) command.option('--output <form>', 'console, or json, which is what --json says (default: console)', parseForm)
  command.option('--verbose', 'show each API call on the standard error, and cut nothing').option('--no-color', 'no colours (NO_COLOR does the same)')
  if (groups.includes('plan'))
    command
      .option('--allow-empty', 'let sync delete everything when nothing is declared')
      .option('--allow-replace', 'let mode apply replace objects')
      .option('--expires-in <time>', 'refuse the plan after this: 90s, 30m, 2h, 1d', parseDuration)
  const runs = groups.includes('run') || groups.includes('continue')
  if (groups.includes('plan') || runs) command.option('--concurrency <n>', 'calls under way at once (default: 10)', parseCount).option('--fail-on-blocked', 'exit code 3 when something is blocked')
  if (groups.includes('given')) command.option('--plan <plan>', 'file or id of a plan that was kept')
  if (groups.includes('run') || groups.includes('ask')) command.option('--auto-approve', 'ask nothing').option('--dry-run', 'check each action, change nothing')
  if (runs || groups.includes('record')) command.option('--wait <time>', 'wait this long for a stack that somebody holds: 90s, 30m', parseDuration)
  if (runs) command.option('--checkpoint-every <n>', 'keep a copy of the state after so many actions', parseCount)
  if (runs || groups.includes('record')) command.option('--state-file <file>', 'keep a readable copy of the state in this file')
  if (groups.includes('run'))
    command
      .option('--phase <name>', 'only this phase of the plan, with what it needs; may be repeated', collect, [] as readonly string[])
      .option('--only <address>', 'only this action, with what it needs; may be repeated', collect, [] as readonly string[])
      .option('--resume', 'where a run has not ended, go on with that one, and do nothing else')
  if (groups.includes('run') || groups.includes('revert')) {
    if (options.onFailure === 'rollback') command.option('--no-rollback', 'after a failure leave what was done as it is')
    else command.option('--rollback-on-failure', 'after a failure take back what was done')
  }
  if (runs)
    command
      .option('--continue-on-error', 'after a failure skip only what depends on it')
      .option('--ndjson', 'print each event as a line of JSON')
      .option('--on-failure <choice>', 'when an action has failed: retry (3 times at most), skip, abort, pause or rollback (default: a person is asked, where an operation fails on a terminal)', parseChoice('--on-failure'))
      .option('--on-failed-check <choice>', 'the same, when a check says no to an operation', parseChoice('--on-failed-check'))
      .option('--on-unknown <choice>', 'the same, when nobody knows whether an action happened', parseChoice('--on-unknown'))
  for (const { flags, description } of [...(options.flags ?? []), ...own]) command.option(flags, description)
}

/** A command of the host's own that has a flag of that name keeps it. */
function hasOutput(own: readonly CliFlag[]): boolean {
  return own.some(({ flags }) => /(^|\s)--output\b(?!-)/.test(flags))
}

/** What a command line gave: by the names that the commands know, and by those of the host. */
export interface GivenFlags {
  readonly flags: Flags
  readonly named: Readonly<Record<string, unknown>>
}

/** Reads what commander found. Throws `usage` for two forms at once. */
export function readFlags(named: Readonly<Record<string, unknown>>, groups: readonly FlagGroup[], spellings: Spellings, own: readonly CliFlag[]): GivenFlags {
  const form = groups.includes(PRINTS_DOCUMENTS) || hasOutput(own) ? undefined : named['output']
  if (form === 'console' && named['json'] === true) throw new UsageError('--json is short for --output json; leave out one of --json and --output console')
  const found = form === 'json' ? { ...named, json: true } : named
  const { file, stack, stateDir } = spellings
  return { named: found, flags: { ...found, file: found[file.attribute], stack: found[stack.attribute], stateDir: found[stateDir.attribute] } as unknown as Flags }
}

/** True where a command line that was not understood asks for JSON. */
export function asksForJson(argv: readonly string[]): boolean {
  return argv.some((word, index) => word === '--json' || word === '--output=json' || (word === '--output' && argv[index + 1] === 'json'))
}
