import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeName } from '../../src/node/file-name.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { nodeFileSystem, type FileSystem } from '../../src/node/file-system.ts'
import { readEntries, sampleEnd, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'convergent-store-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const inStack = (...parts: readonly string[]): string => join(dir, 'stacks', 's', ...parts)

test('names are safe and told apart, also where case does not count', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 300 }), (a, b) => {
      expect(encodeName(a)).toMatch(/^[a-z0-9_%~-]{1,120}$/)
      if (a !== b) expect(encodeName(a)).not.toBe(encodeName(b))
    }),
  )
  expect([encodeName('A'), encodeName('..'), encodeName('con'), encodeName('')]).toEqual(['%41', '%2e%2e', '%63on', '%'])
  expect(encodeName('x'.repeat(200))).not.toBe(encodeName('x'.repeat(201)))
})

test('files and folders are for this user only, and nothing half-written is left', async () => {
  const store = fileStore(join(dir, 'deep', 'er'))
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('1')])
  await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
  await store.backup?.('s')
  await store.put('s', 'plan', 'p', 'text')
  await store.release(lease)
  const names = await readdir(dir, { recursive: true })
  expect(names.filter((name) => name.includes('.writing-'))).toEqual([])
  for (const name of names) {
    const { mode } = await stat(join(dir, name))
    expect([name, (mode & 0o777).toString(8)]).toEqual([name, (await stat(join(dir, name))).isDirectory() ? '700' : '600'])
  }
})

describe('damage', () => {
  const write = async (): Promise<string> => {
    const store = fileStore(dir)
    const lease = await store.claim('s', 'me')
    await store.append(lease, 'r', [sampleStart('r', lease), sampleStep('1'), sampleStep('2')])
    await store.release(lease)
    return inStack('runs', 'r.1.jsonl')
  }

  test('a torn last line is cut and told, and stays cut when a successor goes on', async () => {
    const path = await write()
    const whole = await readFile(path, 'utf8')
    await writeFile(path, whole.slice(0, -10))
    const store = fileStore(dir)
    const torn: string[] = []
    const steps: string[] = []
    for await (const entry of store.entries('s', 'r', { onTorn: (detail) => torn.push(detail) })) steps.push('step' in entry ? entry.step : entry.kind)
    expect(steps).toEqual(['run-started', '1'])
    expect(torn).toEqual([expect.stringContaining(`line 4 of ${path} is torn`)])
    const lease = await store.claim('s', 'next')
    await store.append(lease, 'r', [sampleStep('3')])
    expect((await readEntries(store, 's', 'r')).slice(1)).toEqual([sampleStep('1'), sampleStep('3')])
    await store.release(lease)
  })

  test('a flipped byte anywhere else is an error with file and line, and nothing is lost', async () => {
    const path = await write()
    const whole = await readFile(path)
    for (const at of [3, 40, whole.length - 5, Math.floor(whole.length / 2)]) {
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] as number) ^ 1
      await writeFile(path, flipped)
      const line = whole.subarray(0, at).toString().split('\n').length
      await expect(readEntries(fileStore(dir), 's', 'r')).rejects.toThrow(new RegExp(`journal, line ${line}: .*checksum.*${path}`))
      expect(await readFile(path)).toEqual(flipped)
    }
  })

  test('an altered state is an error with its file', async () => {
    const store = fileStore(dir)
    const lease = await store.claim('s', 'me')
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    const text = await readFile(inStack('state.jsonl'), 'utf8')
    await writeFile(inStack('state.jsonl'), text.replace('id-1', 'id-2'))
    await expect(store.load('s')).rejects.toMatchObject({ code: 'format', line: 3, message: expect.stringContaining('state.jsonl') as string })
  })
})

test('what a fenced-out holder writes late does not count', async () => {
  const old = fileStore(dir)
  const first = await old.claim('s', 'old')
  await old.append(first, 'r', [sampleStart('r', first), sampleStep('1')])
  await old.release(first)
  const store = fileStore(dir)
  const second = await store.claim('s', 'new')
  const path = inStack('runs', 'r.1.jsonl')
  const late = (await readFile(path, 'utf8')).split('\n').at(-2) as string
  await appendFile(path, `${late}\n`)
  const expected = [sampleStart('r', first), sampleStep('1')]
  expect(await readEntries(store, 's', 'r')).toEqual(expected)
  await store.append(second, 'r', [sampleStep('2')])
  await appendFile(path, `${late}\n`)
  for (const reader of [store, fileStore(dir)]) expect(await readEntries(reader, 's', 'r')).toEqual([...expected, sampleStep('2')])
  await store.release(second)
})

describe('leases of the dead', () => {
  const leave = async (change: (content: Record<string, unknown>) => Record<string, unknown>): Promise<void> => {
    await fileStore(dir).claim('s', 'gone')
    const path = inStack('lease', '1.held')
    await writeFile(path, JSON.stringify({ ...change(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>), crc32: undefined }))
  }
  test('one whose process is another one by now is claimed at once', async () => {
    await leave((content) => ({ ...content, startTicks: '1' }))
    expect((await fileStore(dir).claim('s', 'me')).fence).toBe(2)
    expect(await readdir(inStack('lease'))).toEqual(['2.held', '2.was'])
  })
  test.each([
    ['another host', { host: 'elsewhere', pid: 999_999_999 }],
    ['other process ids', { pidSpace: 'pid:[1]', pid: 999_999_999 }],
    ['another boot of who knows what machine', { boot: 'other', machine: 'other' }],
    ['itself', { host: hostname() }],
  ])('one that cannot be judged is held: %s', async (_name, change) => {
    await leave((content) => ({ ...content, ...change }))
    await expect(fileStore(dir).claim('s', 'me')).rejects.toMatchObject({ code: 'lease-held' })
  })
  test('a claim that cannot be read names its file and what to do', async () => {
    await leave(() => ({}))
    await expect(fileStore(dir).claim('s', 'me')).rejects.toThrow(/1\.held: .*rename it to 1\.free/)
  })
})

describe('faults of the operating system', () => {
  const failing = (method: 'datasync' | 'write' | 'sync', code: string): { readonly fs: FileSystem; arm: boolean } => {
    const fault = { arm: false, fs: nodeFileSystem }
    fault.fs = {
      ...nodeFileSystem,
      open: async (...given) => {
        const handle = await nodeFileSystem.open(...given)
        return new Proxy(handle, {
          get: (target, key) => {
            if (fault.arm && key === method) return async () => Promise.reject(Object.assign(new Error(code), { code, syscall: 'write' }))
            const value: unknown = Reflect.get(target, key, target)
            return typeof value === 'function' ? (value.bind(target) as unknown) : value
          },
        })
      },
    }
    return fault
  }

  test.each([['datasync', 'EIO'], ['write', 'ENOSPC']] as const)('after a failed %s nothing more is appended', async (method, code) => {
    const fault = failing(method, code)
    const store = fileStore(dir, { fileSystem: fault.fs })
    const lease = await store.claim('s', 'me')
    await store.append(lease, 'r', [sampleStep('1')])
    fault.arm = true
    const both = await Promise.allSettled([store.append(lease, 'r', [sampleStep('2')]), store.append(lease, 'r', [sampleStep('3')])])
    for (const one of both) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'store', message: expect.stringMatching(`r\\.1\\.jsonl: .*${code}: the disk`) as string } })
    fault.arm = false
    await expect(store.append(lease, 'r', [sampleStep('4')])).rejects.toThrow(/an earlier append failed/)
    await store.release(lease)
    const next = await store.claim('s', 'me')
    await store.append(next, 'r', [sampleStep('5')])
    expect((await readEntries(store, 's', 'r')).at(-1)).toEqual(sampleStep('5'))
    await store.release(next)
  })

  test('a failed commit leaves the state as it was', async () => {
    const fault = failing('sync', 'ENOSPC')
    const store = fileStore(dir, { fileSystem: fault.fs })
    const lease = await store.claim('s', 'me')
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    fault.arm = true
    await expect(store.commit(sampleState('s', 2), { expectedSerial: 1, lease })).rejects.toMatchObject({ code: 'store' })
    expect((await fileStore(dir).load('s'))?.serial).toBe(1)
    expect((await readdir(inStack())).filter((name) => name.startsWith('.'))).toEqual([])
  })

  test('a folder that is none is named', async () => {
    await writeFile(join(dir, 'file'), '')
    await expect(fileStore(join(dir, 'file')).claim('s', 'me')).rejects.toMatchObject({ code: 'store', message: expect.stringContaining(join(dir, 'file')) as string })
    await mkdir(inStack('state.jsonl'), { recursive: true })
    await expect(fileStore(dir).load('s')).rejects.toMatchObject({ code: 'store' })
  })
})

test('appends that arrive while one is synced share the next sync', async () => {
  let syncs = 0
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    open: async (...given) => {
      const handle = await nodeFileSystem.open(...given)
      const datasync = handle.datasync.bind(handle)
      handle.datasync = async () => {
        syncs += 1
        await datasync()
      }
      return handle
    },
  }
  const store = fileStore(dir, { fileSystem })
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStep('which makes the file')])
  const first = store.append(lease, 'r', [sampleStep('first')])
  await Promise.resolve()
  await Promise.resolve()
  await Promise.all([first, ...Array.from({ length: 100 }, (_none, index) => store.append(lease, 'r', [sampleStep(String(index))]))])
  expect(syncs).toBe(2)
  expect(await readEntries(store, 's', 'r')).toHaveLength(102)
  await store.release(lease)
})

test('a damaged end of a run is named when runs are listed', async () => {
  const store = fileStore(dir)
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStart('r', lease), sampleEnd()])
  await store.release(lease)
  const path = inStack('runs', 'r.1.jsonl')
  await writeFile(path, (await readFile(path, 'utf8')).replace('"open":false', '"open":fa1se'))
  await expect(store.runs('s')).rejects.toMatchObject({ code: 'format', line: 3 })
})

test('backups are copies of the state before, and the old ones are pruned', async () => {
  const store = fileStore(dir)
  const lease = await store.claim('s', 'me')
  for (const serial of [1, 2, 3]) {
    await store.commit(sampleState('s', serial), { expectedSerial: serial - 1, lease })
    await store.backup?.('s')
  }
  await store.append(lease, 'r', [sampleStart('r', lease), sampleEnd()])
  await store.prune?.('s', { runs: 2, plans: 2 })
  const names = await readdir(inStack('backups'))
  expect(names.sort()).toEqual(['state.000000000002.jsonl', 'state.000000000003.jsonl'])
  expect(await readFile(inStack('backups', names[0] as string), 'utf8')).toContain('"serial":2')
  await store.release(lease)
})

test('a prune that is cut off anywhere leaves no output without its run, and the next one ends it', async () => {
  let left = Infinity
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    unlink: async (path) => {
      if (left-- <= 0) throw Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'unlink' })
      await nodeFileSystem.unlink(path)
    },
  }
  let cuts = 0
  for (let at = 0, isCut = true; isCut; at++) {
    const store = fileStore(join(dir, String(at)), { fileSystem })
    const lease = await store.claim('s', 'me')
    for (const id of ['a', 'b', 'c']) {
      await store.append(lease, id, [sampleStart(id, lease), sampleEnd()])
      for (const attempt of [1, 2]) await store.put('s', 'output', `${id} run:x/y ${attempt}`, 'text')
    }
    await store.release(lease)
    left = at
    isCut = await (store.prune?.('s', { runs: 1, plans: 1 }) as Promise<void>).then(() => false, () => true)
    if (isCut) cuts += 1
    left = Infinity
    const runs = (await store.runs('s')).map(({ id }) => id)
    expect((await store.list('s', 'output')).filter((id) => !runs.includes(id.split(' ')[0] as string))).toEqual([])
    await store.prune?.('s', { runs: 1, plans: 1 })
    expect([(await store.runs('s')).map(({ id }) => id), await store.list('s', 'output')]).toEqual([['c'], ['c run:x/y 1', 'c run:x/y 2']])
  }
  expect(cuts).toBeGreaterThan(4)
})
