import { isFields, type Fields } from '../core/json.ts'
import type { Observed } from '../core/observed.ts'
import { expectAlike, expectTrue } from './store-expect.ts'
import type { Prepared, ProviderCaseBody, ProviderTrial } from './provider-trial.ts'

/** Cases about lists, and about finding by natural key. */
export const listCases: Readonly<Record<string, ProviderCaseBody>> = {
  'list: shows what there is, as read does': async (trial) => {
    trial.require(trial.type.list !== undefined, 'the type has no list')
    for (const [prepared, created] of await createTwo(trial)) {
      const listed = await listOne(trial, prepared, created.id)
      const found = await trial.read(prepared, created.id)
      if (found === undefined) throw new Error(`read of ${created.id}, which list shows, finds nothing`)
      for (const mark of ['owned', 'protected'] as const) expectAlike(listed[mark], found[mark], `${mark} of ${created.id} in list, where read is right`)
      // A summary is right in what it shows; a whole list shows all.
      const isSummary = trial.type.listed === 'summary'
      const inputs = isSummary ? (pickShown(found.outputs, listed.outputs) as Fields) : found.outputs
      trial.expectAsDeclared({ ...prepared, inputs }, listed, `list and read disagree about ${created.id}${isSummary ? '' : " (listed: 'summary' says that a list leaves fields out; ignored, that a field changes by itself)"}, read against list`)
    }
  },
  'list: is whole or an error': async (trial) => {
    const cutList = trial.fault('cutList')
    trial.require(trial.type.list !== undefined, 'the type has no list')
    const two = await createTwo(trial)
    cutList()
    const [prepared] = two[0] as readonly [Prepared, Observed]
    const listed = await trial.list(prepared).catch(() => undefined)
    trial.heal()
    for (const [, { id }] of two) expectTrue(listed === undefined || listed.some((each) => each.id === id), `the backend gave a list that is not whole, and list shows it without ${id} instead of throwing`)
  },
  'find: finds the object of the natural key and no other': async (trial) => {
    trial.require(trial.type.find !== undefined, 'the type has no find')
    const prepared = await trial.prepare('a')
    if (trial.type.singleton !== true) expectAlike((await trial.find(prepared))?.id, undefined, 'find before the create')
    const { id } = await trial.create(prepared)
    expectAlike((await trial.find(prepared))?.id, id, 'the id that find shows after the create')
    if (trial.type.singleton !== true) expectAlike((await trial.find(await trial.prepare('b')))?.id, undefined, 'find of another natural key')
  },
  'find: shows the object whole': async (trial) => {
    trial.require(trial.type.find !== undefined, 'the type has no find')
    const prepared = await trial.prepare('a')
    await trial.create(prepared)
    const found = await trial.find(prepared)
    if (found === undefined) throw new Error('find shows nothing after the create')
    // What it shows is recorded as it is when a reply was lost, also where a list shows only a summary.
    trial.expectAsDeclared(prepared, found, 'find')
  },
  'find: a list that is cut is no absence': async (trial) => {
    const cutList = trial.fault('cutList')
    trial.require(trial.type.find !== undefined, 'the type has no find')
    const two = await createTwo(trial)
    for (const [prepared, { id }] of two) {
      cutList()
      const found = await trial.find(prepared).catch(() => ({ id }))
      trial.heal()
      expectAlike(found?.id, id, 'what find shows of a list that is not whole, where it does not throw')
    }
  },
}

/** Two objects of the type, or the one of a singleton without a parent. */
async function createTwo(trial: ProviderTrial): Promise<readonly (readonly [Prepared, Observed])[]> {
  const made: [Prepared, Observed][] = []
  for (const variant of trial.type.singleton === true ? ['a'] : ['a', 'b']) {
    const prepared = await trial.prepare(variant)
    made.push([prepared, await trial.create(prepared)])
  }
  return made
}

/** What of a value is shown at all. */
function pickShown(whole: unknown, shown: unknown): unknown {
  if (!isFields(whole) || !isFields(shown)) return whole
  return Object.fromEntries(Object.entries(whole).filter(([key]) => Object.hasOwn(shown, key)).map(([key, child]) => [key, pickShown(child, shown[key])]))
}

/** The object in the list, shown once. */
async function listOne(trial: ProviderTrial, prepared: Prepared, id: string): Promise<Observed> {
  const listed = (await trial.list(prepared)).filter((each) => each.id === id)
  expectAlike(listed.length, 1, `how often list shows ${id}, which was just created`)
  return listed[0] as Observed
}
