import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStore } from '../../src/node/file-store.ts'
import { nodeFileSystem, type FileSystem } from '../../src/node/file-system.ts'
import type { Pieces } from '../../src/store/pieces.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-documents-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const path = (): string => join(dir, 'stacks', 's', 'plans', 'p.txt')
const large = 'ä😀\n'.repeat(200_000)

/** What comes before the error, and the error. */
async function drain(pieces: Pieces | undefined): Promise<{ readonly text: string; readonly error?: unknown }> {
  let text = ''
  try {
    for await (const piece of pieces ?? []) text += piece
  } catch (error) {
    return { text, error }
  }
  return { text }
}

/** A file system that counts what is read, and which files are open. */
function watchReads(): { readonly fileSystem: FileSystem; readonly seen: { bytes: number; open: number } } {
  const seen = { bytes: 0, open: 0 }
  const open: FileSystem['open'] = async (...given) => {
    const handle = await nodeFileSystem.open(...given)
    seen.open += 1
    return new Proxy(handle, {
      get: (target, key) => {
        if (key === 'then') return undefined
        if (key === 'close') return () => ((seen.open -= 1), target.close())
        if (key !== 'read') return Reflect.get(target, key, target).bind(target) as unknown
        return async (...all: Parameters<typeof target.read>) => {
          const read = await target.read(...all)
          seen.bytes += read.bytesRead
          return read
        }
      },
    })
  }
  const readFile = (): Promise<never> => Promise.reject(new Error('a file is read as a whole'))
  return { fileSystem: { ...nodeFileSystem, open, readFile }, seen }
}

test('the first line has the checksum of the text, however it was put', async () => {
  const store = fileStore(dir)
  const pieces = async function* (): AsyncGenerator<string> {
    for (let at = 0; at < large.length; at += 50_001) yield large.slice(at, at + 50_001)
  }
  const files: string[] = []
  for (const put of [() => store.put('s', 'plan', 'p', large), () => store.putPieces?.('s', 'plan', 'p', pieces())]) {
    await put()
    files.push(await readFile(path(), 'utf8'))
  }
  expect(files[0]).toBe(`{"format":"convergent.document","version":1,"kind":"plan","id":"p","crc32":"${crc32(large).toString(16).padStart(8, '0')}"}\n${large}`)
  expect(files[1]).toBe(files[0])
})

test('damage shows at the end of the pieces, and in the text', async () => {
  const store = fileStore(dir)
  await store.put('s', 'plan', 'p', large)
  const bytes = await readFile(path())
  bytes[bytes.length - 1] = 0x20
  await writeFile(path(), bytes)
  const { text, error } = await drain(await store.getPieces?.('s', 'plan', 'p'))
  expect(text).toBe(`${large.slice(0, -1)} `)
  expect(error).toMatchObject({ code: 'format', line: 2, message: expect.stringContaining(path()) as string })
  await expect(store.get('s', 'plan', 'p')).rejects.toMatchObject({ code: 'format', line: 2 })
})

test('a file of before there were checksums is read', async () => {
  const store = fileStore(dir)
  await store.put('s', 'plan', 'p', '')
  await writeFile(path(), `{"format":"convergent.document","version":1,"kind":"plan","id":"p"}\n${large}`)
  expect(await drain(await store.getPieces?.('s', 'plan', 'p'))).toEqual({ text: large })
})

test('a file that is gone, or goes before it is read, is not there', async () => {
  const store = fileStore(dir)
  expect(await store.getPieces?.('s', 'plan', 'p')).toBeUndefined()
  await store.put('s', 'plan', 'p', 'text')
  const pieces = await store.getPieces?.('s', 'plan', 'p')
  await store.remove('s', 'plan', 'p')
  expect((await drain(pieces)).error).toMatchObject({ code: 'store', message: expect.stringContaining('ENOENT') as string })
})

test('a listing reads no document, but for the first line of one whose id is no name of a file', async () => {
  const id = 'x'.repeat(300)
  for (const each of ['p', id]) await fileStore(dir).put('s', 'plan', each, large)
  const { fileSystem, seen } = watchReads()
  const store = fileStore(dir, { fileSystem })
  expect(await store.list('s', 'plan')).toEqual(['p', id])
  expect(seen).toEqual({ bytes: 4096, open: 0 })
})

test('who leaves the pieces early leaves no file open', async () => {
  await fileStore(dir).put('s', 'plan', 'p', large)
  const { fileSystem, seen } = watchReads()
  const store = fileStore(dir, { fileSystem })
  for await (const piece of (await store.getPieces?.('s', 'plan', 'p')) ?? []) {
    expect([piece.length > 0, seen.open]).toEqual([true, 1])
    break
  }
  expect(seen.open).toBe(0)
})
