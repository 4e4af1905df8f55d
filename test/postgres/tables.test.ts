import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { examineStack } from '../../src/engine/examination.ts'
import { describeFault } from '../../src/postgres/fault.ts'
import { MIGRATIONS } from '../../src/postgres/migrations.ts'
import { escapeText, keyOf, unescapeText } from '../../src/postgres/name.ts'
import { loadPostgres } from '../../src/postgres/pool.ts'
import { readEntries, sampleStart, sampleState, sampleStep } from '../../src/testing/store-sample.ts'
import { usePostgres } from './place.ts'

const { url, open, openPool, ask } = usePostgres()

/** Anything that JavaScript can say: quotes, NULs, halves of surrogate pairs, and what escapes them. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.constantFrom('\0', '\u001b', '\u001b0000', '\ud800', '\udc00', '😀', '~', "'", '"', '\\', ';', '--', '$1', '$$', '%', '\n', 'a'), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.constantFrom('', ' ', "'; DROP SCHEMA convergent CASCADE; --", 'x'.repeat(5_000), `${'\0'.repeat(2_000)}1`, '__proto__'),
)

describe('names and texts', () => {
  test('are escaped such that nothing is lost, and keys are short and never the same', () => {
    fc.assert(fc.property(anyText, (text) => unescapeText(escapeText(text)) === text))
    fc.assert(fc.property(anyText, (text) => !/\0/.test(escapeText(text)) && Buffer.from(escapeText(text)).toString() === escapeText(text)))
    fc.assert(fc.property(anyText, anyText, (a, b) => (a === b) === (keyOf(a) === keyOf(b))))
    fc.assert(fc.property(anyText, (text) => Buffer.byteLength(keyOf(text)) < 800))
    const json = JSON.stringify({ text: 'ä😀\0\u001b\ud800\u2028' })
    expect(escapeText(json)).toBe(json)
  })

  test('of stacks, runs, documents, holders and reasons come back whatever they are', async () => {
    const store = open()
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(anyText, anyText, anyText, async (name, run, text) => {
        const stack = `${name}${seen.size}`
        seen.add(stack)
        const lease = await store.claim(stack, text)
        expect(lease.fence).toBe(1)
        await store.append(lease, run, [sampleStart(run, lease, undefined, text), sampleStep(text)])
        await store.put(stack, 'plan', run, text)
        await store.put(stack, 'plan', text, text)
        await store.commit(sampleState(stack, 1), { expectedSerial: 0, lease })
        expect((await store.load(stack))?.stack).toBe(stack)
        expect(await readEntries(store, stack, run)).toEqual([sampleStart(run, lease, undefined, text), sampleStep(text)])
        expect(await store.runs(stack)).toMatchObject([{ id: run, stack, plan: text }])
        expect(await store.list(stack, 'plan')).toEqual(run === text ? [run] : [run, text])
        expect(await store.get(stack, 'plan', run)).toBe(text)
        await store.prune?.(stack, { runs: 0, plans: 0 })
        expect(await store.list(stack, 'plan')).toEqual([text])
        const next = await store.claim(stack, 'next', { takeOver: { fence: 1, reason: text } })
        expect(next.takenOver).toMatchObject({ from: expect.stringContaining(text) as string, reason: text })
        await store.release(next)
      }),
      { numRuns: 30 },
    )
  })

  test('of schemas are quoted', async () => {
    for (const schema of ['"; DROP TABLE x; --', 'Ä ö', 'select', "it's", 'x'.repeat(63)]) {
      const store = open({ connectionString: url(), schema })
      await store.claim('s', 'me')
      expect(await ask('SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = $1', [schema])).toEqual([{ n: 6 }])
    }
    for (const schema of ['', 'x'.repeat(64), 'pg_x', 'a\0']) expect(() => open({ connectionString: url(), schema })).toThrow(/schema/)
  })
})

describe('tables', () => {
  test('are made once by many that begin at the same time', async () => {
    const stores = Array.from({ length: 8 }, () => open())
    const claims = await Promise.all(stores.map((store, index) => store.claim(`s${index}`, 'me')))
    expect(claims.map(({ fence }) => fence)).toEqual(stores.map(() => 1))
    expect(await ask('SELECT version FROM convergent.migrations')).toEqual(MIGRATIONS.map((_step, index) => ({ version: index + 1 })))
  })

  test('of a newer release are refused, and left as they are', async () => {
    await open().claim('s', 'me')
    await ask('INSERT INTO convergent.migrations (version) VALUES ($1)', [MIGRATIONS.length + 1])
    const store = open()
    const message = `the tables in schema convergent have version ${MIGRATIONS.length + 1}, this release knows up to ${MIGRATIONS.length}: use the release that made them, or a newer one; nothing was changed`
    await expect(store.load('s')).rejects.toMatchObject({ code: 'store', message: expect.stringContaining(message) as string })
    await ask('DELETE FROM convergent.migrations WHERE version > $1', [MIGRATIONS.length])
    expect(await store.holding('s')).toMatchObject({ fence: 1 })
  })

  test('that are there need no right to make any', async () => {
    await open().claim('s', 'me')
    await ask(`CREATE ROLE limited LOGIN PASSWORD 'x'`)
    try {
      await ask('GRANT USAGE ON SCHEMA convergent TO limited')
      await ask('GRANT ALL ON ALL TABLES IN SCHEMA convergent TO limited')
      const limited = new URL(url())
      limited.username = 'limited'
      limited.password = 'x'
      const store = open({ connectionString: limited.href })
      expect(await store.holding('s')).toMatchObject({ fence: 1 })
      await store.append(await store.claim('t', 'me'), 'r', [sampleStep('1')])
      await expect(open({ connectionString: limited.href, schema: 'other' }).load('s')).rejects.toMatchObject({ code: 'store', message: expect.stringMatching(/permission denied .*42501.*grant it/) as string })
    } finally {
      await ask('DROP OWNED BY limited')
      await ask('DROP ROLE limited')
    }
  })

  test('where what is acknowledged could be lost are refused', async () => {
    const careless = new URL(url())
    careless.searchParams.set('options', '-c synchronous_commit=off')
    await expect(open({ connectionString: careless.href }).load('s')).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('synchronous_commit is off') as string })
  })
})

describe('damage', () => {
  const spoil = async (sql: string): Promise<unknown> => {
    const store = open()
    const lease = await store.claim('s', 'me')
    await store.append(lease, 'r', [sampleStart('r', lease), sampleStep('1'), sampleStep('2')])
    await store.commit(sampleState('s', 1), { expectedSerial: 0, lease })
    await ask(sql)
    return Promise.all([readEntries(store, 's', 'r'), store.load('s')]).catch((error: Error) => error)
  }
  test.each([
    ['an altered line', `UPDATE convergent.entries SET line = replace(line, 'handle', 'Handle') WHERE seq = 2`, /^FormatError: journal, line 2: the line is damaged: its checksum does not match.*table "convergent"\.entries, run r, seq 2\)$/],
    ['a missing line', `DELETE FROM convergent.entries WHERE seq = 2`, /^FormatError: journal, line 2: the line is missing; .*run r, seq 2\)$/],
    ['an altered state', `UPDATE convergent.stacks SET state = replace(state, 'id-1', 'id-2')`, /^FormatError: state, line 3: the checksum is not that.*stack s\)$/],
    ['the state of another stack', `UPDATE convergent.stacks SET key = 't' WHERE key = 's'; INSERT INTO convergent.stacks SELECT 's', 's', fence, holder, claim, renewal, since, renewed_at, term_ms, NULL, NULL, NULL, serial, replace(state, '"stack":"s"', '"stack":"t"') FROM convergent.stacks`, /^FormatError: state/],
  ])('%s is found and named', async (_what, sql, message) => {
    expect(String(await spoil(sql))).toMatch(message)
  })
})

test('the newest backup that can be read is named, with the statement that puts it back', async () => {
  const stack = "it's a 'stack'"
  const store = open()
  expect(await examineStack({ store, stack })).toEqual([])
  const lease = await store.claim(stack, 'me')
  for (const serial of [1, 2, 3]) {
    await store.commit(sampleState(stack, serial), { expectedSerial: serial - 1, lease })
    if (serial < 3) await store.backup?.(stack)
  }
  await store.release(lease)
  expect(await examineStack({ store, stack })).toEqual([])
  await ask(`UPDATE convergent.stacks SET state = replace(state, 'id-1', 'id-2')`)
  await ask(`UPDATE convergent.backups SET state = '' WHERE serial = 2`)
  const [finding, ...others] = await examineStack({ store, stack })
  expect(others).toEqual([])
  expect(finding).toMatchObject({ level: 'damaged', subject: 'the state', problem: expect.stringContaining('checksum') as string, remedy: expect.stringContaining('of serial 1;') as string })
  await ask(/UPDATE .*/.exec(finding?.remedy ?? '')?.[0] ?? '')
  expect(await store.load(stack)).toEqual(sampleState(stack, 1))
  await ask(`UPDATE convergent.backups SET state = ''`)
  await ask(`UPDATE convergent.stacks SET state = ''`)
  expect(await examineStack({ store, stack })).toMatchObject([{ remedy: expect.stringContaining('no backup of it can be read') as string }])
})

test('a pooler that forgets what was prepared is put up with', async () => {
  const pool = openPool()
  const store = open({ pool })
  const lease = await store.claim('s', 'me')
  await store.append(lease, 'r', [sampleStart('r', lease)])
  await store.append(lease, 'r', [sampleStep('1')])
  // The statement is gone on the server, and the client believes that it is there.
  const connection = await pool.connect()
  await connection.query({ text: 'DEALLOCATE ALL', values: [] })
  connection.release()
  for (const step of ['2', '3']) await store.append(lease, 'r', [sampleStep(step)])
  expect(await readEntries(store, 's', 'r')).toHaveLength(4)
})

test('without the package pg the error names it and how to install it', async () => {
  const missing = (): Promise<never> => Promise.reject(Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' }))
  await expect(loadPostgres(missing)).rejects.toMatchObject({ code: 'missing-peer', message: 'convergent/postgres needs the package pg: npm install pg' })
  const error = await loadPostgres(missing).catch((problem: unknown) => problem)
  expect(describeFault(error, 'postgres')).toBe(error)
})

test('a closed store says so', async () => {
  const store = open()
  await store.load('s')
  await store.close()
  await expect(store.load('s')).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('the store is closed') as string })
})
