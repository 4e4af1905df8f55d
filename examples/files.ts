import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { apply, declare, defineProvider, defineType, plan, type Observed } from 'convergent'
import { fileStore } from 'convergent/node'
import * as z from 'zod'

const folder = join(process.argv[2] ?? '.', 'site')

// A backend: text files in a folder. What a file is called is its id and its natural key.
const read = async (path: string): Promise<Observed | undefined> => {
  try {
    const text = await readFile(join(folder, path), 'utf8')
    return { id: path, outputs: { path, text, bytes: Buffer.byteLength(text) } }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
const write = async ({ path, text }: { path: string; text: string }): Promise<Observed> => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, path), text)
  return (await read(path)) as Observed
}
const files = defineProvider({
  name: 'files',
  types: {
    file: defineType({
      schema: z.strictObject({ path: z.string(), text: z.string() }),
      outputs: z.object({ path: z.string(), text: z.string(), bytes: z.number() }),
      key: ['path'],
      immutable: ['path'],
      idempotent: true,
      read: ({ id }) => read(id),
      find: ({ inputs }) => read(inputs.path),
      create: ({ inputs }) => write(inputs),
      update: ({ inputs }) => write(inputs),
      delete: ({ id }) => rm(join(folder, id)),
    }),
  },
})

// What should exist. The index refers to an output of the page, so the page comes first.
const { file } = declare(files)
const page = file('page', { path: 'page.txt', text: 'Hello.\n' })
const index = file('index', { path: 'index.txt', text: page.output('path') })

const options = { provider: files, store: fileStore(join(folder, '..', '.convergent')), stack: 'site' }
const changes = await plan([page, index], { ...options, mode: 'sync' })
for (const action of changes.actions) console.log(`will ${action.kind} ${action.address}`)

const run = apply(changes, { ...options, concurrency: 10 })
run.on('action:succeeded', ({ action, result }) => console.log(`${action.kind} ${action.address}: ${result.id}`))
const { outcome, counts } = await run
console.log(outcome, counts.succeeded)

const again = await plan([page, index], { ...options, mode: 'sync' })
console.log(`${again.actions.length} left to do`)
