import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { open, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { apply } from '../../src/engine/apply.ts'
import { examineStack } from '../../src/engine/examination.ts'
import { plan } from '../../src/engine/plan.ts'
import { resume } from '../../src/engine/resume.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

const disk = mkdtempSync(join(tmpdir(), 'convergent-small-'))
const mount = (...given: readonly string[]): boolean => {
  try {
    execFileSync('mount', given, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const isMounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=256k,nr_inodes=200', 'tmpfs', disk)
if (!isMounted) console.log('skipped: nobody here may mount a small file system')

afterEach(async () => {
  if (!isMounted) return
  mount('-o', 'remount,rw', disk)
  for (const name of await readdir(disk)) await rm(join(disk, name), { recursive: true })
})
afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', disk])
  rmdirSync(disk)
})

function createHost() {
  const backend = createFakeBackend()
  const { named } = declare(backend.provider)
  const desired = Array.from({ length: 12 }, (_, index) => named(`n${index}`, { name: `n${index}`, text: 'x'.repeat(500) }))
  const options = { provider: backend.provider, store: fileStore(join(disk, 'store')), stack: 's', mode: 'sync', concurrency: 3 } as const
  return { backend, desired, options }
}

/** Takes all the space but some. */
async function fill(leftBytes: number): Promise<void> {
  const handle = await open(join(disk, 'ballast'), 'w')
  const isFull = await handle.writeFile(Buffer.alloc(1 << 20)).then(() => false, (error: NodeJS.ErrnoException) => error.code === 'ENOSPC')
  expect(isFull).toBe(true)
  await handle.truncate(Math.max(0, (await handle.stat()).size - leftBytes))
  await handle.close()
}

describe.skipIf(!isMounted)('a real disk', () => {
  test('that is full is told, and the run goes on when there is space again, whenever it happened', async () => {
    const refused: number[] = []
    for (let pages = 0; pages < 24; pages++) {
      const { backend, desired, options } = createHost()
      const changes = await plan(desired, options)
      await fill(pages * 4096)
      const ending = await apply(changes, options).result.catch((error: Error) => error)
      const told = backend.objects().length
      if (ending instanceof Error) {
        refused.push(pages)
        expect(ending).toMatchObject({ code: 'store', message: expect.stringMatching(`^${disk}/store.*ENOSPC: the disk is full: free some space`) as string })
      } else expect(ending.outcome).toBe('succeeded')
      await rm(join(disk, 'ballast'))
      expect((await examineStack(options)).filter(({ level }) => level !== 'open')).toEqual([])
      const [run] = await options.store.runs('s')
      // Before its first line is durable nothing is done.
      if (run === undefined) expect([told, (await apply(changes, options)).outcome]).toEqual([0, 'succeeded'])
      else if (!run.ended) expect((await resume(run.id, options)).outcome).toBe('succeeded')
      expect(backend.objects().map(({ fields }) => fields['name']).sort()).toEqual(desired.map(({ name }) => name).sort())
      expect((await options.store.load('s'))?.resources.size).toBe(12)
      expect((await plan(desired, options)).actions).toEqual([])
      await rm(join(disk, 'store'), { recursive: true })
    }
    console.log(`with this many pages left the run was refused: ${refused.join(' ')}`)
    expect(refused.length).toBeGreaterThan(4)
    expect(refused.length).toBeLessThan(24)
  })

  test('that is read-only can be read, planned from and examined, and a run is refused before it changes anything', async () => {
    const { backend, desired, options } = createHost()
    await apply(await plan(desired.slice(0, 2), options), options)
    expect(mount('-o', 'remount,ro', disk)).toBe(true)
    const changes = await plan(desired, options)
    expect(changes.summary.create).toBe(10)
    expect(await examineStack(options)).toEqual([])
    await expect(apply(changes, options).result).rejects.toMatchObject({ code: 'store', message: expect.stringMatching(`^${disk}/store.*EROFS: the file system is read-only: mount it writable`) as string })
    expect(backend.objects()).toHaveLength(2)
    expect(mount('-o', 'remount,rw', disk)).toBe(true)
    expect((await apply(changes, options)).outcome).toBe('succeeded')
  })
})
