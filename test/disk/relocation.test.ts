import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FormatError } from '../../src/core/errors.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { Finding } from '../../src/store/finding.ts'
import type { Relocation } from '../../src/store/store.ts'
import { makeFolder } from './image.ts'

let dir = ''
let path = ''
beforeEach(async () => {
  dir = await makeFolder()
  path = join(dir, 'stacks/s/relocation.json')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const store = () => fileStore(dir)
/** Says where the stack is, and gives the bytes of that. */
async function relocate(relocation: Relocation): Promise<Buffer> {
  const lease = await store().claim('s', 'mover', { relocating: true })
  await store().relocate?.(lease, relocation)
  await store().release(lease)
  return readFile(path)
}
/** What a mover finds, or the error. */
async function read(): Promise<unknown> {
  const opened = store()
  try {
    const lease = await opened.claim('s', 'mover', { relocating: true })
    await opened.release(lease)
    return lease.relocation
  } catch (error) {
    return error
  }
}
const examine = async (): Promise<readonly Finding[]> => (await examineStack({ store: store(), stack: 's' })).filter(({ level }) => level === 'damaged')
const follow = ([finding]: readonly Finding[]): void => void execFileSync('sh', ['-c', / run: (.+)$/.exec(finding?.remedy ?? '')?.[1] ?? 'false'], { stdio: 'ignore' })
const expectNamed = (found: unknown, what: string): void => {
  expect(found, what).toBeInstanceOf(FormatError)
  expect(found, what).toMatchObject({ line: 1, message: expect.stringContaining(path) as string })
}

describe('the file that says where a stack is', () => {
  const relocation: Relocation = { kind: 'gone', store: 'postgres:ä/😀' }

  test('is read as it was written, and nothing is said of it', async () => {
    for (const each of [relocation, { kind: 'arriving', store: '' }] as const) {
      await relocate(each)
      expect(await read()).toEqual(each)
      expect(await examine()).toEqual([])
    }
  })

  test('a flipped byte anywhere is an error that names the file, and no other store', async () => {
    const bytes = await relocate(relocation)
    for (let at = 0; at < bytes.length; at++) {
      const mask = [0x01, 0x20, 0x80][at % 3] as number
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] as number) ^ mask
      await writeFile(path, flipped)
      expectNamed(await read(), `byte ${at} ^ ${mask}`)
    }
  })

  test('one that was cut at any byte is one too', async () => {
    const bytes = await relocate(relocation)
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length))
      expectNamed(await read(), `${length} bytes`)
    }
  })

  test('one byte that was flipped is found and put back', async () => {
    const bytes = await relocate(relocation)
    for (let at = 0; at < bytes.length; at += 9) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] as number) ^ 0x02
      await writeFile(path, flipped)
      follow(await examine())
      expect(await readFile(path), `byte ${at}`).toEqual(bytes)
    }
    expect([await examine(), await read()]).toEqual([[], relocation])
  })

  test('where too much is lost, the way out is to look elsewhere, and to remove it', async () => {
    const bytes = await relocate(relocation)
    for (const length of [0, 40, bytes.length - 6]) {
      await writeFile(path, bytes.subarray(0, length))
      const found = await examine()
      expect(found).toEqual([{ level: 'damaged', subject: 'where the stack is', problem: expect.stringContaining(path) as string, remedy: expect.stringContaining('look for the stack in the other stores') as string }])
      follow(found)
      expect([await examine(), await read()]).toEqual([[], undefined])
    }
  })

  test('of a newer release it is left alone', async () => {
    const text = (await relocate(relocation)).toString('utf8').replace('"version":1', '"version":2')
    await writeFile(path, text)
    expect(await read()).toMatchObject({ code: 'format', message: expect.stringContaining('use the release that wrote it') as string })
  })
})
