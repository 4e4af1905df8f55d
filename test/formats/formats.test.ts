import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { examineStack, getCheckpoint, listCheckpoints, listRuns, planFromText, planRestore, resume, rollback, showRun } from 'convergent'
import { fileStore } from 'convergent/node'
import { createFakeBackend, manualClock } from 'convergent/testing'

const folder = fileURLToPath(new URL('.', import.meta.url))
const releases = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))

const copies: string[] = []
afterEach(() => {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true })
})

/** A copy of what a release wrote, and a backend as it was then. */
function open(release: string) {
  const copy = mkdtempSync(join(tmpdir(), 'convergent-formats-'))
  copies.push(copy)
  cpSync(join(folder, release, 'store'), copy, { recursive: true })
  const backend = createFakeBackend({ strict: true })
  const objects = JSON.parse(readFileSync(join(folder, release, 'backend.json'), 'utf8')) as { readonly type: string; readonly id: string; readonly fields: Record<string, unknown> }[]
  for (const { type, id, fields } of objects) {
    // Ids are counted: those that are gone are made and dropped.
    for (let made = backend.put(type, {}); made !== id; made = backend.put(type, {})) backend.drop(made)
    backend.edit(id, fields)
  }
  expect(backend.objects()).toEqual(objects)
  return { backend, options: { provider: backend.provider, store: fileStore(copy), stack: 'prod', clock: manualClock({ auto: true, now: Date.UTC(2026, 1, 1) }), resolvers: { env: () => 'deferred' } } as const }
}

describe.each(releases)('what release %s wrote', (release) => {
  it('is read: state, journals, plans and checkpoints', async () => {
    const { options } = open(release)
    const findings = await examineStack(options)
    expect(findings.map(({ level }) => level)).toEqual(['open'])
    expect([...((await options.store.load('prod'))?.resources.keys() ?? [])].sort()).toEqual(['child/room', 'marked/house', 'named/leaving', 'named/more', 'named/secret', 'named/then', 'versioned/v'])
    expect((await listRuns(options)).map(({ mode, outcome, open: isOpen }) => [mode, outcome, isOpen])).toEqual([['sync', 'succeeded', false], ['sync', 'rolled-back', false], ['rollback', 'succeeded', false], ['sync', 'paused', true]])
    expect((await showRun(undefined, options)).message).toBe('for the next release')
    const [kept] = await listCheckpoints(options)
    expect((await getCheckpoint(kept?.id as string, options)).state.resources.size).toBe(5)
    expect((await planFromText(readFileSync(join(folder, release, 'plan.json'), 'utf8'))).actions.map(({ address }) => address)).toEqual(['named/more', 'named/then', 'named/last'])
  })
  it('is gone on with: the open run is resumed, taken back, and the checkpoint can be planned to', async () => {
    const { backend, options } = open(release)
    expect(await resume(undefined, options).result).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects('named').map(({ fields }) => fields['name']).sort()).toEqual(['last', 'leaving', 'more', 'secret', 'then'])
    const [kept] = await listCheckpoints(options)
    expect((await planRestore(kept?.id as string, options)).summary).toMatchObject({ delete: 3, create: 0 })
    expect(await rollback(undefined, options).result).toMatchObject({ outcome: 'succeeded' })
    expect(backend.objects('named').map(({ fields }) => fields['name']).sort()).toEqual(['leaving', 'secret'])
  })
})

it('there is at least one release to read', () => expect(releases).toContain('0.1.0'))
