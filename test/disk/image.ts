import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { apply } from '../../src/engine/apply.ts'
import { checkpoint } from '../../src/engine/checkpoint.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { FileSystem } from '../../src/node/file-system.ts'
import { declare } from '../../src/provider/declare.ts'
import type { Store } from '../../src/store/store.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { sampleStart, sampleStep } from '../../src/testing/store-sample.ts'

/** A store's files, by their path below its folder. */
export type Image = ReadonlyMap<string, { readonly bytes: Buffer; readonly mtimeMs: number }>

/** What a stack `s` leaves: a run, a checkpoint, a run that failed and was resumed by the next claim, a run that never ended, and its claim. Gives what ends that. */
async function writeStack(dir: string): Promise<() => Promise<void>> {
  const backend = createFakeBackend()
  const { provider } = backend
  const clock = manualClock({ auto: true })
  const options = { provider, store: fileStore(dir), stack: 's', clock, retry: { attempts: 1 } }
  const { named } = declare(provider)
  await apply(await plan([named('a', { name: 'a', text: 'ä😀' })], options), options)
  await checkpoint('half-way', options)
  backend.fault({ call: 'create', fault: 'error', object: 'c' })
  await apply(await plan([named('b', { name: 'b' }), named('c', { name: 'c' })], options), { ...options, concurrency: 1 })
  await resume(undefined, options)
  const lease = await options.store.claim('s', 'somebody')
  const [planId] = await options.store.list('s', 'plan')
  await options.store.append(lease, 'open', [sampleStart('open', lease, undefined, planId), sampleStep('one')])
  await options.store.append(lease, 'open', [sampleStep('two')])
  await options.store.put('s', 'output', 'open hook tell 1', 'what it printed: ä😀\n'.repeat(5))
  return () => options.store.release(lease)
}

/** Takes the files of a folder. */
export async function takeImage(dir: string): Promise<Image> {
  const image = new Map<string, { readonly bytes: Buffer; readonly mtimeMs: number }>()
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    image.set(path.slice(dir.length + 1), { bytes: await readFile(path), mtimeMs: (await stat(path)).mtimeMs })
  }
  return image
}

/** Makes a stack in a folder of its own and takes its files. */
export async function makeImage(): Promise<Image> {
  const dir = await makeFolder()
  const end = await writeStack(dir)
  const image = await takeImage(dir)
  await end()
  await rm(dir, { recursive: true })
  return image
}

/** A new folder; in memory where there is such a place, since thousands of syncs of a real disk take their time. */
export function makeFolder(): Promise<string> {
  return mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'convergent-disk-'))
}

/** Writes files into a folder. */
export async function putImage(dir: string, image: Image): Promise<void> {
  for (const [path, { bytes, mtimeMs }] of image) {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), bytes, { mode: 0o600 })
    await utimes(join(dir, path), mtimeMs / 1000, mtimeMs / 1000)
  }
}

/** A file system in memory, to read only: for tests that read thousands of variants. */
export function readOnlyFiles(dir: string, image: Image): FileSystem {
  const missing = (path: unknown, syscall: string): Error => Object.assign(new Error(`ENOENT: ${String(path)}`), { code: 'ENOENT', syscall, path })
  const refuse = (path: unknown): Promise<never> => Promise.reject(Object.assign(new Error(`EROFS: ${String(path)}`), { code: 'EROFS', syscall: 'open', path }))
  const find = (path: unknown, syscall: string): { readonly bytes: Buffer; readonly mtimeMs: number } => {
    const file = image.get(String(path).slice(dir.length + 1))
    if (file === undefined) throw missing(path, syscall)
    return file
  }
  const list = (path: unknown): readonly string[] => {
    const folder = `${String(path).slice(dir.length + 1)}/`
    const names = [...image.keys()].filter((each) => each.startsWith(folder)).map((each) => each.slice(folder.length).split('/')[0] as string)
    if (names.length === 0) throw missing(path, 'scandir')
    return [...new Set(names)]
  }
  const files = {
    readFile: async (path: unknown, encoding?: 'utf8') => (encoding === undefined ? Buffer.from(find(path, 'open').bytes) : find(path, 'open').bytes.toString(encoding)),
    readdir: async (path: unknown) => list(path),
    namesIn: (path: string) => list(path),
    stat: async (path: unknown) => ({ size: find(path, 'stat').bytes.length, mtimeMs: find(path, 'stat').mtimeMs }),
    open: async (path: unknown, flags: unknown) => {
      if (flags !== 'r') return refuse(path)
      const { bytes } = find(path, 'open')
      return {
        stat: async () => ({ size: bytes.length }),
        read: async (buffer: Buffer, offset: number, length: number, at: number) => ({ buffer, bytesRead: bytes.copy(buffer, offset, at, Math.min(bytes.length, at + length)) }),
        close: async () => undefined,
      }
    },
    ...Object.fromEntries(['rename', 'link', 'mkdir', 'unlink', 'rmdir', 'utimes'].map((name) => [name, refuse])),
  }
  return files as unknown as FileSystem
}

/** An answer, or an error, to each question. */
export type Answers = ReadonlyMap<string, string | Error>

/** What can be read of a stack, one answer for each question; an error is one too. */
export async function readAll(store: Store): Promise<Answers> {
  const answers = new Map<string, string | Error>()
  const ask = async (question: string, read: () => Promise<unknown>): Promise<unknown> => {
    try {
      const answer = await read()
      answers.set(question, JSON.stringify(answer, (_, value: unknown) => (value instanceof Map ? [...value] : value)) ?? 'nothing')
      return answer
    } catch (error) {
      answers.set(question, error as Error)
      return undefined
    }
  }
  await ask('state', () => store.load('s'))
  await ask('holding', () => store.holding('s'))
  const runs = ((await ask('runs', () => store.runs('s'))) ?? []) as readonly { readonly id: string }[]
  for (const { id } of runs)
    await ask(`entries ${id}`, async () => {
      const entries: unknown[] = []
      for await (const entry of store.entries('s', id)) entries.push(entry)
      return entries
    })
  for (const kind of ['plan', 'checkpoint', 'output'] as const) {
    const ids = ((await ask(`list ${kind}`, () => store.list('s', kind))) ?? []) as readonly string[]
    for (const id of ids) await ask(`${kind} ${id}`, () => store.get('s', kind, id))
  }
  return answers
}
