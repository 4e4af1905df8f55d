/*
 * Writes what this release keeps of a stack, to be read by every later one: npx tsx test/formats/write.ts 0.1.0
 * A folder that is there already is never written again.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apply, checkpoint, declare, env, plan, planToText, rollback } from 'convergent'
import { fileStore } from 'convergent/node'
import { createFakeBackend, manualClock } from 'convergent/testing'

const [release] = process.argv.slice(2)
if (release === undefined || !/^\d+\.\d+\.\d+$/.test(release)) throw new Error('expected a release: npx tsx test/formats/write.ts 0.1.0')
const folder = join(fileURLToPath(new URL('.', import.meta.url)), release)
if (existsSync(folder)) throw new Error(`${folder} is there already; what a release wrote is never written again`)
mkdirSync(folder)

// Real time, so that file access may take its own.
const clock = manualClock()
const backend = createFakeBackend({ strict: true })
const options = { provider: backend.provider, store: fileStore(join(folder, 'store')), clock, mode: 'sync', stack: 'prod', resolvers: { env: () => 'deferred' }, retry: { attempts: 1 } } as const
const { named, marked, child, versioned } = declare(backend.provider)
const base = marked('house', { name: 'house', labels: { team: 'a' } })
const first = [base, child('room', { parent_id: base.id, name: 'room', text: 'line one\nline two' }), versioned('v', { name: 'v', kind: 'x', refs: [] }), named('secret', { name: 'secret', secret: env('TOKEN') }), named('leaving', { name: 'leaving', tags: ['b', 'a'] })]
await apply(await plan(first, options), options).result
await checkpoint('a good one', options)
await apply(await plan([base, versioned('v', { name: 'v', kind: 'y' })], options), options).result
await rollback(undefined, options).result
const more = named('more', { name: 'more' })
const then = named('then', { name: 'then', ref: more.id })
const next = await plan([...first, more, then, named('last', { name: 'last', ref: then.id })], options)
writeFileSync(join(folder, 'plan.json'), await planToText(next))
const run = apply(next, { ...options, concurrency: 1 })
run.once('action:succeeded', () => void run.pause('for the next release'))
await run.result
// Who held the stack is nobody's business.
const lease = join(folder, 'store/stacks/prod/lease')
for (const name of readdirSync(lease)) writeFileSync(join(lease, name), '{"holder":"convergent","since":"2026-01-01T00:00:00.000Z","termMs":30000,"pid":1,"host":"host"}\n')
writeFileSync(join(folder, 'backend.json'), `${JSON.stringify(backend.objects(), null, 2)}\n`)
