import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { DataikuOptions } from './dataiku-app.ts'
import type { ServerFault } from './faults.ts'
import type { Errand, Future, Outcome } from './future.ts'
import { placeOf } from './places.ts'
import type { DataikuData, Project } from './state.ts'

/** Everything that the server keeps. What was due is done before anything else happens. */
export class Store {
  readonly data: DataikuData
  readonly newId: () => string
  readonly #futureMs: number
  readonly #file: string | undefined
  #saved = ''

  constructor({ data = {}, futureMs = 0, file, newId = randomId }: DataikuOptions) {
    this.newId = newId
    this.#futureMs = futureMs
    this.#file = file
    const kept = file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Omit<DataikuData, 'futures'>) : { projects: {}, data: { ...data } }
    this.data = { ...kept, futures: [] }
    this.save()
  }

  /** Starts a future. */
  start(errand: Errand, nowMs: number, fault: ServerFault | undefined): Future {
    const takesMs = fault?.fault === 'late' || fault?.fault === 'fail-late' ? (fault.afterMs ?? 1_000) : fault?.fault === 'fail' ? 0 : this.#futureMs
    const future: Future = {
      id: this.newId(),
      errand,
      startAtMs: nowMs,
      endAtMs: fault?.fault === 'stuck' ? null : nowMs + takesMs,
      isForgotten: fault?.fault === 'forgotten',
      ...((fault?.fault === 'fail' || fault?.fault === 'fail-late') && { failsWith: 'The deletion failed' }),
    }
    this.data.futures.push(future)
    return future
  }

  /** Carries out every future that is due. */
  settle(nowMs: number): void {
    for (const future of this.data.futures) {
      if (future.outcome === undefined && future.endAtMs !== null && future.endAtMs <= nowMs) future.outcome = this.#carryOut(future)
    }
  }

  #carryOut({ errand, failsWith }: Future): Outcome {
    if (failsWith !== undefined) return { ended: 'failed', errorType: 'InternalServerErrorException', message: failsWith }
    const project = this.data.projects[errand.project]
    if (errand.does === 'delete-project') {
      if (project?.id !== errand.id) return { ended: 'failed', errorType: 'NotFoundException', message: `Project "${errand.project}" not found` }
      this.#deleteProject(project, errand.clearManagedDatasets)
    } else {
      const dataset = project?.datasets[errand.dataset]
      if (project === undefined || dataset?.id !== errand.id) return { ended: 'failed', errorType: 'NotFoundException', message: `Dataset "${errand.project}.${errand.dataset}" not found` }
      if (errand.dropData) delete this.data.data[placeOf(dataset)]
      delete project.datasets[errand.dataset]
    }
    return { ended: 'done' }
  }

  #deleteProject({ key, datasets }: Project, clearsManaged: boolean): void {
    for (const dataset of Object.values(datasets)) if (clearsManaged && dataset.fields['managed'] === true) delete this.data.data[placeOf(dataset)]
    delete this.data.projects[key]
  }

  /** Nobody knows any future any more, and those under way never happen. */
  forgetFutures(): void {
    for (const future of this.data.futures) {
      future.isForgotten = true
      future.outcome ??= { ended: 'failed', errorType: 'InternalServerErrorException', message: 'The server was stopped' }
    }
  }

  /** Writes the file where something changed, whole or not at all. Futures end with the server. */
  save(): void {
    if (this.#file === undefined) return
    const { projects, data } = this.data
    const text = JSON.stringify({ projects, data })
    if (text === this.#saved) return
    writeFileSync(`${this.#file}.tmp`, text)
    renameSync(`${this.#file}.tmp`, this.#file)
    this.#saved = text
  }
}

function randomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString('hex')
}
