import { ProviderError } from '../../src/core/errors.ts'
import type { Observed } from '../../src/core/observed.ts'
import type { ReadContext } from '../../src/provider/context.ts'
import type { ResourceType } from '../../src/provider/provider.ts'
import type { ProviderFaults } from '../../src/testing/provider-faults.ts'
import type { openRest } from './rest-world.ts'

type World = Awaited<ReturnType<typeof openRest>>
type Break = (type: ResourceType, world: World) => Partial<ResourceType>

const withOutputs = (observed: Observed, outputs: object): Observed => ({ ...observed, outputs: { ...observed.outputs, ...outputs } })
const listOf = (type: ResourceType) => type.list as NonNullable<ResourceType['list']>
const deaf = <C extends ReadContext>(context: C): C => ({ ...context, signal: new AbortController().signal })
const says = (text: RegExp, kind: 'fatal' | 'retryable'): Partial<ResourceType> => ({ classify: (error) => (text.test(String(error)) ? kind : undefined) })
const statusOf = (error: unknown): string | number | undefined => (error instanceof ProviderError ? error.status : undefined)

/** Types with one defect each, by the case that finds it. */
export const brokenTypes: Readonly<Record<string, Break>> = {
  'read: nothing is undefined': (type) => ({ read: async (target, context) => (await type.read(target, context)) ?? { id: target.id, outputs: {} } }),
  'read: shows what was created': (type) => ({
    read: async (target, context) => {
      const found = await type.read(target, context)
      return found && withOutputs(found, { name: 'another', colour: 'another' })
    },
  }),
  'create: what was declared is what there is': (type) => ({ create: async (request, context) => withOutputs(await type.create(request, context), { name: '' }) }),
  'create: twice with one idempotency key gives one object': (type) => {
    let count = 0
    return { create: async (request, context) => ({ ...(await type.create(request, context)), id: `made-${++count}` }) }
  },
  'create: a second one of the same natural key is no overwrite': (type) => ({
    create: async (request, context) => (await type.find?.(request, context)) ?? type.create(request, context),
  }),
  'create: gives the parent that was declared': (type) => ({ list: async (request, context) => (await listOf(type)(request, context)).map((each) => ({ ...each, parentId: 'another' })) }),
  'update: keeps the id': (type) => ({ update: async (request, context) => ({ ...(await type.update(request, context)), id: 'another' }) }),
  'update: what was declared is what there is': () => ({ update: async ({ before }) => before }),
  'update: what the provider does not know stays': (type, { rowOf }) => ({
    update: async (request, context) => {
      delete rowOf(request.id)?.['extra']
      return type.update(request, context)
    },
  }),
  'delete: twice is no error': (type) => ({
    delete: (request, context) =>
      type.delete(request, context).catch((error: Error) => {
        throw new Error(error.message)
      }),
  }),
  'outputs: survive JSON': (type) => ({ create: async (request, context) => withOutputs(await type.create(request, context), { size: Number.NaN }) }),
  'list: shows what there is, as read does': (type) => ({ list: async (request, context) => (await listOf(type)(request, context)).slice(1) }),
  'list: is whole or an error': (type) => ({ list: (request, context) => listOf(type)(request, context).catch(() => []) }),
  'find: finds the object of the natural key and no other': (type) => ({ find: async ({ parentId }, context) => (await listOf(type)(parentId === undefined ? {} : { parentId }, context))[0] }),
  'find: shows the object whole': (type) => ({
    find: async (request, context) => {
      const found = await type.find?.(request, context)
      return found && { ...found, outputs: {} }
    },
  }),
  'find: a list that is cut is no absence': (type) => ({ find: async (request, context) => type.find?.(request, context).catch(() => undefined) }),
  'faults: a failed read is no absence': (type) => ({ read: (target, context) => type.read(target, context).catch(() => undefined) }),
  'faults: an overload is retryable': (type) => ({ create: (request, context) => type.create(request, { ...context, refused: () => undefined }) }),
  'faults: a refused connection is retryable': () => says(/ECONNREFUSED/, 'fatal'),
  'faults: a lost reply of a write is ambiguous': () => says(/ECONNRESET/, 'retryable'),
  'faults: a lost reply of an update or a delete is passing': () => says(/(PATCH|PUT|DELETE).*ECONNRESET/, 'fatal'),
  'faults: a server that fails during a write is ambiguous': () => ({ classify: (error) => (statusOf(error) === 500 ? 'fatal' : undefined) }),
  'faults: a refused input is final': () => ({ classify: (error) => (statusOf(error) === 400 ? 'retryable' : undefined) }),
  'faults: a delete that fails has not succeeded': (type) => ({ delete: (request, context) => type.delete(request, context).catch(() => undefined) }),
  'abort: a write that hangs ends': (type) => ({ create: (request, context) => type.create(request, deaf(context)) }),
  'abort: a read that hangs ends': (type) => ({ read: (target, context) => type.read(target, deaf(context)) }),
  'run: a plan of what was applied is empty': (type) => {
    const shout = (observed: Observed): Observed => withOutputs(observed, { name: String(observed.outputs['name']).toUpperCase() })
    return {
      read: async (target, context) => {
        const found = await type.read(target, context)
        return found && shout(found)
      },
      list: async (request, context) => (await listOf(type)(request, context)).map(shout),
    }
  },
  'run: a plan of what was updated is empty': () => ({ update: async ({ before, inputs }) => withOutputs(before, inputs) }),
  'run: a lost reply leaves one object': () => ({ find: async () => undefined }),
}

/** Backends that are worse than the type says, by the case that finds it. */
export const brokenBackends: Readonly<Record<string, (faults: Required<ProviderFaults>) => Partial<ProviderFaults>>> = {
  'run: an object that is not visible yet is waited for': (faults) => ({ lag: (ms) => faults.lag(10 * ms) }),
}
