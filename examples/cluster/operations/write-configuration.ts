import type { Check, OperationChange, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { hostSchema } from '../cluster.ts'
import { readFile, writeFile } from '../hosts/file.ts'
import { hostOf } from '../hosts/shared-hosts.ts'
import { keepBefore } from './keep-before.ts'

const schema = z.strictObject({
  host: hostSchema,
  /** `${password}` in a text stands for the password. */
  files: z.array(z.strictObject({ path: z.string(), text: z.string() })),
  user: z.string().exactOptional(),
  password: z.string().exactOptional(),
})

type Params = z.infer<typeof schema>

/** A file as it was; without a text: it was not there. */
interface Before {
  readonly path: string
  readonly text: string | null
}

/** A password stands in files of several formats, each with rules of its own for what has to be quoted. */
const isPlain: Check<Params> = {
  name: 'password',
  at: 'run',
  run: ({ password }) => (password === undefined || /^[A-Za-z0-9_.~+/=@%^&*!?-]{8,}$/.test(password) ? undefined : 'the password is too short, or has characters that would need quoting; take at least 8 of letters, digits and _.~+/=@%^&*!?-'),
}

/** Writes the configuration of an instance, readable by its process alone. What stood there before can be brought back. */
export const writeConfiguration = {
  schema,
  describe: ({ files }) => `write ${files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)).join(', ')}`,
  expects: ({ files }) => files.map(({ path, text }): OperationChange => ({ subject: `file ${path}`, action: 'create', after: text })),
  estimate: () => ({ durationMs: 50 }),
  checks: [isPlain],
  isDone: async (params, { signal }) => {
    for (const { path, text } of params.files) if ((await readFile(hostOf(params.host), path, signal)) !== fill(text, params)) return false
    return true
  },
  run: async (params, { signal, savedHandle, saveHandle }) => {
    const host = hostOf(params.host)
    const read = async ({ path }: Params['files'][number]): Promise<Before> => {
      const text = await readFile(host, path, signal)
      return { path, text: text?.replaceAll(params.password ?? '\0', PLACE) ?? null }
    }
    const before = await keepBefore(() => Promise.all(params.files.map(read)), { savedHandle, saveHandle })
    for (const { path, text } of params.files) await writeFile(host, path, fill(text, params), { mode: '600', owner: params.user, signal })
    return { value: before, changes: before.map(({ path, text }) => ({ subject: `file ${path}`, action: text === null ? 'create' : 'update' })) }
  },
  undo: async (params, { signal, result }) => {
    const host = hostOf(params.host)
    for (const { path, text } of (result.value ?? []) as readonly Before[])
      if (text === null) await host.run(['rm', '-f', path], { signal })
      else await writeFile(host, path, fill(text, params), { mode: '600', owner: params.user, signal })
  },
} satisfies OperationDefinition<typeof schema>

const PLACE = '${password}'

function fill(text: string, { password = '' }: Params): string {
  return text.replaceAll(PLACE, password)
}
