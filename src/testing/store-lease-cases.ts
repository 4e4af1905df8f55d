import { LeaseHeldError } from '../core/errors.ts'
import { reopen, type CaseBody } from './store-case.ts'
import { expectAlike, expectCode, expectTrue } from './store-expect.ts'
import { readEntries, sampleStep } from './store-sample.ts'

/** Cases about leases and fences. */
export const leaseCases: Readonly<Record<string, CaseBody>> = {
  'lease: a claim says what was claimed': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    expectAlike({ stack: lease.stack, holder: lease.holder }, { stack: 's', holder: 'me' }, 'lease')
  },
  'lease: a held stack is refused and its holder is named': async ({ store }) => {
    await store.claim('s', 'first holder')
    const error = await expectCode(store.claim('s', 'second'), 'lease-held', 'second claim')
    expectTrue(error.message.includes('first holder'), `the message does not name the holder: ${error.message}`)
    expectTrue(error instanceof LeaseHeldError && !Number.isNaN(Date.parse(error.since)), 'since is no ISO 8601 time')
    await store.claim('other', 'second')
  },
  'lease: of two claims at once exactly one wins': async ({ store }) => {
    for (let round = 0; round < 5; round++) {
      const claims = await Promise.allSettled([1, 2, 3, 4].map((index) => store.claim('s', `holder ${index}`)))
      const won = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))
      expectAlike(won.length, 1, 'claims that won')
      for (const lease of won) await store.release(lease)
    }
  },
  'lease: fences grow with each claim': async ({ store }) => {
    let last = 0
    for (let round = 0; round < 3; round++) {
      const lease = await store.claim('s', 'me')
      expectTrue(Number.isSafeInteger(lease.fence) && lease.fence > last, `fence ${lease.fence} after ${last}`)
      last = lease.fence
      await store.release(lease)
    }
  },
  'lease: a release frees the stack and can be repeated': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    await store.release(lease)
    await store.release(lease)
    await store.claim('s', 'you')
  },
  'lease: an old lease releases nothing': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.release(old)
    await store.claim('s', 'new')
    await store.release(old)
    await expectCode(store.claim('s', 'third'), 'lease-held', 'claim after a release with an old lease')
  },
  'lease: an append with an old fence is refused': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.append(old, 'r', [sampleStep('1')])
    await store.release(old)
    const lease = await store.claim('s', 'new')
    await expectCode(store.append(old, 'r', [sampleStep('late')]), 'lease-lost', 'append with an old fence')
    await store.append(lease, 'r', [sampleStep('2')])
    await expectCode(store.append(old, 'r', [sampleStep('later')]), 'lease-lost', 'append with an old fence')
    expectAlike(await readEntries(store, 's', 'r'), [sampleStep('1'), sampleStep('2')], 'journal')
  },
  'lease: an append after a release is refused': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    await store.append(lease, 'r', [sampleStep('1')])
    await store.release(lease)
    await expectCode(store.append(lease, 'r', [sampleStep('late')]), 'lease-lost', 'append after the release')
    expectAlike(await readEntries(store, 's', 'r'), [sampleStep('1')], 'journal')
  },
  'lease: another store on the same place sees who holds': async (opened) => {
    const other = await reopen(opened, 'shared')
    const lease = await opened.store.claim('s', 'first holder')
    const error = await expectCode(other.claim('s', 'second'), 'lease-held', 'claim through another store')
    expectTrue(error.message.includes('first holder'), `the message does not name the holder: ${error.message}`)
    await opened.store.release(lease)
    const next = await other.claim('s', 'second')
    expectTrue(next.fence > lease.fence, `fence ${next.fence} after ${lease.fence}`)
  },
  'lease: another store on the same place is fenced': async (opened) => {
    const other = await reopen(opened, 'shared')
    const old = await opened.store.claim('s', 'old')
    await opened.store.append(old, 'r', [sampleStep('1')])
    await opened.store.release(old)
    const lease = await other.claim('s', 'new')
    await expectCode(opened.store.append(old, 'r', [sampleStep('late')]), 'lease-lost', 'append after another store claimed')
    await other.append(lease, 'r', [sampleStep('2')])
    expectAlike(await readEntries(opened.store, 's', 'r'), [sampleStep('1'), sampleStep('2')], 'journal')
  },
}
