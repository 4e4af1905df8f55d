import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { setUpStory } from './story.ts'

type Kinds = ReturnType<typeof setUpStory>['kinds']

const diamond = ({ named }: Kinds, size = 1): Resource[] => {
  const top = named('top', { name: 'top', size })
  const [left, right] = ['left', 'right'].map((name) => named(name, { name, size, refs: [top.id] })) as [ReturnType<typeof named>, ReturnType<typeof named>]
  return [top, left, right, named('bottom', { name: 'bottom', size, refs: [left.id, right.id] })]
}
const chain = ({ named }: Kinds, length: number): Resource[] => {
  const all: ReturnType<typeof named>[] = []
  for (let at = 0; at < length; at++) all.push(named(`n${at}`, { name: `n${at}`, ...(at > 0 && { ref: all[at - 1]?.id as never }) }))
  return all
}

describe('taking back', () => {
  it('a diamond that was made', async () => {
    const { kinds, run, rollback, story } = setUpStory()
    await run('made', diamond(kinds))
    await rollback('taken back, the last one first')
    await expect(story()).toMatchFileSnapshot('golden/rollback-diamond.txt')
  })
  it('what was changed and deleted', async () => {
    const { kinds, run, rollback, story } = setUpStory()
    await run('made', [...diamond(kinds), kinds.named('leaving', { name: 'leaving', text: 'bye' })])
    await run('changed, and one deleted', diamond(kinds, 2))
    await rollback('as before')
    await expect(story()).toMatchFileSnapshot('golden/rollback-changes.txt')
  })
  it('with one impossible inverse', async () => {
    const { kinds, run, rollback, story } = setUpStory()
    const secret = kinds.named('secret', { name: 'secret', secret: 'hush hush' })
    await run('made', [secret, kinds.named('user', { name: 'user', ref: secret.id }), kinds.named('other', { name: 'other' })])
    await run('deleted', [], { allowEmpty: true })
    await rollback('what needs a person is named')
    await expect(story()).toMatchFileSnapshot('golden/rollback-impossible.txt')
  })
  it('what somebody has changed since is left alone', async () => {
    const { backend, kinds, run, rollback, story } = setUpStory()
    await run('made', [kinds.named('a', { name: 'a' }), kinds.named('b', { name: 'b' })])
    await run('changed', [kinds.named('a', { name: 'a', text: 'ours' }), kinds.named('b', { name: 'b', text: 'ours' })])
    backend.edit('named-1', { text: 'by hand' })
    await rollback('one is stale')
    await expect(story()).toMatchFileSnapshot('golden/rollback-stale.txt')
  })
  it('at once, when an action fails', async () => {
    const { backend, kinds, run, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'error', object: 'bottom' })
    await run('the last one fails, and everything goes again', diamond(kinds), { onFailure: 'rollback' })
    await expect(story()).toMatchFileSnapshot('golden/rollback-on-failure.txt')
  })
  it('is cut off, and resumed', async () => {
    const { backend, kinds, run, rollback, resume, story } = setUpStory()
    await run('made', chain(kinds, 4))
    await run('deleted', [], { allowEmpty: true })
    backend.fault({ call: 'create', fault: 'hang', object: 'n1' })
    await rollback('a call hangs', { timeoutMs: 1_000, abortGraceMs: 1_000 })
    await resume('the same rollback goes on')
    await expect(story()).toMatchFileSnapshot('golden/rollback-cut-off.txt')
  })
  it('a create-first replace that came half way', async () => {
    const { backend, kinds, run, rollback, story } = setUpStory()
    const v = (kind: string) => kinds.versioned('v', { name: 'v', kind })
    await run('made', [v('x'), kinds.versioned('user', { name: 'user', kind: 'x', ref: v('x').id })])
    backend.fault({ call: 'update', fault: 'error' })
    await run('the one that uses it cannot move to the new one', [v('y'), kinds.versioned('user', { name: 'user', kind: 'x', ref: v('y').id })])
    await rollback('the new one goes')
    await expect(story()).toMatchFileSnapshot('golden/rollback-half-replace.txt')
  })
  it('only what was made', async () => {
    const { kinds, run, rollback, story } = setUpStory()
    await run('made', [kinds.named('a', { name: 'a' })])
    await run('changed, and one more', [kinds.named('a', { name: 'a', text: 'x' }), kinds.named('b', { name: 'b' })])
    await rollback('creates only', { scope: 'creates' })
    await expect(story()).toMatchFileSnapshot('golden/rollback-creates.txt')
  })
  it('to a checkpoint', async () => {
    const { kinds, run, checkpoint, restore, story } = setUpStory()
    await run('made', [kinds.named('a', { name: 'a', size: 1 }), kinds.named('b', { name: 'b' })])
    const id = await checkpoint('good')
    await run('changed, deleted, and one more', [kinds.named('a', { name: 'a', size: 2 }), kinds.named('c', { name: 'c' })])
    await restore('as it was', id)
    await expect(story()).toMatchFileSnapshot('golden/restore.txt')
  })
})

describe('going on', () => {
  it('after a pause', async () => {
    const { kinds, run, resume, story } = setUpStory()
    await run('paused after the first', chain(kinds, 3), {}, (line, each) => void (line.startsWith('[1/3]') && each.pause('lunch')))
    await resume('the same plan')
    await expect(story()).toMatchFileSnapshot('golden/pause.txt')
  })
  it('after a cancellation', async () => {
    const { kinds, run, resume, story } = setUpStory()
    await run('cancelled after the first', chain(kinds, 3), {}, (line, each) => void (line.startsWith('[1/3]') && each.cancel()))
    await resume('what was cancelled is tried again')
    await expect(story()).toMatchFileSnapshot('golden/cancel.txt')
  })
  it('after the backend was down', async () => {
    const { backend, kinds, run, resume, story } = setUpStory()
    await run('the backend goes down after the first', chain(kinds, 3), {}, (line) => void (line.startsWith('[1/3]') && backend.goDown()))
    backend.heal()
    await resume('it is there again')
    await expect(story()).toMatchFileSnapshot('golden/outage.txt')
  })
  it('with a call that had happened after all', async () => {
    const { backend, kinds, run, resume, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'hang', object: 'n0' })
    await run('a call hangs', chain(kinds, 2), { timeoutMs: 1_000, abortGraceMs: 1_000 })
    backend.put('named', { name: 'n0' })
    await resume('it is adopted')
    await expect(story()).toMatchFileSnapshot('golden/adoption.txt')
  })
  it('after a failure, twice', async () => {
    const { backend, kinds, run, resume, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'error', object: 'left' })
    backend.fault({ call: 'create', fault: 'error', object: 'bottom' })
    await run('the left one fails', diamond(kinds), { onFailure: 'continue' })
    await resume('the bottom one fails')
    await resume('all is there')
    await expect(story()).toMatchFileSnapshot('golden/resume-twice.txt')
  })
  it('is not possible where nobody can tell: the run is given up', async () => {
    const { backend, kinds, run, resume, abandon, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'lost-reply' })
    await run('a reply is lost, and there is no way to ask', [kinds.thing('a', { name: 'a' })])
    await resume('still nobody can tell')
    await abandon('given up')
    await expect(story()).toMatchFileSnapshot('golden/interrupted.txt')
  })
})

describe('who may', () => {
  it('a lease is lost while three actions are in flight', async () => {
    const world = setUpStory({ latencyMs: 100 })
    const { kinds, run, story, options, note, resume } = world
    await run('somebody takes the stack', ['a', 'b', 'c', 'd', 'e'].map((name) => kinds.named(name, { name })), { concurrency: 3 }, (line) => {
      if (line === 'named/c: creating…') void options.store.holding('default').then(async (holding) => options.store.release(await options.store.claim('default', 'somebody else', { takeOver: { fence: holding?.fence as number, reason: 'it looked dead' } })))
    })
    note('What was under way was done and could not be recorded: it is asked about.')
    await resume('the same plan')
    await expect(story()).toMatchFileSnapshot('golden/lease-lost.txt')
  })
  it('a held stack is refused, and waited for', async () => {
    const { kinds, run, story, options, clock } = setUpStory()
    const lease = await options.store.claim('default', 'the night shift')
    await run('refused', [kinds.named('a', { name: 'a' })])
    clock.after(10_000, () => void options.store.release(lease))
    await run('waited for', [kinds.named('a', { name: 'a' })], { leaseWaitMs: 60_000 })
    await expect(story()).toMatchFileSnapshot('golden/lease-held.txt')
  })
})
