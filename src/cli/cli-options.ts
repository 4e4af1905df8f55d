import type { Plan, Policy } from '../core/plan.ts'
import type { DeclaredPhase } from '../core/planning/operation-plan.ts'
import type { Resource } from '../core/resource.ts'
import type { Scope } from '../core/scope.ts'
import type { Hook } from '../engine/operation/hook.ts'
import type { Resolver } from '../engine/options.ts'
import type { Check } from '../provider/operation.ts'
import type { Provider } from '../provider/provider.ts'
import type { Store } from '../store/store.ts'

/** What a host's functions are told about the command that runs. */
export interface CliContext {
  /** `plan`, `apply`, … */
  readonly command: string
  /** The stack that `--stack` names. */
  readonly stack: string
  /** True: nothing is asked of a backend (`validate`), so no address or token of it is needed. */
  readonly offline: boolean
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The host's own flags (see `CliOptions.flags`), by their camel-cased name. */
  readonly flags: Readonly<Record<string, unknown>>
  /** Reads all of the standard input: what the path `-` stands for. */
  readonly readStdin: () => Promise<string>
}

/** What a host's files declare. */
export interface Loaded {
  /** What should exist. */
  readonly desired: readonly Resource[]
  /** What the declaration speaks about. Default: everything. */
  readonly scope?: Scope
  /** What is to be done, phase by phase; a function is given what is to change of `desired`, to put it into a phase. Default: nothing beside `desired`. */
  readonly phases?: readonly DeclaredPhase[] | ((changes: Plan) => readonly DeclaredPhase[])
  /** With `phases`: what they are for, in a word: `deploy`, `restart`. Default: nothing is said. */
  readonly operation?: string
  /** With `phases`: what must hold for the plan as a whole. Default: nothing. */
  readonly checks?: readonly Check<object>[]
}

/** A flag of the host's own, for every command. */
export interface CliFlag {
  /** As commander writes it: `--root <folder>`. */
  readonly flags: string
  /** One line for the help. */
  readonly description: string
}

/** What a command line is made of. */
export interface CliOptions {
  /** The command's name, for help and messages. */
  readonly name: string
  /** The provider, or how to make it. Made only by commands that need it, once. */
  readonly provider: Provider | ((context: CliContext) => Provider | Promise<Provider>)
  /** Reads what the files and folders declare. */
  readonly load: (paths: readonly string[], context: CliContext) => Promise<Loaded>
  /** One line for the help. Default: none. */
  readonly description?: string
  /** What `--version` prints. Default: there is no such flag. */
  readonly version?: string
  /** Where state, journals and plans are kept. Default: files in the folder that `--state-dir` names. */
  readonly store?: Store | ((context: CliContext & { readonly stateDir: string }) => Store | Promise<Store>)
  /** The stack, where `--stack` names none. Default: `default`. */
  readonly stack?: string
  /** Suppliers of deferred values. Default: `env`, from the environment. */
  readonly resolvers?: Readonly<Record<string, Resolver>>
  /** Judge every plan. Default: none. */
  readonly policies?: readonly Policy[]
  /** Run at the events of plans of operations and of runs; phases name some of them. Default: none. */
  readonly hooks?: readonly Hook[]
  /** Loaded where no `--file` is given. Default: none, `--file` is needed. */
  readonly files?: readonly string[]
  /** Flags of the host's own. Default: none. */
  readonly flags?: readonly CliFlag[]
}
