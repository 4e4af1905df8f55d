import type { Fields, Observed, Resource } from 'convergent'
import { askOption } from '../format-of.ts'
import { omitDefaults } from '../omit-defaults.ts'
import { listRefs } from '../roles.ts'

/** What is declared of each type, in the order in which a person reads it. */
const ABOUT = ['description', 'shortDesc', 'tags'] as const

/** The declaration of an object as it is: a plan of it has nothing to do. What nobody has set is left out, and stays the server's. */
export function declareObject(type: string, { id, outputs }: Observed): Resource {
  const [inputs, dependsOn] = DECLARE[type as keyof typeof DECLARE](outputs)
  return { type, name: id, inputs: omitEmpty(inputs), ...(dependsOn.length > 0 && { dependsOn }) }
}

type Declared = readonly [inputs: Fields, dependsOn: readonly string[]]

const DECLARE = {
  Project: (outputs: Fields): Declared => [{ ...pick(outputs, ['projectKey', 'label', 'owner', ...ABOUT, 'variables']), permissions: omitDefaults(outputs['permissions']) }, []],
  Dataset: (outputs: Fields): Declared => {
    const format = outputs['managed'] === true ? { ...pick(outputs, ['managed', 'connectionId']), formatOptionId: askOption(outputs['formatOptionId']) } : pick(outputs, ['type', 'params', 'formatType', 'formatParams'])
    const { columns } = (outputs['schema'] ?? {}) as { readonly columns?: readonly unknown[] }
    return [{ ...pick(outputs, ['projectKey', 'name']), ...format, schema: columns === undefined || columns.length === 0 ? undefined : { columns: omitDefaults(columns) }, ...pick(outputs, ABOUT) }, [`Project/${String(outputs['projectKey'])}`]]
  },
  Recipe: (outputs: Fields): Declared => {
    const roles = Object.fromEntries(['inputs', 'outputs'].map((field) => [field, trimRoles(outputs[field])]))
    const needs = [...new Set([...listRefs(outputs['inputs']), ...listRefs(outputs['outputs'])])].map((ref) => `Dataset/${String(ref)}`)
    return [{ ...pick(outputs, ['projectKey', 'name', 'type']), ...roles, ...pick(outputs, ['params', 'payload', ...ABOUT]) }, [`Project/${String(outputs['projectKey'])}`, ...needs]]
  },
}

function trimRoles(roles: unknown): Fields {
  return Object.fromEntries(Object.entries((roles ?? {}) as Readonly<Record<string, { readonly items: unknown }>>).map(([role, { items }]) => [role, { items: omitDefaults(items) }]))
}

function pick(outputs: Fields, fields: readonly string[]): Fields {
  return Object.fromEntries(fields.map((field) => [field, outputs[field]]))
}

function omitEmpty(inputs: Fields): Fields {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
