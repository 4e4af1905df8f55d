import { beforeAll, describe, expect, test } from 'vitest'
import { FormatError, StoreError } from '../../src/core/errors.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { decodeName } from '../../src/node/file-name.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { makeImage, readAll, readOnlyFiles, type Answers, type Image } from './image.ts'

const DIR = '/store'
let image: Image
let whole: Answers
const storeOf = (changed: Image) => fileStore(DIR, { fileSystem: readOnlyFiles(DIR, changed) })
const read = (changed: Image): Promise<Answers> => readAll(storeOf(changed))
const pathOf = (part: string): string => [...image.keys()].find((path) => path.startsWith(`stacks/s/${part}`) && !path.endsWith('.was')) as string
const put = (base: Image, path: string, bytes: Buffer): Image => new Map([...base, [path, { bytes, mtimeMs: base.get(path)?.mtimeMs ?? 0 }]])

beforeAll(async () => {
  image = await makeImage()
  whole = await read(image)
})

/** The errors among the answers; fails for an answer that is another one and no error that names the file, and the line. */
function judge(path: string, before: Answers, after: Answers, what: string): readonly Error[] {
  const errors: Error[] = []
  for (const [question, expected] of before) {
    const answer = after.get(question)
    // What could not be listed was not asked for.
    if (answer === expected || (answer === undefined && errors.length > 0)) continue
    const isNamed = (answer instanceof FormatError && answer.line !== undefined) || (answer instanceof StoreError && /line \d/.test(answer.message))
    if (!isNamed || !answer.message.includes(path)) throw new Error(`${what}: ${question} is ${String(answer)}, it was ${String(expected)}`)
    errors.push(answer)
  }
  return errors
}

/** For many variants of one file: what has to do with it. */
function findKin(path: string): Image {
  const [folder, name] = path.split('/').slice(-2) as [string, string]
  const own = folder === 'runs' ? (name.split('.')[0] as string) : name
  return new Map([...image].filter(([other]) => other.includes(`/${folder}/${own}`) || (folder === 'runs' && other.includes(`/links/${own}`))))
}

test('the stack has a file of each kind, and reads whole', async () => {
  const folders = new Set([...image.keys()].map((path) => path.replace(/^stacks\/s\//, '').replace(/\/.*/, '')))
  expect([...folders].sort()).toEqual(['backups', 'checkpoints', 'lease', 'links', 'outputs', 'plans', 'runs', 'state.jsonl'])
  expect([...whole.values()].filter((answer) => answer instanceof Error)).toEqual([])
  expect([...whole.keys()].filter((question) => question.startsWith('entries'))).toHaveLength(3)
  expect([...image.keys()].filter((path) => path.includes('/runs/'))).toHaveLength(4)
  expect((await examineStack({ store: storeOf(image), stack: 's' })).map(({ level }) => level)).toEqual(['held', 'open'])
})

describe('a flipped byte anywhere', () => {
  test.each(['state.jsonl', 'runs/', 'plans/', 'checkpoints/', 'outputs/', 'lease/'])('in %s changes nothing that is read, or is an error with file and line', async (part) => {
    for (const [path, { bytes }] of image) {
      // One run in one file is like another.
      if (!path.startsWith(`stacks/s/${part}`) || path.endsWith('.was') || /\/runs\/.*\.1\.jsonl$/.test(path)) continue
      const kin = findKin(path)
      const before = await read(kin)
      let errors = 0
      for (const odd of [0, 1])
        for (let at = 0; at < bytes.length; at++) {
          const mask = odd === 0 ? 0x01 : ([0x20, 0x80, 0xff, 0x02][at % 4] as number)
          const flipped = Buffer.from(bytes)
          flipped[at] = (flipped[at] as number) ^ mask
          if (judge(path, before, await read(put(kin, path, flipped)), `${path}, byte ${at} ^ ${mask}`).length > 0) errors++
        }
      // Few bytes mean nothing: the name of a field that a newer release might have.
      expect(errors, path).toBeGreaterThan(bytes.length * 2 * 0.97)
    }
  })
})

describe('a journal that was cut at any byte', () => {
  test('is a torn last line and what stands before it, where nobody went on with it', async () => {
    const path = pathOf('runs/open')
    const { bytes } = image.get(path) as { readonly bytes: Buffer }
    const lines = bytes.toString('utf8').split('\n').slice(1, -1).map((line) => line.slice(9))
    const head = bytes.indexOf(0x0a) + 1
    const kin = findKin(path)
    for (let length = 0; length < bytes.length; length++) {
      const torn: string[] = []
      const entries: string[] = []
      const reading = (async () => {
        for await (const entry of storeOf(put(kin, path, bytes.subarray(0, length))).entries('s', 'open', { onTorn: (detail) => torn.push(detail) })) entries.push(JSON.stringify(entry))
      })()
      // It is made with its first line.
      if (length < head) await expect(reading, `${length} bytes`).rejects.toMatchObject({ code: 'format', line: 1, message: expect.stringContaining(path) as string })
      else {
        await reading
        const kept = bytes.subarray(head, length).toString('utf8').split('\n').length - 1
        expect(entries, `${length} bytes`).toEqual(lines.slice(0, kept))
        expect(torn, `${length} bytes`).toEqual(bytes[length - 1] === 0x0a ? [] : [expect.stringContaining(`line ${kept + 2} of /store/${path} is torn`)])
      }
    }
  })
  test('is an error where another claim went on with the run', async () => {
    const path = [...image.keys()].find((each) => /\/runs\/.*\.2\.jsonl$/.test(each)) as string
    const { bytes } = image.get(path) as { readonly bytes: Buffer }
    const kin = findKin(path)
    const before = await read(kin)
    for (let length = 0; length < bytes.length; length += 7) expect(judge(path, before, await read(put(kin, path, bytes.subarray(0, length))), `${length} bytes`).length).toBeGreaterThan(0)
  })
})

describe('a file that is gone or empty', () => {
  const isCopy = (path: string): boolean => /\/(backups|links)\//.test(path) || path.endsWith('.was')
  test.each([
    ['gone', (path: string) => new Map([...image].filter(([other]) => other !== path))],
    ['empty', (path: string) => put(image, path, Buffer.alloc(0))],
  ])('%s: it is missed by its name, or nothing needs it', async (kind, change) => {
    for (const path of image.keys()) {
      const changed = change(path)
      const after = await read(changed)
      const findings = await examineStack({ store: storeOf(changed), stack: 's' })
      const damaged = findings.filter(({ level, problem }) => level === 'damaged' && problem.includes(path))
      if (isCopy(path)) {
        expect(judge(path, whole, after, path), path).toEqual([])
        // A second name is no file of its own, and an empty backup is no backup.
        expect(damaged.length, path).toBe(kind === 'empty' && path.includes('/backups/') ? 1 : 0)
      } else if (kind === 'gone' && /\/(plans|checkpoints|outputs)\//.test(path)) {
        const id = decodeName(/([^/]+)\.txt$/.exec(path)?.[1] as string)
        expect([...whole.keys()].filter((question) => !after.has(question)).map((question) => question.slice(question.indexOf(' ') + 1)), path).toEqual([id])
      } else if (kind === 'gone' && path.includes('/lease/')) {
        expect(after.get('holding'), path).toBe('nothing')
      } else {
        expect(judge(path, whole, after, path).length, path).toBeGreaterThan(0)
        expect(damaged.map(({ remedy }) => remedy), path).toEqual([expect.stringContaining('run: ')])
      }
    }
  })
})
