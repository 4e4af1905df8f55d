import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { metadataSchema } from '../metadata.ts'
import { keepBefore } from './keep-before.ts'

const schema = z.strictObject({
  file: z.string(),
  /** Absent: there is no cluster any more. */
  metadata: metadataSchema.exactOptional(),
})

/** Writes down what runs, for `status`, `scale`, `upgrade` and `destroy`. */
export const saveMetadata = {
  schema,
  describe: ({ metadata }) => (metadata === undefined ? 'forget the cluster' : 'write down what runs where'),
  expects: ({ file, metadata }) => [{ subject: `file ${file}`, action: metadata === undefined ? 'delete' : 'create' }],
  estimate: () => ({ durationMs: 10 }),
  isDone: async ({ file, metadata }) => (await read(file)) === render(metadata),
  run: async ({ file, metadata }, { savedHandle, saveHandle }) => {
    const before = await keepBefore(async () => (await read(file)) ?? null, { savedHandle, saveHandle })
    await write(file, render(metadata))
    return { value: before, changes: [{ subject: `file ${file}`, action: metadata === undefined ? 'delete' : before === null ? 'create' : 'update' }] }
  },
  undo: async ({ file }, { result }) => write(file, (result.value as string | null) ?? undefined),
} satisfies OperationDefinition<typeof schema>

function render(metadata: z.infer<typeof schema>['metadata']): string | undefined {
  return metadata === undefined ? undefined : `${JSON.stringify(metadata, null, 2)}\n`
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

async function write(file: string, text: string | undefined): Promise<void> {
  if (text === undefined) return rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, text, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
}
