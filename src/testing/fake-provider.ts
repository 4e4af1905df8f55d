import type { Fields } from '../core/json.ts'
import type { Observed } from '../core/observed.ts'
import type { StandardSchema } from '../core/schema.ts'
import type { TypeRules } from '../core/rules.ts'
import type { CallContext } from '../provider/context.ts'
import { defineProvider } from '../provider/define.ts'
import type { Provider, ResourceType } from '../provider/provider.ts'
import type { SettleGroup } from '../provider/settle-group.ts'
import { showObject, type FakeCore, type FakeObject } from './fake-core.ts'

/** Fields that every fake type has a meaning for; any other field is kept as it is. */
export interface FakeInputs {
  /** The natural key of most types. */
  readonly name: string
  /** Immutable where the type is `versioned`. */
  readonly kind?: string
  /** The id of another object. */
  readonly ref?: string
  /** Ids of other objects. */
  readonly refs?: readonly string[]
  /** A number. */
  readonly size?: number
  /** A text. */
  readonly text?: string
  /** A set. */
  readonly tags?: readonly string[]
  /** A map. */
  readonly labels?: { readonly [key: string]: string }
  /** Never shown, never returned. */
  readonly secret?: string
  /** True: marked as protected, where the type has marks. */
  readonly protected?: boolean | null
  /** Anything. */
  readonly data?: unknown
}

/** Inputs of what lives in a `marked`. */
export interface FakeChildInputs extends FakeInputs {
  /** The id of the `marked` that it lives in. */
  readonly parent_id: string
}

/** What the fake backend returns: the inputs, and a number that it chose. */
export interface FakeOutputs extends FakeInputs {
  /** Chosen by the backend. */
  readonly serial: number
}

/** The provider of a fake backend. */
export type FakeProvider = Provider<{
  /** Known only by its id. */
  readonly thing: ResourceType<FakeInputs, FakeOutputs>
  /** Found by its name. */
  readonly named: ResourceType<FakeInputs, FakeOutputs>
  /** Marked as ours, and as protected. */
  readonly marked: ResourceType<FakeInputs, FakeOutputs>
  /** Lives in a `marked`. */
  readonly child: ResourceType<FakeChildInputs, FakeOutputs>
  /** Its `kind` is immutable. */
  readonly versioned: ResourceType<FakeInputs, FakeOutputs>
  /** Takes an idempotency key. */
  readonly keyed: ResourceType<FakeInputs, FakeOutputs>
  /** Always there. */
  readonly singleton: ResourceType<FakeInputs, FakeOutputs>
}>

type Show = (object: FakeObject) => Observed

const show: Show = (object) => showObject(object)
const showMarked: Show = (object) => showObject(object, { owned: object.fields['owner'] === 'us', protected: object.fields['protected'] === true, name: String(object.fields['name']) })

/** Makes the provider of a fake backend. */
export function createFakeProvider(core: FakeCore): FakeProvider {
  const rules: TypeRules = { unordered: ['tags', 'refs'], writeOnly: ['secret'], sensitive: ['secret'] }
  const base = createType<FakeInputs>(core, 'thing', show, rules)
  const findable = (type: string, shown: Show, more: TypeRules): ResourceType<FakeInputs, FakeOutputs> => ({ ...createType<FakeInputs>(core, type, shown, { key: ['name'], ...rules, ...more }), ...createLookups(core, type, shown) })
  return defineProvider(withSettleGroups(core, {
    name: 'fake',
    types: {
      thing: base,
      named: findable('named', show, { references: { ref: 'named', refs: 'named' } }),
      marked: { ...findable('marked', showMarked, { protection: ['protected'], references: { ref: 'marked', refs: 'marked' } }), ...createMarkedCreate(core) },
      child: {
        ...createType<FakeChildInputs>(core, 'child', show, { ...rules, key: ['parent_id', 'name'], parent: { type: 'marked', field: 'parent_id' } }),
        ...createLookups<FakeChildInputs>(core, 'child', show),
      },
      versioned: findable('versioned', show, { key: ['name', 'kind'], immutable: ['kind'], replaceOrder: 'create-first', references: { ref: 'versioned', refs: 'versioned' } }),
      keyed: { ...createType<FakeInputs>(core, 'keyed', show, rules), idempotent: true },
      singleton: { ...createType<FakeInputs>(core, 'singleton', show, { ...rules, singleton: true }), ...createLookups<FakeInputs>(core, 'singleton', show) },
    },
  }))
}

function withSettleGroups(core: FakeCore, provider: FakeProvider): FakeProvider {
  const groups = Object.keys(core.settleGroups)
  if (groups.length === 0) return provider
  const types = Object.entries(provider.types).map(([name, type]) => {
    const settleGroup = core.groupOf(name)
    return [name, settleGroup === undefined ? type : { ...type, settleGroup }]
  })
  const settleGroups = groups.map((group) => [group, { settle: (context: CallContext) => core.call({ call: 'settle', type: group }, context, () => core.settle(group)) }])
  return { ...provider, types: Object.fromEntries(types) as FakeProvider['types'], settleGroups: Object.fromEntries(settleGroups) as Readonly<Record<string, SettleGroup>> }
}

const inputsSchema: StandardSchema<never, unknown> = {
  '~standard': {
    version: 1,
    vendor: 'convergent',
    validate: (value) => (typeof (value as Fields)['name'] === 'string' ? { value } : { issues: [{ message: 'expected a text', path: ['name'] }] }),
  },
}

function createType<I extends FakeInputs>(core: FakeCore, type: string, shown: Show, rules: TypeRules): ResourceType<I, FakeOutputs> {
  return {
    ...rules,
    schema: inputsSchema as StandardSchema<I, unknown>,
    read: ({ id }, context) => core.call({ call: 'read', type, id }, context, (isStale) => optional(core.get(type, id, isStale), shown)),
    create: ({ inputs }, context) =>
      core.call({ call: 'create', type, name: inputs.name, idempotencyKey: context.idempotencyKey }, context, () => shown(core.insert(type, omitNull(inputs), type === 'keyed' ? context.idempotencyKey : undefined))),
    update: ({ id, patch }, context) => core.call({ call: 'update', type, id }, context, () => shown(core.patch(id, patch))),
    delete: ({ id }, context) => core.call({ call: 'delete', type, id }, context, () => core.remove(id)),
  }
}

function createLookups<I extends FakeInputs>(core: FakeCore, type: string, shown: Show): Pick<ResourceType<I, FakeOutputs>, 'list' | 'find' | 'visibleWithinMs'> {
  return {
    ...(core.lagMs > 0 && { visibleWithinMs: core.lagMs }),
    list: ({ parentId }, context) =>
      core.call({ call: 'list', type }, context, () => core.visible(type).filter(({ fields }) => parentId === undefined || fields['parent_id'] === parentId).map(shown)),
    find: ({ inputs, parentId }, context) =>
      core.call({ call: 'find', type, name: inputs.name }, context, () =>
        optional(core.visible(type).find(({ fields }) => fields['name'] === inputs.name && (inputs.kind === undefined || fields['kind'] === inputs.kind) && (parentId === undefined || fields['parent_id'] === parentId)), shown),
      ),
  }
}

/** What we create in a backend with marks is marked as ours. */
function createMarkedCreate(core: FakeCore): Pick<ResourceType<FakeInputs, FakeOutputs>, 'create'> {
  return {
    create: ({ inputs }, context) => core.call({ call: 'create', type: 'marked', name: inputs.name, idempotencyKey: context.idempotencyKey }, context, () => showMarked(core.insert('marked', { ...omitNull(inputs), owner: 'us' }))),
  }
}

function optional(object: FakeObject | undefined, shown: Show): Observed | undefined {
  return object === undefined ? undefined : shown(object)
}

function omitNull(fields: object): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))
}
