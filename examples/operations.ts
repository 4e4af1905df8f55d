import { apply, defineProvider, resume, rollback } from 'convergent'
import { fileStore } from 'convergent/node'
import { declareOperations, defineOperations, planOperations, rolling } from 'convergent/operations'
import * as z from 'zod'

// Four services of this process: which version each runs, and which of them answers.
const services = new Map(['ann', 'bob', 'cid', 'dan'].map((name) => [name, { version: 1, answers: name !== 'cid' }]))
const serviceOf = (name: string): { version: number; answers: boolean } => services.get(name) as { version: number; answers: boolean }

const operations = defineOperations({
  release: {
    schema: z.strictObject({ service: z.string(), version: z.number() }),
    describe: ({ service, version }) => `release version ${version} on ${service}`,
    estimate: () => ({ durationMs: 2_000, basis: ['the last ten releases'] }),
    checks: [{ name: 'known service', run: ({ service }) => (services.has(service) ? undefined : `there is no service ${service}`) }],
    isDone: async ({ service, version }) => serviceOf(service).version === version,
    run: async ({ service, version }, { print }) => {
      const before = serviceOf(service).version
      serviceOf(service).version = version
      print(`${service}: ${before} -> ${version}\n`)
      return { value: before, changes: [{ subject: `service ${service}`, action: 'update', before, after: version }] }
    },
    undo: async ({ service }, { result }) => void (serviceOf(service).version = result.value as number),
  },
  verify: {
    schema: z.strictObject({ services: z.array(z.string()) }),
    idempotent: true,
    run: async ({ services: names }) => {
      for (const name of names) if (!serviceOf(name).answers) throw new Error(`${name} does not answer`)
    },
    undo: async () => {},
  },
})

const { release, verify } = declareOperations(operations)
const options = { provider: defineProvider({ name: 'shop', types: {}, operations }), store: fileStore(`${process.argv[2] ?? '.'}/.convergent`), stack: 'shop' }

// Two at a time; what does not answer keeps the rest from being touched.
const batches = rolling([...services.keys()], { size: 2, each: (service) => release(service, { service, version: 2 }), verify: (names, batch) => verify(`batch ${batch}`, { services: [...names] }) })
const changes = await planOperations([{ name: 'release', description: 'version 2, two at a time', operations: batches }], { ...options, operation: 'release' })
for (const { phase, address, description } of changes.actions) console.log(`${phase}: ${description ?? address}`)

const run = apply(changes, { ...options, retry: { attempts: 1 }, decide: () => 'pause' })
run.on('action:succeeded', ({ action, result }) => console.log(`done: ${action.address}${result.message === undefined ? '' : ` (${result.message})`}`))
run.on('decision:awaited', ({ action, message }) => console.log(`${action.address}: ${message}`))
const paused = await run
console.log(paused.outcome, paused.message)

// Somebody has a look, and the run goes on where it stood.
serviceOf('cid').answers = true
console.log((await resume(paused.runId, options)).outcome, [...services.values()].map(({ version }) => version))

// It was no good idea after all.
console.log((await rollback(paused.runId, options)).outcome, [...services.values()].map(({ version }) => version))
