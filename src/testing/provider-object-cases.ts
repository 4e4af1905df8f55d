import { formatPath, isFields, type Path } from '../core/json.ts'
import { createCaseContext } from './provider-context.ts'
import { expectAlike, expectTrue } from './store-expect.ts'
import type { ProviderCaseBody, ProviderTrial } from './provider-trial.ts'

/** Cases about one object: read, create, update, delete. */
export const objectCases: Readonly<Record<string, ProviderCaseBody>> = {
  'read: nothing is undefined': async (trial) => {
    requireDelete(trial)
    trial.require(trial.type.singleton !== true, 'a singleton is always there')
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    await trial.delete(prepared, created)
    expectAlike(await trial.read(prepared, created.id), undefined, 'read of what was deleted')
  },
  'read: shows what was created': async (trial) => {
    const prepared = await trial.prepare('a')
    const { id } = await trial.create(prepared)
    const found = await trial.read(prepared, id)
    if (found === undefined) throw new Error(`read of ${id}, which was just created, finds nothing`)
    expectAlike(found.id, id, 'the id that read shows')
    trial.expectAsDeclared(prepared, found, 'read')
  },
  'create: what was declared is what there is': async (trial) => {
    const prepared = await trial.prepare('a')
    trial.expectAsDeclared(prepared, await trial.create(prepared), 'create')
  },
  'create: twice with one idempotency key gives one object': async (trial) => {
    trial.require(trial.type.idempotent === true, 'the type is not idempotent')
    const prepared = await trial.prepare('a')
    const idempotencyKey = 'the-same-key'
    const first = await trial.create(prepared, createCaseContext({ idempotencyKey }))
    const second = await trial.create(prepared, createCaseContext({ idempotencyKey }))
    expectAlike(second.id, first.id, 'the id after a second create with the same idempotency key')
  },
  'create: a second one of the same natural key is no overwrite': async (trial) => {
    const { key, singleton, idempotent } = trial.type
    trial.require(key !== undefined && singleton !== true && idempotent !== true, 'the type has no natural key, or create may be repeated')
    const prepared = await trial.prepare('a')
    const first = await trial.create(prepared)
    let second: string
    try {
      second = (await trial.create(prepared)).id
    } catch (error) {
      const kind = trial.classify(error)
      return expectTrue(kind === 'conflict' || kind === 'fatal', `a create whose natural key is taken is refused as ${kind}: expected conflict or fatal, else it is tried again for nothing (${String(error)})`)
    }
    expectTrue(second !== first.id, `a second create of the same natural key wrote over ${first.id}; where that is meant, say idempotent: true`)
  },
  'create: gives the parent that was declared': async (trial) => {
    trial.require(trial.type.parent !== undefined, 'the type has no parent')
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    const shown = { create: created, read: await trial.read(prepared, created.id) }
    for (const [what, observed] of Object.entries(shown)) expectAlike(observed?.parentId ?? prepared.parentId, prepared.parentId, `parentId of ${what}`)
    if (trial.type.list === undefined) return
    const listed = (await trial.list(prepared)).find(({ id }) => id === created.id)
    // One list of the children of many has to say whose they are.
    expectAlike(trial.type.listedBy === 'all' ? listed?.parentId : (listed?.parentId ?? prepared.parentId), prepared.parentId, 'parentId of list')
  },
  'update: keeps the id': async (trial) => {
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    const { observed } = await trial.update(prepared, created)
    expectAlike(observed.id, created.id, 'the id after an update')
  },
  'update: what was declared is what there is': async (trial) => {
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    const { changed, observed } = await trial.update(prepared, created)
    trial.expectAsDeclared(changed, observed, 'update')
    const found = await trial.read(prepared, created.id)
    if (found === undefined) throw new Error('read after an update finds nothing')
    trial.expectAsDeclared(changed, found, 'read after an update')
  },
  'update: what the provider does not know stays': async (trial) => {
    const { addUnknown, showUnknown } = trial.subject
    trial.require(addUnknown !== undefined && showUnknown !== undefined, 'the subject has no addUnknown and showUnknown')
    const prepared = await trial.prepare('a')
    const { id } = await trial.create(prepared)
    await addUnknown?.(id)
    const added = await showUnknown?.(id)
    expectTrue(added !== undefined, 'showUnknown shows nothing after addUnknown')
    const before = await trial.read(prepared, id)
    if (before === undefined) throw new Error('read finds nothing once a field was added at the backend')
    await trial.update(prepared, before)
    expectAlike(await showUnknown?.(id), added, 'a field that the provider does not know, after an update')
  },
  'delete: twice is no error': async (trial) => {
    requireDelete(trial)
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    await trial.delete(prepared, created)
    try {
      await trial.delete(prepared, created)
    } catch (error) {
      expectAlike(trial.classify(error), 'not-found', `the fault of a second delete (${String(error)})`)
    }
  },
  'outputs: survive JSON': async (trial) => {
    const prepared = await trial.prepare('a')
    const created = await trial.create(prepared)
    const shown = { create: [created], read: [await trial.read(prepared, created.id)], list: trial.type.list === undefined ? [] : await trial.list(prepared) }
    for (const [what, observed] of Object.entries(shown))
      for (const each of observed) {
        const place = each === undefined ? undefined : findLost(each.outputs, [])
        expectTrue(place === undefined, `${what}: JSON cannot carry the output ${formatPath(place ?? [])}`)
      }
  },
}

function requireDelete(trial: ProviderTrial): void {
  trial.require(trial.type.removal !== 'forget', 'the type has no delete')
}

/** The first place whose value JSON would change or lose; a field that is undefined is no field. */
function findLost(value: unknown, path: Path): Path | undefined {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return undefined
  const children: readonly [string | number, unknown][] | undefined = Array.isArray(value) ? [...value.entries()] : isFields(value) ? Object.entries(value) : undefined
  if (children === undefined) return path
  for (const [key, child] of children) {
    const lost = findLost(child, [...path, key])
    if (lost !== undefined) return lost
  }
  return undefined
}
