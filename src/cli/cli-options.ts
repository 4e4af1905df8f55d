import type { Policy } from '../core/plan.ts'
import type { RunResult } from '../core/result.ts'
import type { Hook } from '../engine/operation/hook.ts'
import type { Resolver } from '../engine/options.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../store/store.ts'
import type { CliCommand, CliFlag } from './cli-command.ts'
import type { CliContext } from './cli-context.ts'
import type { CliFlagNames } from './flag-names.ts'
import type { Loaded } from './loaded.ts'

/** What a command line is made of. */
export interface CliOptions {
  /** The command's name, for help and messages. */
  readonly name: string
  /** The provider, or how to make it. Made only by commands that need it, once. */
  readonly provider: Provider | ((context: CliContext) => Provider | Promise<Provider>)
  /** Reads what the files and folders declare. Default: `plan`, `diff`, `validate`, `sync`, `destroy` and `drift` are not there, and `apply` takes plans that were kept. */
  readonly load?: (paths: readonly string[], context: CliContext) => Promise<Loaded>
  /** Commands of the host's own, by name; one that is called as a built-in one replaces it. Default: none. */
  readonly commands?: Readonly<Record<string, CliCommand>>
  /** One line for the help. Default: none. */
  readonly description?: string
  /** What `--version` prints. Default: there is no such flag. */
  readonly version?: string
  /** Where state, journals and plans are kept. Default: files in the folder that `--state-dir` names. */
  readonly store?: Store | ((context: CliContext) => Store | Promise<Store>)
  /** The stack, where `--stack` names none, or what gives it, called once, by commands that need it. Default: `default`. */
  readonly stack?: string | ((context: Omit<CliContext, 'stack'>) => string | Promise<string>)
  /** Suppliers of deferred values. Default: `env`, from the environment. */
  readonly resolvers?: Readonly<Record<string, Resolver>>
  /** Judge every plan. Default: none. */
  readonly policies?: readonly Policy[]
  /** Run at the events of plans of operations and of runs; phases name some of them. Or what gives them, called once, before a plan or run needs them. Default: none. */
  readonly hooks?: readonly Hook[] | ((context: CliContext) => readonly Hook[] | Promise<readonly Hook[]>)
  /** Loaded where no `--file` is given. Default: none, `--file` is needed. */
  readonly files?: readonly string[]
  /** Flags of the host's own, for every command. Default: none. */
  readonly flags?: readonly CliFlag[]
  /** How flags are called that its users know by other names; help, messages and advice say these. Default: `--file`, `--stack` and `--state-dir`. */
  readonly flagNames?: CliFlagNames
  /** What a run does after a failure: `rollback` takes back what it did, and the commands that run have `--no-rollback` in the place of `--rollback-on-failure`. Default: `stop`. */
  readonly onFailure?: 'stop' | 'rollback'
  /** What a rollback after a failure takes back: everything, or only what was made. (`rollback --creates-only` says so for that command.) Default: `all`. */
  readonly rollbackScope?: 'all' | 'creates'
  /** A file that has a readable copy of the state while a run goes on, where `--state-file` names none. Default: there is none. */
  readonly stateFile?: (context: CliContext) => string | undefined
  /** Called at the end of every run that began something, a rollback too, whatever it came to; not of a dry run. What it says is for people: with `--json` and `--ndjson` it goes to the standard error. What goes wrong with it changes nothing. Default: nothing is said. */
  readonly afterRun?: (result: RunResult, context: CliContext) => string | undefined | Promise<string | undefined>
  /** Says at the end of a run that succeeded what people want to know then: where to connect. Not called for a dry run, nor with `--json` and `--ndjson`. Default: nothing is said. */
  readonly conclude?: (result: RunResult, context: CliContext) => string | undefined | Promise<string | undefined>
}
