import { execFileSync } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { examineStack } from '../../src/engine/examination.ts'
import { fileStore } from '../../src/node/file-store.ts'
import type { Finding } from '../../src/store/finding.ts'
import { makeFolder, makeImage, putImage, readAll, type Answers, type Image } from './image.ts'

let image: Image
let dir = ''
let whole: Answers
beforeAll(async () => {
  image = await makeImage()
})
beforeEach(async () => {
  dir = await makeFolder()
  await putImage(dir, image)
  whole = await readAll(fileStore(dir))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const examine = async (): Promise<readonly Finding[]> => (await examineStack({ store: fileStore(dir), stack: 's' })).filter(({ level }) => level === 'damaged')
const nameOf = (part: string): string => [...image.keys()].find((path) => path.includes(part)) as string
const bytesOf = (path: string): Buffer => Buffer.from(image.get(path)?.bytes as Buffer)
/** Does what the remedy says. */
function follow({ remedy }: Finding): void {
  const command = / run: (.+)$/.exec(remedy)?.[1]
  if (command === undefined) throw new Error(`no command in: ${remedy}`)
  execFileSync('sh', ['-c', command], { stdio: 'ignore' })
}
/** Damages files, follows what is said until nothing is said any more, and gives what was said. */
async function mend(damage: Readonly<Record<string, Buffer | undefined>>): Promise<readonly Finding[]> {
  for (const [path, bytes] of Object.entries(damage)) await (bytes === undefined ? rm(join(dir, path)) : writeFile(join(dir, path), bytes))
  const said: Finding[] = []
  for (let findings = await examine(); findings.length > 0 && said.length < 5; findings = await examine()) {
    said.push(findings[0] as Finding)
    follow(findings[0] as Finding)
  }
  expect(await examine()).toEqual([])
  return said
}
/** But for the order of documents: it is that of their last change. */
const isAsBefore = async (): Promise<void> => {
  const sorted = (answers: Answers): unknown => [...answers].map(([question, answer]) => [question, question.startsWith('list') ? (JSON.parse(String(answer)) as string[]).sort() : answer]).sort()
  expect(sorted(await readAll(fileStore(dir)))).toEqual(sorted(whole))
}

describe('one byte that was flipped is found and put back', () => {
  const flip = (path: string, at: number, to: (byte: number) => number): Record<string, Buffer> => {
    const bytes = bytesOf(path)
    const index = at < 0 ? bytes.length + at : at
    bytes[index] = to(bytes[index] as number)
    return { [path]: bytes }
  }
  test.each(['/state.jsonl', 'runs/open', '.2.jsonl', '/checkpoints/', '/outputs/', '/plans/'])('in %s', async (part) => {
    const path = nameOf(part)
    for (const [at, to] of [[5, 0x40], [-60, 0x0a], [bytesOf(path).indexOf(0x0a), 0x20], [-1, 0x0b]] as const) {
      const said = await mend(flip(path, at, () => to))
      expect([said.length, await readFile(join(dir, path))], `${path}, byte ${at}: ${said[0]?.remedy}`).toEqual([1, image.get(path)?.bytes])
    }
    await isAsBefore()
  })
})

test('a state that is gone, empty or half of it is put back from its newest backup: not a run behind', async () => {
  const half = bytesOf('stacks/s/state.jsonl').subarray(0, 200)
  for (const bytes of [undefined, Buffer.alloc(0), half]) {
    const [said] = await mend({ 'stacks/s/state.jsonl': bytes })
    expect(said).toMatchObject({ subject: 'the state', remedy: expect.stringMatching(/newest backup, of serial 3.*cp .*backups\/state\.000000000003\.jsonl/) as string })
    await isAsBefore()
  }
})

test('a backup that is damaged is not the one to put back', async () => {
  const [newest] = [...image.keys()].filter((path) => path.includes('/backups/')).sort().reverse() as [string]
  const said = await mend({ 'stacks/s/state.jsonl': undefined, [newest]: Buffer.from('{"format":"convergent.state"') })
  expect(said.map(({ subject }) => subject)).toEqual(['the state', 'backup 3 of the state'])
  expect((await fileStore(dir).load('s'))?.serial).toBe(2)
})

test('a journal that is gone is put back from its second name', async () => {
  for (const path of [...image.keys()].filter((each) => each.includes('/runs/'))) {
    const [said] = await mend({ [path]: undefined })
    expect(said?.remedy).toContain('second name')
    await isAsBefore()
  }
})

test('a line that is lost is left out, and all others stay', async () => {
  const path = nameOf('.2.jsonl')
  const bytes = bytesOf(path)
  const third = bytes.indexOf(0x0a, bytes.indexOf(0x0a) + 1) + 1
  bytes.fill(0x23, third + 20, third + 40)
  const id = /runs\/(.*)\.2\.jsonl/.exec(path)?.[1] as string
  const before = JSON.parse(whole.get(`entries ${id}`) as string) as readonly unknown[]
  const [said] = await mend({ [path]: bytes })
  expect(said).toMatchObject({ subject: `run ${id}`, problem: expect.stringContaining('line 3') as string, remedy: expect.stringContaining('leave the damaged part out') as string })
  expect(JSON.parse((await readAll(fileStore(dir))).get(`entries ${id}`) as string)).toEqual(before.filter((_, index) => index !== 1))
})

test('an end that is lost is left out, and the next file of the run counts', async () => {
  const path = nameOf('.2.jsonl')
  const id = /runs\/(.*)\.2\.jsonl/.exec(path)?.[1] as string
  const before = JSON.parse(whole.get(`entries ${id}`) as string) as readonly unknown[]
  const lines = bytesOf(path).toString('utf8').split('\n').length - 1
  for (const cut of [1, 30, 250]) {
    const bytes = bytesOf(path)
    const kept = bytes.subarray(0, bytes.length - cut)
    const whole = kept.toString('utf8').split('\n').length - 1
    await mend({ [path]: kept })
    // Of the newline alone nothing else depends.
    expect(JSON.parse((await readAll(fileStore(dir))).get(`entries ${id}`) as string)).toEqual(before.filter((_, index) => index < whole - 1 || index >= lines - 1))
    await putImage(dir, image)
  }
})

test('a journal of which nothing is left is removed, and the stack goes on', async () => {
  const path = nameOf('runs/open')
  const [said] = await mend({ [path]: Buffer.alloc(0) })
  expect(said).toMatchObject({ subject: 'run open', remedy: expect.stringContaining('drift') as string })
  expect((await fileStore(dir).runs('s')).map(({ ended }) => ended)).toEqual([true, true])
})

test('a claim that cannot be read is freed', async () => {
  const path = nameOf('.held')
  await mend({ [path]: Buffer.from('{"holder":') })
  const store = fileStore(dir)
  const lease = await store.claim('s', 'next')
  expect(lease.fence).toBe(5)
  await store.release(lease)
})

test('a claim that is gone does not let the fence go back, also without its second name', async () => {
  for (const lost of [[nameOf('.held')], [nameOf('.held'), nameOf('.was')]]) {
    await rm(dir, { recursive: true })
    await putImage(dir, image)
    await mend(Object.fromEntries(lost.map((path) => [path, undefined])))
    const store = fileStore(dir)
    const lease = await store.claim('s', 'next')
    expect(lease.fence).toBe(5)
    await store.release(lease)
  }
})

test('a plan, a checkpoint or an output of which too much is lost is removed by its name', async () => {
  for (const part of ['/plans/', '/checkpoints/', '/outputs/']) {
    // The last one: no open run needs its plan.
    const path = [...image.keys()].filter((each) => each.includes(part)).sort().at(-1) as string
    const [said] = await mend({ [path]: bytesOf(path).subarray(0, 150) })
    expect(said?.remedy).toContain(`rm ${join(dir, path)}`)
    await putImage(dir, image)
  }
})
