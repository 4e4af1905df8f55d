import { resolve } from 'node:path'
import { systemClock, type Clock } from '../engine/clock.ts'
import { loadRecorded } from '../engine/recorded.ts'
import { nodeFileSystem } from '../node/file-system.ts'
import { replaceFile } from '../node/file-write.ts'
import { neutralise } from '../render/neutralise.ts'
import { recordsToJson } from './records.ts'
import type { Store } from '../store/store.ts'
import { describeError } from './error-report.ts'

const EVERY_MS = 1_000
/** Of a state that takes long to write, so much of the time at most. */
const SHARE = 1 / 10

/** Which stack is copied, and where to. */
export interface StateFileOptions {
  readonly path: string
  readonly store: Store
  readonly stack: string
  /** Told once, when it cannot be written. */
  readonly warn: (text: string) => void
  readonly clock?: Clock
}

/** A readable copy of a state, which is kept up while a run goes on: one write at a time, once a second at most. */
export class StateFile {
  readonly #options: Required<StateFileOptions>
  #writing: Promise<void> | undefined
  #stopTimer: (() => void) | undefined
  #isOutdated = false
  #hasWarned = false
  #freeAtMs = Number.NEGATIVE_INFINITY

  constructor(options: StateFileOptions) {
    this.#options = { clock: systemClock, ...options, path: resolve(options.path) }
  }

  /** Something may have changed. */
  note(): void {
    this.#isOutdated = true
    if (this.#writing !== undefined || this.#stopTimer !== undefined) return
    const { clock } = this.#options
    const waitMs = this.#freeAtMs - clock.monotonic()
    if (waitMs > 0) this.#stopTimer = clock.after(waitMs, () => this.#begin())
    else this.#begin()
  }

  /** Writes what is so in the end. */
  async finish(): Promise<void> {
    this.#isOutdated = false
    this.#stopTimer?.()
    await this.#writing
    await this.#write()
  }

  #begin(): void {
    this.#stopTimer = undefined
    this.#isOutdated = false
    this.#writing = this.#write().then(() => {
      this.#writing = undefined
      if (this.#isOutdated) this.note()
    })
  }

  async #write(): Promise<void> {
    const { path, store, stack, warn, clock } = this.#options
    const begunMs = clock.monotonic()
    try {
      await replaceFile(nodeFileSystem, path, [recordsToJson(stack, await loadRecorded(store, stack)), '\n'])
    } catch (error) {
      if (!this.#hasWarned) warn(`Warning: the copy of the state in ${neutralise(path)} could not be written, and may be an older one: ${describeError(error)}`)
      this.#hasWarned = true
    }
    const endedMs = clock.monotonic()
    this.#freeAtMs = Math.max(begunMs + EVERY_MS, endedMs + (endedMs - begunMs) / SHARE)
  }
}
