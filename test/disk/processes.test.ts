import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { fileStore } from '../../src/node/file-store.ts'
import { makeFolder, readAll } from './image.ts'

test('two processes write and prune in one folder while a third one reads: nothing is lost, and nothing looks damaged', async () => {
  const dir = await makeFolder()
  const script = fileURLToPath(new URL('writing-process.ts', import.meta.url))
  const writers = ['a', 'b'].map((name) => promisify(execFile)(process.execPath, ['--import', 'tsx', script, dir, name, '25']))
  let isOver = false
  const written = Promise.all(writers).finally(() => (isOver = true))
  const store = fileStore(dir)
  let reads = 0
  try {
    while (!isOver) {
      expect(await store.examine?.('s')).toEqual([])
      for (const [question, answer] of await readAll(store)) if (answer instanceof Error) throw new Error(`${question}: ${answer.message}`)
      reads++
    }
  } finally {
    await written
  }
  console.log(`${reads} times all was read while it was written`)
  const state = await store.load('s')
  expect([state?.serial, state?.resources.size]).toEqual([50, 50])
  const runs = await store.runs('s')
  expect(runs.map(({ ended }) => ended)).toEqual([true, true, true])
  expect((await store.claim('s', 'next')).fence).toBe(51)
  await rm(dir, { recursive: true })
})
