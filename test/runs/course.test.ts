import { describe, expect, it } from 'vitest'
import { subsetPlan } from '../../src/core/planning/subset.ts'
import { external } from '../../src/provider/declare.ts'
import { setUpStory } from './story.ts'

describe('the course of a run', () => {
  it('stops after a failure', async () => {
    const { backend, kinds, run, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'error', object: 'b' })
    await run('the second fails, the third never starts', ['a', 'b', 'c'].map((name) => kinds.named(name, { name })))
    await expect(story()).toMatchFileSnapshot('golden/stop.txt')
  })
  it('gives up after its last attempt', async () => {
    const { backend, kinds, run, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'retryable', times: 9 })
    await run('four attempts', [kinds.named('a', { name: 'a' })])
    await expect(story()).toMatchFileSnapshot('golden/attempts.txt')
  })
  it('waits as long as the backend asks', async () => {
    const { backend, kinds, run, story } = setUpStory()
    backend.fault({ call: 'create', fault: 'retryable', retryAfterMs: 5_000 })
    await run('one refusal', [kinds.named('a', { name: 'a' })])
    await expect(story()).toMatchFileSnapshot('golden/retry-after.txt')
  })
  it('refuses what moved after the plan was made', async () => {
    const { backend, kinds, run, plan, apply, story } = setUpStory()
    await run('made', ['a', 'b'].map((name) => kinds.named(name, { name, size: 1 })))
    const a = kinds.named('a', { name: 'a', size: 2 })
    const changes = await plan([a, kinds.named('b', { name: 'b', size: 2 }), kinds.named('c', { name: 'c', ref: a.id })])
    backend.edit('named-1', { size: 3 })
    await apply('one is stale, and what needs it is skipped', changes)
    await expect(story()).toMatchFileSnapshot('golden/stale.txt')
  })
  it('deletes first where the key stays', async () => {
    const { kinds, run, story } = setUpStory()
    const house = (name: string) => kinds.marked(name, { name })
    await run('made', [house('one'), house('two'), kinds.child('room', { parent_id: house('one').id, name: 'room' })])
    await run('moved to another house', [house('one'), house('two'), kinds.child('room', { parent_id: house('two').id, name: 'room' })])
    await expect(story()).toMatchFileSnapshot('golden/delete-first.txt')
  })
  it('blocks a replace in mode apply', async () => {
    const { kinds, run, story } = setUpStory()
    await run('made', [kinds.versioned('v', { name: 'v', kind: 'x' })])
    await run('another kind', [kinds.versioned('v', { name: 'v', kind: 'y' })], { mode: 'apply' })
    await expect(story()).toMatchFileSnapshot('golden/blocked-replace.txt')
  })
  it('destroys all but what is protected', async () => {
    const { kinds, run, story } = setUpStory()
    const house = kinds.marked('house', { name: 'house', protected: true }, { protected: true })
    await run('made', [house, kinds.child('room', { parent_id: house.id, name: 'room' }), kinds.named('other', { name: 'other' })])
    await run('destroyed', [], { mode: 'destroy' })
    await expect(story()).toMatchFileSnapshot('golden/destroy.txt')
  })
  it('leaves out what cannot be read', async () => {
    const { backend, kinds, run, story } = setUpStory()
    const house = kinds.marked('house', { name: 'house' })
    await run('made', [house, kinds.named('other', { name: 'other' })])
    backend.fault({ call: 'list', type: 'marked', fault: 'error', times: 9 })
    await run('one list fails', [kinds.marked('house', { name: 'house', size: 2 }), kinds.named('other', { name: 'other', size: 2 })])
    await expect(story()).toMatchFileSnapshot('golden/unreadable.txt')
  })
  it('is a part of a plan', async () => {
    const { kinds, plan, apply, story } = setUpStory()
    const base = kinds.named('base', { name: 'base' })
    const changes = await plan([base, kinds.named('user', { name: 'user', ref: base.id }), kinds.named('other', { name: 'other' })])
    await apply('one, and what it needs', subsetPlan(changes, { addresses: ['named/user'] }, 'part'))
    await expect(story()).toMatchFileSnapshot('golden/part.txt')
  })
  it('renames without touching the backend', async () => {
    const { kinds, run, story } = setUpStory()
    await run('made', [kinds.named('old', { name: 'same' })])
    await run('another address', [kinds.named('new', { name: 'same' })])
    await expect(story()).toMatchFileSnapshot('golden/rename.txt')
  })
  it('works inside of what belongs to somebody else', async () => {
    const { backend, kinds, run, story } = setUpStory()
    backend.put('marked', { name: 'shared', owner: 'them' })
    const house = external('marked', 'house', { name: 'shared' })
    await run('a room of ours', [house, kinds.child('room', { parent_id: house.id, name: 'room' })])
    await run('and away', [house])
    await expect(story()).toMatchFileSnapshot('golden/external.txt')
  })
  it('takes over what was there', async () => {
    const { backend, kinds, run, rollback, story } = setUpStory()
    backend.put('marked', { name: 'house', text: 'theirs' })
    await run('refused', [kinds.marked('house', { name: 'house', text: 'ours' })])
    await run('taken over', [kinds.marked('house', { name: 'house', text: 'ours' }, { adopt: true })])
    await rollback('given up again')
    await expect(story()).toMatchFileSnapshot('golden/takeover.txt')
  })
})
