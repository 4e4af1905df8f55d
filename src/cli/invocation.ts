import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../core/plan.ts'
import type { PlanEvent } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'
import type { Hook } from '../engine/operation/hook.ts'
import type { BaseOptions } from '../engine/options.ts'
import { environment } from '../node/environment.ts'
import { fileStore } from '../node/file-store.ts'
import type { Provider } from '../provider/provider.ts'
import { renderCall } from '../render/call-text.ts'
import { countOf } from '../render/cut.ts'
import { neutralise, neutraliseLines } from '../render/neutralise.ts'
import type { RenderOptions } from '../render/plan-text.ts'
import { getInPieces } from '../store/document.ts'
import { readPlan } from '../store/plan-text.ts'
import type { Store } from '../store/store.ts'
import type { CliIo } from './cli-io.ts'
import type { CliCommand } from './cli-command.ts'
import type { CliContext } from './cli-context.ts'
import type { CliOptions } from './cli-options.ts'
import { describeError } from './error-report.ts'
import { FailureDialog } from './failure-dialog.ts'
import type { GivenFlags } from './command-flags.ts'
import { spellFlags, type Spellings } from './flag-names.ts'
import { UsageError, type Flags } from './flags.ts'
import type { Interruption } from './interruption.ts'
import type { Loaded } from './loaded.ts'

/** One command of one command line: what the commands share. */
export class Invocation {
  readonly command: string
  readonly flags: Flags
  readonly spellings: Spellings
  readonly io: CliIo
  readonly interruption: Interruption
  /** Answers what is to be done about failures. */
  readonly dialog: FailureDialog
  /** True once an action of a run was started. */
  hasStarted = false
  #requests = 0
  readonly #options: CliOptions
  readonly #named: GivenFlags['named']
  #stack: Promise<string> | undefined
  #hooks: Promise<readonly Hook[]> | undefined
  #provider: Promise<Provider> | undefined
  #store: Promise<Store> | undefined

  constructor(options: CliOptions, command: string, { flags, named }: GivenFlags, io: CliIo, interruption: Interruption) {
    this.#options = options
    this.command = command
    this.flags = flags
    this.#named = named
    this.spellings = spellFlags(options.flagNames)
    this.io = io
    this.interruption = interruption
    this.dialog = new FailureDialog(io, () => this.rendering.color)
  }

  /** True: the standard output is for programs. */
  get isForPrograms(): boolean {
    return this.flags.json === true || this.flags.ndjson === true
  }

  /** Colour only on a terminal, and not where somebody does not want it. */
  get rendering(): Required<RenderOptions> {
    const { env, isTTY, columns } = this.io
    const color = isTTY && this.flags.color && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
    return { color, width: columns, verbose: this.flags.verbose === true }
  }

  /** For people: not there when the standard output is for programs. */
  print(text: string): void {
    if (!this.isForPrograms) this.io.stdout(`${text}\n`)
  }

  /** For programs: one document or line. */
  printJson(text: string): void {
    this.io.stdout(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** A remark, beside the output. */
  remark(text: string): void {
    this.io.stderr(`${text}\n`)
  }

  /** What `--stack` names, else what the host says. */
  stack(): Promise<string> {
    const { stack = 'default' } = this.#options
    const given = this.flags.stack ?? (typeof stack === 'string' ? stack : undefined)
    this.#stack ??= given === undefined && typeof stack === 'function' ? this.#ask(async () => stack(this.#contextWithoutStack())) : Promise.resolve(given ?? 'default')
    return this.#stack
  }

  provider(): Promise<Provider> {
    const { provider } = this.#options
    this.#provider ??= typeof provider === 'function' ? this.#ask(async () => provider(await this.context())) : Promise.resolve(provider)
    return this.#provider
  }

  store(): Promise<Store> {
    const { store = fileStore(this.flags.stateDir) } = this.#options
    this.#store ??= typeof store === 'function' ? this.#ask(async () => store(await this.context())) : Promise.resolve(store)
    return this.#store
  }

  hooks(): Promise<readonly Hook[]> {
    const { hooks = [] } = this.#options
    this.#hooks ??= typeof hooks === 'function' ? this.#ask(async () => hooks(await this.context())) : Promise.resolve(hooks)
    return this.#hooks
  }

  /** Once for the command; an interrupt gives up on it. */
  #ask<T>(question: () => Promise<T>): Promise<T> {
    return this.interruption.race(question())
  }

  async base(): Promise<BaseOptions & { readonly stack: string; readonly resolvers: NonNullable<BaseOptions['resolvers']> }> {
    const [provider, store, stack] = await Promise.all([this.provider(), this.store(), this.stack()])
    return { provider, store, stack, resolvers: { env: environment(this.io.env), ...this.#options.resolvers }, signal: this.interruption.signal }
  }

  get policies(): NonNullable<CliOptions['policies']> {
    return this.#options.policies ?? []
  }

  /** What the host is called. */
  get name(): string {
    return this.#options.name
  }

  /** The host's own commands. */
  get commands(): Readonly<Record<string, CliCommand>> {
    return this.#options.commands ?? {}
  }

  /** True: what the stack is, or which hooks run, depends on the files. */
  get needsFiles(): boolean {
    return typeof this.#options.stack === 'function' || typeof this.#options.hooks === 'function'
  }

  /** The plan that was named, to be taken instead of a fresh one: its file or id. Throws `usage` for two of them. */
  get givenPlan(): string | undefined {
    const { plan, planFile, planOnly } = this.flags
    if (plan !== undefined && (planFile !== undefined || planOnly === true)) throw new UsageError(`--plan names a plan that was kept; leave out ${planFile === undefined ? '--plan-only (show prints such a plan)' : '--plan-file'}`)
    return plan ?? (planOnly === true ? undefined : planFile)
  }

  /** What is to be loaded. */
  get files(): readonly string[] {
    return this.flags.file.length > 0 ? this.flags.file : (this.#options.files ?? [])
  }

  /** False: the host has no files that this command could be about. */
  get canLoad(): boolean {
    return this.#load !== undefined
  }

  /** What the files declare, as the host's own command or the host loads them. Throws `usage` when there are none, unless that is `optional`. */
  async load(optional = false): Promise<Loaded> {
    const load = this.#load
    if (load === undefined) throw new UsageError(`${this.command} loads nothing; it takes a plan that was kept, with --plan`)
    const context = await this.context()
    if (this.files.length > 0) return this.interruption.race(load(this.files, context))
    if (optional) return { desired: [] }
    throw new UsageError(`${this.command} needs something to load: name files or folders with ${this.spellings.file.long}`)
  }

  get #load(): CliOptions['load'] {
    return this.commands[this.command]?.load ?? this.#options.load
  }

  /** A plan from a file, or from the store by its id. */
  async readPlan(name: string): Promise<Plan> {
    try {
      return await readPlan(createReadStream(name, 'utf8') as AsyncIterable<string>, name)
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException
      if (syscall === undefined) throw error
      if (code !== 'ENOENT') throw new UsageError(`plan ${name} cannot be read: ${(error as Error).message}`)
    }
    const pieces = /[/\\]|\.json$/.test(name) ? undefined : await getInPieces(await this.store(), await this.stack(), 'plan', name)
    if (pieces === undefined) throw new UsageError(`there is no plan ${name}: neither a file of that name nor a plan of stack ${await this.stack()} with that id${this.#stateHint()}`)
    return readPlan(pieces, name)
  }

  /** Hears what a plan reads; shows each call where that was asked for. */
  readonly onPlanEvent = (event: PlanEvent): void => {
    if (event.name === 'call:finished') this.#requests++
    if (this.flags.verbose !== true) return
    if (event.name === 'call:finished') this.remark(renderCall(event.call))
    else if (event.name === 'read:failed') this.remark(`${neutralise(event.type)} could not be read: ${neutralise(event.error.message)}`)
    else this.remark(`${neutralise(event.type)}: ${event.objects} read`)
  }

  /** With `--verbose`: how many requests that took, and starts to count anew. */
  remarkRequests(what: string, count = this.#requests): void {
    if (this.flags.verbose === true) this.remark(`${what}: ${countOf(count, 'request')}`)
    this.#requests = 0
  }

  #stateHint(): string {
    return this.#options.store === undefined ? ` in ${join(this.flags.stateDir)}` : ''
  }

  /** What the host says of a run that came to its end. What goes wrong with that does not change what the run came to. */
  async conclude(result: RunResult): Promise<void> {
    const { conclude, afterRun } = this.#options
    if (result.dryRun) return
    if (afterRun !== undefined && this.hasStarted) await this.#tell('the run has ended', this.isForPrograms ? (text) => this.remark(text) : (text) => this.print(text), async () => afterRun(result, await this.context()))
    if (conclude !== undefined && result.success && !this.isForPrograms) await this.#tell('the run succeeded', (text) => this.print(text), async () => conclude(result, await this.context()))
  }

  async #tell(what: string, say: (text: string) => void, find: () => Promise<string | undefined>): Promise<void> {
    try {
      const text = await this.#ask(find)
      if (text !== undefined) say(neutraliseLines(text))
    } catch (error) {
      this.remark(`Warning: ${what}, and what there is to say at its end could not be found out: ${describeError(error)}`)
    }
  }

  /** What a run does after a failure, as the host says where no flag does. */
  get failurePolicy(): Required<Pick<CliOptions, 'onFailure' | 'rollbackScope'>> {
    const { onFailure = 'stop', rollbackScope = 'all' } = this.#options
    return { onFailure, rollbackScope }
  }

  /** Where a readable copy of the state is kept; undefined: nowhere. */
  async stateFile(): Promise<string | undefined> {
    return this.flags.stateFile ?? this.#options.stateFile?.(await this.context())
  }

  async context(): Promise<CliContext> {
    return { ...this.#contextWithoutStack(), stack: await this.stack() }
  }

  #contextWithoutStack(): Omit<CliContext, 'stack'> {
    return { command: this.command, files: this.files, stateDir: this.flags.stateDir, offline: this.command === 'validate', env: this.io.env, flags: this.#named, remark: (text) => this.remark(text), readStdin: this.io.readStdin }
  }
}
