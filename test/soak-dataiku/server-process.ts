import { readFileSync } from 'node:fs'
import { createDataiku } from '../../examples/dataiku/server/app.ts'
import type { DataikuApp, Edit } from '../../examples/dataiku/server/dataiku-app.ts'
import type { Future } from '../../examples/dataiku/server/future.ts'
import type { DataikuData } from '../../examples/dataiku/server/state.ts'
import { Gate } from '../soak-parts/gate.ts'
import type { ListenAsk, ServerWord as PlainWord } from '../soak-parts/server-handle.ts'
import { API_KEY, BASE, requestKinds, type HandEdit, type Repeated, type RequestKind, type ServerAsk, type ServerSetup, type ServerWord, type TimedEdit } from './messages.ts'

/** The local Dataiku in a process of its own, with everything in a file: it says when a moment has come. */
const LOOK_EVERY_MS = 10
const polled = new Set<string>()
const repeated: Repeated[] = []
let edits: readonly TimedEdit[] = []

const say = (word: ServerWord | PlainWord): void => void process.send?.(word)

function kindOf(method: string, path: string): RequestKind {
  if (path.startsWith(`${BASE}/futures/`)) return 'poll'
  return method === 'GET' ? 'read' : 'write'
}

function makeGate(app: DataikuApp): Gate<RequestKind> {
  return new Gate({
    kinds: requestKinds,
    kindOf,
    fetch: app.fetch,
    onRequest: (kind, nth, path) => {
      if (kind === 'poll') polled.add(path.split('/').at(-1) as string)
      for (const edit of edits) if (edit.on === kind && edit.nth === nth) void editByHand(app, edit.edit)
    },
    onServed: (kind) => {
      if (kind === 'write') noteRepeated(app)
    },
    onHit: (who) => say({ said: 'hit', who }),
  })
}

function noteRepeated(app: DataikuApp): void {
  const futures = app.futures()
  const later = futures.at(-1)
  if (later === undefined || repeated.some((each) => each.later === later.id)) return
  const earlier = futures.find((future) => future !== later && future.outcome === undefined && !future.isForgotten && future.errand.id === later.errand.id)
  if (earlier !== undefined) repeated.push({ earlier: earlier.id, later: later.id, subject: subjectOf(later) })
}

function subjectOf({ errand }: Future): string {
  return errand.does === 'delete-project' ? `project ${errand.project}` : `dataset ${errand.project}.${errand.dataset}`
}

async function editByHand(app: DataikuApp, edit: HandEdit): Promise<void> {
  const { projects } = app.state()
  switch (edit.does) {
    case 'request': {
      const reply = await app.fetch(new Request(`http://127.0.0.1${BASE}${edit.path}`, { method: edit.method, headers: { 'content-type': 'application/json', 'x-dku-apiticket': API_KEY }, ...(edit.body !== undefined && { body: JSON.stringify(edit.body) }) }))
      if (!reply.ok) throw new Error(`somebody's ${edit.method} ${edit.path} was refused: ${await reply.text()}`)
      return
    }
    case 'set': {
      const { project: key, part, name = '', path: [field = '', ...inside], value } = edit
      const project = projects[key]
      const whole = part === 'dataset' ? project?.datasets[name] : part === 'recipe' ? project?.recipes[name]?.recipe : project?.parts[part]
      if (whole !== undefined) app.edit({ project: key, part, name, changes: { [field]: setInside(whole[field], inside, value) } } as Edit)
      return
    }
    case 'drop': {
      const { project, part, name } = edit
      const found = projects[project]
      if (part === 'project' ? found !== undefined : found?.[part === 'dataset' ? 'datasets' : 'recipes'][name] !== undefined) app.edit({ project, part, name, changes: null } as Edit)
      return
    }
    case 'store':
      return app.store(edit.place, edit.rows)
    case 'forget':
      return app.forgetFutures()
    case 'abort':
      for (const future of app.futures() as Future[]) future.outcome ??= { ended: 'aborted' }
  }
}

function setInside(whole: unknown, [field, ...inside]: readonly string[], value: unknown): unknown {
  if (field === undefined) return value
  const fields = (typeof whole === 'object' && whole !== null ? whole : {}) as Readonly<Record<string, unknown>>
  return { ...fields, [field]: setInside(fields[field], inside, value) }
}

/** Every future ends, also those that would not by themselves. */
function finish(app: DataikuApp, free: 'carry-out' | 'fail', freed: number): void {
  const stuck = (app.futures() as (Future & { endAtMs: number | null; failsWith?: string })[]).filter(({ outcome, endAtMs }) => outcome === undefined && endAtMs === null)
  for (const future of stuck) {
    future.endAtMs = Date.now()
    // What nobody asks for may not come after all: whoever sent it believes that it did not happen.
    if (free === 'fail' || !polled.has(future.id)) future.failsWith = 'The deletion failed'
  }
  const isOver = app.futures().every(({ outcome }) => outcome !== undefined)
  if (isOver) say({ said: 'finished', freed: freed + stuck.length })
  else setTimeout(() => finish(app, free, freed + stuck.length), LOOK_EVERY_MS)
}

function readIds(file: string): Readonly<Record<string, string>> {
  const { projects } = JSON.parse(readFileSync(file, 'utf8')) as DataikuData
  return Object.fromEntries(Object.values(projects).flatMap(({ key, id, datasets }) => [[`Project/${key}`, id], ...Object.entries(datasets).map(([name, dataset]) => [`Dataset/${key}.${name}`, dataset.id])]))
}

process.once('message', (message) => {
  const { port, setup } = message as ListenAsk<ServerSetup>
  const app = createDataiku({ apiKey: API_KEY, ...setup })
  const gate = makeGate(app)
  void gate.listen(port).then((taken) => say({ said: 'listening', port: taken }))
  process.on('message', (next) => void answer(next as ServerAsk, app, gate, setup.file))
})

async function answer(ask: ServerAsk, app: DataikuApp, gate: Gate<RequestKind>, file: string): Promise<void> {
  switch (ask.ask) {
    case 'arm':
      gate.arm({ ...(ask.host && { host: ask.host }), ...(ask.server && { server: ask.server }) })
      edits = ask.edits
      for (const { path, ...fault } of ask.faults) app.fault({ ...fault, ...(path !== undefined && { path: new RegExp(path) }) })
      return say({ said: 'armed' })
    case 'quiet': {
      edits = []
      const traffic = await gate.becomeQuiet()
      app.heal()
      return say({ said: 'quiet', traffic, polled: [...polled], repeated })
    }
    case 'finish':
      return finish(app, ask.free, 0)
    case 'edit':
      for (const edit of ask.edits) await editByHand(app, edit)
      return say({ said: 'edited' })
    case 'look': {
      const state = app.state()
      say({ said: 'look', state, ids: readIds(file), futures: app.futures() })
    }
  }
}

process.on('disconnect', () => process.exit())
say({ said: 'ready' })
