import type { Command } from 'commander'
import type { CliOptions } from './cli-options.ts'
import { parseChoice, parseCount, parseDuration } from './flags.ts'

/** What a command does, by which it takes flags: `run` starts a run, `continue` goes on with one, `ask` asks before it does. */
export type FlagGroup = 'plan' | 'run' | 'given' | 'continue' | 'ask'

/** Gives a command its flags: those of all commands, those of its groups, and the host's own. */
export function addFlags(command: Command, groups: readonly FlagGroup[], options: CliOptions): void {
  const collect = (path: string, paths: readonly string[]): readonly string[] => [...paths, path]
  command
    .option('-f, --file <path>', 'file or folder to load, - for the standard input; may be repeated', collect, [] as readonly string[])
    .option('--stack <name>', `what has one state and one run at a time (default: ${typeof options.stack === 'function' ? 'as what is loaded says' : (options.stack ?? 'default')})`)
    .option('--state-dir <folder>', 'where state, journals and plans are kept', '.convergent')
    .option('--json', 'print JSON, also for errors')
    .option('--verbose', 'show each API call on the standard error, and cut nothing')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
  if (groups.includes('plan'))
    command
      .option('--allow-empty', 'let sync delete everything when nothing is declared')
      .option('--allow-replace', 'let mode apply replace objects')
      .option('--expires-in <time>', 'refuse the plan after this: 90s, 30m, 2h, 1d', parseDuration)
  if (groups.includes('plan') || groups.includes('run') || groups.includes('continue'))
    command.option('--concurrency <n>', 'calls under way at once (default: 10)', parseCount).option('--fail-on-blocked', 'exit code 3 when something is blocked')
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
  for (const { flags, description } of options.flags ?? []) command.option(flags, description)
}
