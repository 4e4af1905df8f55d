import type { Holding, Store } from '../store/store.ts'
import { reopen, type CaseBody } from './store-case.ts'
import { expectAlike, expectCode, expectTrue } from './store-expect.ts'
import { readEntries, sampleState, sampleStep } from './store-sample.ts'

/** Cases about renewals, and about claims that are taken over. */
export const takeoverCases: Readonly<Record<string, CaseBody>> = {
  'lease: a claim holds for the term that it asks for, else 30 s': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    expectAlike([lease.termMs, (await look(store)).termMs], [30_000, 30_000], 'term of a claim that says nothing of it')
    const other = await store.claim('other', 'me', { termMs: 1_500 })
    expectAlike([other.termMs, (await look(store, 'other')).termMs], [1_500, 1_500], 'term of a claim that asks for one')
  },
  'lease: the holding tells who has the stack': async ({ store }) => {
    expectAlike(await store.holding('s'), undefined, 'holding of a free stack')
    const lease = await store.claim('s', 'first holder')
    const { holder, fence, since, takenOver } = await look(store)
    expectTrue(holder.includes('first holder'), `the holding does not name the holder: ${holder}`)
    expectTrue(!Number.isNaN(Date.parse(since)), `since is no ISO 8601 time: ${since}`)
    expectAlike({ fence, takenOver }, { fence: lease.fence, takenOver: undefined }, 'holding')
    await store.release(lease)
    expectAlike(await store.holding('s'), undefined, 'holding after the release')
  },
  'lease: everybody can see a renewal': async ({ store }) => {
    const lease = await store.claim('s', 'me')
    const seen = [await look(store)]
    for (let count = 0; count < 3; count++) {
      await store.renew(lease)
      seen.push(await look(store))
    }
    expectAlike(new Set(seen.map(({ renewal }) => renewal)).size, seen.length, 'different numbers of renewals')
    expectAlike(seen.map(({ fence, since }) => [fence, since]), seen.map(() => [lease.fence, seen[0]?.since]), 'fence and since of a renewed claim')
    expectAlike(await look(store), await look(store), 'holding of a claim that is not renewed')
  },
  'lease: what is lost or given back cannot be renewed': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.release(old)
    await expectCode(store.renew(old), 'lease-lost', 'renewal after the release')
    expectAlike(await store.holding('s'), undefined, 'holding after that')
    await store.claim('s', 'new')
    const before = await look(store)
    await expectCode(store.renew(old), 'lease-lost', 'renewal with an old fence')
    expectAlike(await look(store), before, 'holding after that')
  },
  'lease: only the newest claim can be taken over': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.release(old)
    const lease = await store.claim('s', 'new holder')
    for (const fence of [old.fence, lease.fence + 1]) {
      const error = await expectCode(store.claim('s', 'third', { takeOver: { fence, reason: 'it is gone' } }), 'lease-held', `take-over of fence ${fence}, held with ${lease.fence}`)
      expectTrue(error.message.includes('new holder'), `the message does not name the holder: ${error.message}`)
    }
    await store.append(lease, 'r', [sampleStep('1')])
  },
  'lease: a take-over says from whom and why': async ({ store }) => {
    const old = await store.claim('s', 'old holder')
    const lease = await store.claim('s', 'new', { takeOver: { fence: old.fence, reason: 'its machine burned down' } })
    for (const takenOver of [lease.takenOver, (await look(store)).takenOver]) {
      expectTrue(takenOver?.from.includes('old holder') === true, `it does not say from whom: ${JSON.stringify(takenOver)}`)
      expectAlike(takenOver?.reason, 'its machine burned down', 'reason')
    }
    await store.release(lease)
    const next = await store.claim('s', 'next', { takeOver: { fence: lease.fence, reason: 'it is gone' } })
    expectAlike([next.takenOver, (await look(store)).takenOver], [undefined, undefined], 'what was taken over of a free stack')
  },
  'lease: a take-over raises the fence, and of several at once one wins': async ({ store }) => {
    const old = await store.claim('s', 'old')
    const claims = await Promise.allSettled([1, 2, 3].map((index) => store.claim('s', `holder ${index}`, { takeOver: { fence: old.fence, reason: 'it is gone' } })))
    const won = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))
    expectAlike(won.length, 1, 'take-overs that won')
    const fence = won[0]?.fence as number
    expectTrue(Number.isSafeInteger(fence) && fence > old.fence, `fence ${fence} after ${old.fence}`)
  },
  'lease: an overtaken holder records nothing': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.append(old, 'r', [sampleStep('1')])
    const lease = await store.claim('s', 'new', { takeOver: { fence: old.fence, reason: 'it is gone' } })
    await expectCode(store.append(old, 'r', [sampleStep('late')]), 'lease-lost', 'append of the overtaken')
    await expectCode(store.commit(sampleState('s', 1), { expectedSerial: 0, lease: old }), 'lease-lost', 'commit of the overtaken')
    await store.append(lease, 'r', [sampleStep('2')])
    await expectCode(store.append(old, 'r', [sampleStep('later')]), 'lease-lost', 'append of the overtaken')
    expectAlike(await readEntries(store, 's', 'r'), [sampleStep('1'), sampleStep('2')], 'journal')
  },
  'lease: an overtaken holder renews and gives back nothing': async ({ store }) => {
    const old = await store.claim('s', 'old')
    await store.claim('s', 'new', { takeOver: { fence: old.fence, reason: 'it is gone' } })
    const before = await look(store)
    await expectCode(store.renew(old), 'lease-lost', 'renewal of the overtaken')
    await store.release(old)
    expectAlike(await store.holding('s'), before, 'holding')
  },
  'lease: another store on the same place sees renewals, and can take over': async (opened) => {
    const other = await reopen(opened, 'shared')
    const old = await opened.store.claim('s', 'old holder')
    const before = await look(other)
    await opened.store.renew(old)
    const { renewal, fence } = await look(other)
    expectTrue(fence === old.fence && renewal !== before.renewal, 'the renewal is not seen')
    const lease = await other.claim('s', 'new holder', { takeOver: { fence, reason: 'it is gone' } })
    await expectCode(opened.store.append(old, 'r', [sampleStep('late')]), 'lease-lost', 'append of the overtaken')
    expectAlike((await look(opened.store)).fence, lease.fence, 'fence that the overtaken sees')
  },
}

async function look(store: Store, stack = 's'): Promise<Holding> {
  const holding = await store.holding(stack)
  if (holding === undefined) throw new Error(`stack ${stack} is held, and nobody holds it`)
  return holding
}
