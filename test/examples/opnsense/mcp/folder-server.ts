/**
 * The MCP server in a process of its own, for a backend that outlives it: text files in a folder. A file that is called `slow` is
 * written at once, and the reply to that waits for a file `go` beside the folder. When it has heard that its client is gone, it
 * leaves a file `left` there.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { defineProvider, defineType, type Observed, type Resource } from 'convergent'
import { fileStore } from 'convergent/node'
import * as z from 'zod'
import { serveStdio } from '../../../../examples/opnsense/mcp/serve.ts'
import { createMcpServer } from '../../../../examples/opnsense/mcp/server.ts'

const place = process.argv[2] as string
const folder = join(place, 'files')
await mkdir(folder, { recursive: true })

const read = async (path: string): Promise<Observed | undefined> => ((await readdir(folder)).includes(path) ? { id: path, outputs: { path, text: await readFile(join(folder, path), 'utf8') } } : undefined)
const write = async ({ path, text }: { path: string; text: string }): Promise<Observed> => {
  await writeFile(join(folder, path), text, { flag: 'a' })
  while (path === 'slow' && !existsSync(join(place, 'go'))) await wait(5)
  return { id: path, outputs: { path, text } }
}
const files = defineProvider({
  name: 'files',
  types: {
    file: defineType({
      schema: z.strictObject({ path: z.string(), text: z.string() }),
      key: ['path'],
      immutable: ['path'],
      read: ({ id }) => read(id),
      find: ({ inputs }) => read(inputs.path),
      create: ({ inputs }) => write(inputs),
      update: async ({ id, inputs }) => (await rm(join(folder, id)), write(inputs)),
      delete: ({ id }) => rm(join(folder, id)),
    }),
  },
})

await serveStdio(
  createMcpServer({
    name: 'files',
    version: '1.0.0',
    provider: () => files,
    store: fileStore(join(place, 'state')),
    stack: 'default',
    // `name: text`, a line each; a name after another one waits for it.
    parse: (text) =>
      text.split('\n').map((line, index, lines): Resource => {
        const [name = '', content = ''] = line.split(': ')
        const before = lines[index - 1]?.split(': ')[0]
        return { type: 'file', name, inputs: { path: name, text: content }, ...(before !== undefined && { dependsOn: [`file/${before}`] }) }
      }),
    format: 'name: text',
    maxDeletes: 1,
  }),
)
process.stdin.once('end', () => writeFileSync(join(place, 'left'), ''))
