import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../core/plan.ts'
import type { PlanEvent } from '../core/event.ts'
import type { RunResult } from '../core/result.ts'
import { listCheckpoints } from '../engine/keep-checkpoint.ts'
import type { BaseOptions } from '../engine/options.ts'
import { environment } from '../node/environment.ts'
import { fileStore } from '../node/file-store.ts'
import type { Provider } from '../provider/provider.ts'
import { renderCall } from '../render/call-text.ts'
import { countOf } from '../render/cut.ts'
import { neutralise } from '../render/neutralise.ts'
import type { RenderOptions } from '../render/plan-text.ts'
import { getInPieces } from '../store/document.ts'
import { readPlan } from '../store/plan-text.ts'
import type { Store } from '../store/store.ts'
import type { CliIo } from './cli-io.ts'
import type { CliContext, CliOptions, Loaded } from './cli-options.ts'
import { FailureDialog } from './failure-dialog.ts'
import { UsageError, type Flags } from './flags.ts'
import type { Interruption } from './interruption.ts'

/** One command of one command line: what the commands share. */
export class Invocation {
  readonly command: string
  readonly flags: Flags
  readonly io: CliIo
  readonly interruption: Interruption
  readonly stack: string
  /** Answers what is to be done about failures. */
  readonly dialog: FailureDialog
  /** True once an action of a run was started. */
  hasStarted = false
  #requests = 0
  readonly #options: CliOptions
  #provider: Promise<Provider> | undefined
  #store: Promise<Store> | undefined

  constructor(options: CliOptions, command: string, flags: Flags, io: CliIo, interruption: Interruption) {
    this.#options = options
    this.command = command
    this.flags = flags
    this.io = io
    this.interruption = interruption
    this.stack = flags.stack ?? options.stack ?? 'default'
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

  provider(): Promise<Provider> {
    const { provider } = this.#options
    this.#provider ??= Promise.resolve(typeof provider === 'function' ? this.interruption.race(Promise.resolve(provider(this.#context()))) : provider)
    return this.#provider
  }

  store(): Promise<Store> {
    const { store } = this.#options
    const { stateDir } = this.flags
    this.#store ??= Promise.resolve(typeof store === 'function' ? store({ ...this.#context(), stateDir }) : (store ?? fileStore(stateDir)))
    return this.#store
  }

  async base(): Promise<BaseOptions & { readonly resolvers: NonNullable<BaseOptions['resolvers']> }> {
    const [provider, store] = await Promise.all([this.provider(), this.store()])
    return { provider, store, stack: this.stack, resolvers: { env: environment(this.io.env), ...this.#options.resolvers }, signal: this.interruption.signal }
  }

  get policies(): NonNullable<CliOptions['policies']> {
    return this.#options.policies ?? []
  }

  get hooks(): NonNullable<CliOptions['hooks']> {
    return this.#options.hooks ?? []
  }

  /** What the files declare. Throws `usage` when there are none, unless that is `optional`. */
  async load(optional = false): Promise<Loaded> {
    const paths = this.flags.file.length > 0 ? this.flags.file : (this.#options.files ?? [])
    if (paths.length > 0) return this.interruption.race(this.#options.load(paths, this.#context()))
    if (optional) return { desired: [] }
    throw new UsageError(`${this.command} needs something to load: name files or folders with --file`)
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
    const pieces = /[/\\]|\.json$/.test(name) ? undefined : await getInPieces(await this.store(), this.stack, 'plan', name)
    if (pieces === undefined) throw new UsageError(`there is no plan ${name}: neither a file of that name nor a plan of stack ${this.stack} with that id${this.#stateHint()}`)
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

  /** Where a run that did not succeed stopped, and the exact commands to go on with. */
  async adviseRecovery(result: RunResult, place: string | undefined): Promise<readonly string[]> {
    const { runId, outcome, counts, mode } = result
    const where = `${this.flags.stack === undefined ? '' : ` --stack ${this.stack}`}${this.flags.stateDir === '.convergent' ? '' : ` --state-dir ${this.flags.stateDir}`}`
    const command = (name: string, id: string): string => `  ${this.#options.name} ${name} ${id}${where}`
    const lines = place === undefined ? [] : [`Run ${neutralise(runId)} stopped ${place}.`]
    if (outcome !== 'rolled-back' && canGoOn(result)) lines.push(`To go on with the same plan:\n${command('resume', runId)}`)
    if (counts.succeeded > 0 && mode !== 'rollback') lines.push(`To take back what it did:\n${command('rollback', runId)}`)
    // A checkpoint that cannot be read is the doctor's business: what has become of the run is told all the same.
    const last = (await listCheckpoints({ store: await this.store(), stack: this.stack }).catch(() => [])).at(-1)
    if (last !== undefined) lines.push(`The last checkpoint (${neutralise(last.description)}, ${last.createdAt}):\n${command('restore', last.id)}`)
    return lines
  }

  #stateHint(): string {
    return this.#options.store === undefined ? ` in ${join(this.flags.stateDir)}` : ''
  }

  #context(): CliContext {
    return { command: this.command, stack: this.stack, offline: this.command === 'validate', env: this.io.env, flags: this.flags as unknown as Readonly<Record<string, unknown>>, readStdin: this.io.readStdin }
  }
}

/** False: all that did not succeed was left out, as somebody decided, and would be again. */
function canGoOn({ message, actions }: RunResult): boolean {
  return message !== undefined || actions.some(({ outcome, because }) => (outcome === 'skipped' ? because !== undefined : outcome !== 'succeeded' && outcome !== 'blocked'))
}
