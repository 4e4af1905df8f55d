import { describe, expect, it } from 'vitest'
import { apply, resume } from 'convergent'
import { futureFaultKinds, requestFaultKinds } from '../../../../examples/dataiku/server/faults.ts'
import { dataset, failuresOf, managed, openBench, project, recipe, type Bench } from './bench.ts'

const before = [project(), dataset('FLEET.old'), managed('FLEET.out'), recipe('FLEET.r', ['FLEET.old'], ['FLEET.out'])]
/** One of each: a create, an update, and a delete that waits for it. */
const after = [project('FLEET', { description: 'new' }), dataset('FLEET.new', { description: 'new' }), managed('FLEET.out'), recipe('FLEET.r', ['FLEET.new'], ['FLEET.out'])]
const most = 4

/** Goes on as a person would: resumes what is open, applies again what failed. */
async function goOn({ sync, plan, provider, store, clock }: Bench, desired: typeof after): Promise<number> {
  for (let round = 1; round <= most; round++) {
    let result = await sync(desired)
    for (let turn = 0; turn < most && result.open; turn++) result = await resume(undefined, { provider, store, clock }).result
    if ((await plan(desired)).actions.length === 0) return round
  }
  return Infinity
}

describe.each(['POST', 'PUT', 'DELETE'])('a %s that meets a fault', (method) => {
  const futures = method === 'DELETE' ? futureFaultKinds : []
  // What never answers costs a timeout, and what is stuck is a matter for people.
  it.each([...requestFaultKinds, ...futures].filter((fault) => fault !== 'hang' && fault !== 'stuck'))('(%s) ends as declared, with nothing twice and nothing left', async (fault) => {
    const bench = openBench()
    await bench.sync(before)
    bench.server.fault({ fault, method, path: /projects/, afterMs: 2_000 })
    expect(await goOn(bench, after)).toBeLessThanOrEqual(2)
    const { datasets, recipes, parts } = bench.project()
    expect([Object.keys(datasets).sort(), Object.keys(recipes), datasets['new']?.['description'], parts.metadata['description']]).toEqual([['new', 'out'], ['r'], 'new', 'new'])
    expect(bench.server.requests.filter(({ method: made, path, status }) => made === 'POST' && path.endsWith('/datasets') && status === 200).length).toBeLessThanOrEqual(2)
  })
})

describe('a create whose second half is refused', () => {
  it.each([
    ['a project', project('NEW', { label: 'New', variables: { standard: { a: 1 } } }), /NEW\/variables\/$/],
    ['a dataset', dataset('FLEET.new', { description: 'd' }), /datasets\/new$/],
    ['a recipe', recipe('FLEET.new', [], ['FLEET.spare'], { tags: ['x'] }), /recipes\/new$/],
  ])('(%s) deletes what was made, and says so', async (_, resource, path) => {
    let refuses = false
    const refusal = { errorType: 'java.lang.IllegalArgumentException', message: 'no such thing', detailedMessage: 'no such thing' }
    const bench: Bench = openBench({
      fetch: async (input, init) => (refuses && init?.method === 'PUT' && path.test(new URL(String(input)).pathname) ? Response.json(refusal, { status: 400 }) : bench.server.fetch(new Request(input, init))),
    })
    const desired = [...before, managed('FLEET.spare')]
    await bench.sync(desired)
    const kept = bench.server.state()
    refuses = true
    const result = await bench.sync([...desired, resource])
    expect(failuresOf(result)).toEqual([[`${resource.type}/${resource.name}`, 'failed', expect.stringMatching(/no such thing; what was made before that \((NEW|FLEET\.new)\) is deleted again$/)]])
    expect(bench.server.state().projects).toEqual(kept.projects)
  })
})

describe('a create', () => {
  const NEW = project('NEW', { label: 'New', variables: { standard: { a: 1 } } })
  const refusal = { errorType: 'java.lang.IllegalArgumentException', message: 'no such thing', detailedMessage: 'no such thing' }
  const begin = (meddle: (bench: Bench, call: string, body: string) => Response | undefined) => {
    const bench: Bench = openBench({
      fetch: async (input, init) => meddle(bench, `${String(init?.method)} ${new URL(String(input)).pathname.replace('/dip/publicapi/projects/', '')}`, String(init?.body)) ?? bench.server.fetch(new Request(input, init)),
    })
    return bench
  }
  it('whose second half is refused leaves a project that others have filled since', async () => {
    const bench = begin(({ server }, call) => {
      if (call !== 'PUT NEW/variables/') return undefined
      server.edit({ project: 'NEW', part: 'dataset', name: 'theirs', changes: {} })
      return Response.json(refusal, { status: 400 })
    })
    const result = await bench.sync([NEW])
    expect(failuresOf(result)).toEqual([['Project/NEW', 'interrupted', expect.stringMatching(/^NEW was made, and the rest of it was refused .*no such thing.*could not be deleted again: project NEW still holds datasets theirs/)]])
    expect([result.open, Object.keys(bench.project('NEW').datasets), bench.server.requests.some(({ method }) => method === 'DELETE')]).toEqual([true, ['theirs'], false])
  })
  it('that was refused for now takes over nothing that somebody else has made since', async () => {
    let tries = 0
    const bench = begin((_, call) => {
      if (call !== 'POST ' || ++tries > 1) return undefined
      return new Response('<html>busy</html>', { status: 503 })
    })
    const theirs = openBench({ fetch: (input, init) => bench.server.fetch(new Request(input, init)) })
    const running = apply(await bench.plan([NEW]), { provider: bench.provider, store: bench.store, clock: bench.clock })
    running.on('action:retried', () => void (made = theirs.sync([project('NEW', { label: 'Theirs' })])))
    let made: Promise<unknown> | undefined
    const result = await running
    await made
    expect(failuresOf(result)).toEqual([['Project/NEW', 'failed', expect.stringContaining('NEW')]])
    expect([bench.project('NEW').parts.metadata['label'], (await bench.store.load('default'))?.resources.size ?? 0]).toEqual(['Theirs', 0])
  })
  it('whose reply was lost takes over nothing that differs where no update can change it', async () => {
    const bench = begin(({ server }, call, body) => {
      if (call !== 'POST FLEET/datasets/' || server.state().projects['FLEET']?.datasets['new'] !== undefined) return undefined
      expect(body).toContain('PostgreSQL')
      // It never came there, and somebody else was faster.
      server.edit({ project: 'FLEET', part: 'dataset', name: 'new', changes: { type: 'Filesystem' } })
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
    })
    await bench.sync([project()])
    const kept = structuredClone(bench.project().datasets)
    const result = await bench.sync([project(), dataset('FLEET.new')])
    expect(kept).toEqual({})
    expect(failuresOf(result)).toEqual([['Dataset/FLEET.new', 'failed', 'FLEET.new is there, and was not made by this create: its type is another one']])
    expect(bench.project().datasets['new']?.['type']).toBe('Filesystem')
  })
})

describe('what people made by hand', () => {
  const begin = async () => {
    const bench = openBench()
    await bench.sync(before)
    bench.server.edit({ project: 'FLEET', part: 'dataset', name: 'theirs', changes: {} })
    bench.server.edit({ project: 'FLEET', part: 'recipe', name: 'build', changes: { outputs: { main: { items: [{ ref: 'theirs' }] } } } })
    return bench
  }
  it('stays in a project that is ours, and is refused to who declares it without a word', async () => {
    const { plan } = await begin()
    expect((await plan(before)).actions).toEqual([])
    expect((await plan([...before, dataset('FLEET.theirs')])).actions).toMatchObject([{ blocked: { reason: 'not-owned' } }])
    expect((await plan(before, { mode: 'destroy' })).actions.map(({ address }) => address).filter((address) => /theirs|build/.test(address))).toEqual([])
  })
  it('that reads what is ours is no cycle in a destroy, and keeps its project', async () => {
    const { server, plan, sync, project: show } = await begin()
    server.edit({ project: 'FLEET', part: 'recipe', name: 'build', changes: { inputs: { main: { items: [{ ref: 'out' }] } } } })
    const steps = (await plan([], { mode: 'destroy' })).actions.flatMap((action) => action.steps)
    expect(steps.find(({ key }) => key === 'delete:Project/FLEET')?.after).toContain('delete:Dataset/FLEET.out')
    expect(failuresOf(await sync([], { mode: 'destroy' }))).toEqual([['Project/FLEET', 'failed', expect.stringContaining('still holds datasets theirs and recipes build')]])
    expect([Object.keys(show().datasets), Object.keys(show().recipes)]).toEqual([['theirs'], ['build']])
  })
  it('keeps its project', async () => {
    const { sync, project: show, server, plan } = await begin()
    expect(failuresOf(await sync([]))).toEqual([['Project/FLEET', 'failed', 'project FLEET still holds datasets theirs and recipes build, which are not in this plan and would go with it; import them, or delete them by hand']])
    expect([Object.keys(show().datasets), Object.keys(show().recipes)]).toEqual([['theirs'], ['build']])
    server.edit({ project: 'FLEET', part: 'dataset', name: 'theirs', changes: null })
    server.edit({ project: 'FLEET', part: 'recipe', name: 'build', changes: null })
    expect((await sync([])).outcome).toBe('succeeded')
    expect([server.state().projects, (await plan([])).actions]).toEqual([{}, []])
  })
  it('keeps it also where a future that nobody knows any more was to delete it', async () => {
    const bench = openBench({ futureTimeoutMs: 2_000 })
    const { sync, server, provider, store, clock } = bench
    await sync([project()])
    server.fault({ fault: 'stuck' })
    expect(await sync([])).toMatchObject({ outcome: 'interrupted', open: true })
    server.forgetFutures()
    server.edit({ project: 'FLEET', part: 'dataset', name: 'theirs', changes: {} })
    const result = await resume(undefined, { provider, store, clock }).result
    expect([result.outcome, Object.keys(bench.project().datasets)]).toEqual(['failed', ['theirs']])
  })
})

it('an API key that nobody knows is told, and never shown', async () => {
  const { plan } = openBench({ apiKey: 'not-that-one' })
  await expect(plan(before)).rejects.toThrow(/the server does not know this API key; check DATAIKU_API_KEY/)
  await expect(plan(before)).rejects.not.toThrow(/not-that-one/)
})
