import { describe, expect, it } from 'vitest'
import type { Resource } from '../../src/core/resource.ts'
import { setUpStory } from './story.ts'

describe('the whole story of a run', () => {
  it('a diamond with a failing middle, and the run after it', async () => {
    const { kinds, backend, run, story } = setUpStory()
    const top = kinds.named('top', { name: 'top' })
    const [left, right] = ['left', 'right'].map((name) => kinds.named(name, { name, refs: [top.id] }))
    const bottom = kinds.named('bottom', { name: 'bottom', refs: [left?.id as never, right?.id as never] })
    backend.fault({ call: 'create', object: 'left', fault: 'error' })
    const diamond = [top, left, right, bottom] as Resource[]
    await run('the left one fails', diamond, { onFailure: 'continue' })
    await run('the rest', diamond)
    await expect(story()).toMatchFileSnapshot('golden/diamond.txt')
  })
  it('a reply that is lost, and an overload', async () => {
    const { kinds, backend, run, story } = setUpStory()
    backend.fault({ call: 'create', object: 'a', fault: 'lost-reply' })
    backend.fault({ call: 'create', object: 'b', fault: 'retryable', times: 2 })
    await run('both are made once', [kinds.named('a', { name: 'a' }), kinds.named('b', { name: 'b' })])
    await expect(story()).toMatchFileSnapshot('golden/lost-reply.txt')
  })
  it('protection: blocked, lifted, changed, deleted', async () => {
    const { kinds, run, story } = setUpStory()
    const marked = (size: number, isProtected: boolean) => kinds.marked('m', { name: 'm', size, protected: isProtected ? true : null }, { protected: isProtected })
    await run('made, and protected', [marked(1, true)])
    await run('a change is blocked', [marked(2, true)])
    await run('the lift alone', [marked(2, false)])
    await run('the change', [marked(2, false)])
    await run('the end', [], { allowEmpty: true })
    await expect(story()).toMatchFileSnapshot('golden/protection.txt')
  })
  it('a replace that creates first, whose delete fails, and the cleaning up', async () => {
    const { kinds, backend, run, story } = setUpStory()
    const versioned = (kind: string) => [kinds.versioned('v', { name: 'v', kind }), kinds.versioned('user', { name: 'user', kind: 'x', ref: kinds.versioned('v', { name: 'v', kind }).id })]
    await run('made', versioned('x'))
    backend.fault({ call: 'delete', fault: 'error' })
    await run('the old one stays behind', versioned('y'))
    await run('the old one goes', versioned('y'))
    await expect(story()).toMatchFileSnapshot('golden/replace.txt')
  })
  it('secrets, unknown values and a rename', async () => {
    const { kinds, run, story } = setUpStory()
    const base = kinds.named('base', { name: 'base', text: 'line one\nline two\nline three' })
    await run('made', [base, kinds.named('user', { name: 'user', size: base.output('serial'), secret: 'hush' })])
    const renamed = kinds.named('renamed', { name: 'base', text: 'line one\nline 2\nline three' })
    await run('renamed and edited', [renamed, kinds.named('user', { name: 'user', size: renamed.output('serial'), secret: 'hush hush' })])
    await expect(story()).toMatchFileSnapshot('golden/secrets.txt')
  })
})
