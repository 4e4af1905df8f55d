import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Address, Scope } from 'convergent'
import { loadText, pick } from './loading.ts'

/** Whether a scope speaks about an object of that type in a namespace. */
function includes(scope: Scope, type: string, namespace: string | undefined): boolean {
  const labels = namespace === undefined ? {} : { 'KONGCTL-namespace': namespace }
  return scope.types?.includes(type) === true && scope.includes?.({ type, observed: { id: 'x', outputs: { labels } } }) === true
}

function includesChild(scope: Scope, type: string, parent: Address): boolean {
  return scope.types?.includes(type) === true && scope.includes?.({ type, observed: { id: 'x', outputs: {} }, parent }) === true
}

const namespaces = fc.constantFrom('default', 'red', 'blue', 'green-2')
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const settings = fc.record({ namespace: maybe(namespaces), protected: maybe(fc.boolean()) })
const written = (value: object): string => JSON.stringify(value)

describe('namespace and protection', () => {
  it('are those of the entry, else of the defaults, else "default" and false; always said, for every top-level kind', () => {
    fc.assert(
      fc.property(maybe(settings), maybe(settings), fc.constantFrom(['portals', 'portal'], ['apis', 'api'], ['application_auth_strategies', 'application_auth_strategy']), (defaults, own, [list = '', type]) => {
        const { desired, scope } = loadText(written({ ...(defaults && { _defaults: { kongctl: defaults } }), [list]: [{ ref: 'x', labels: { own: 'y' }, ...(own && { kongctl: own }) }] }))
        const namespace = own?.namespace ?? defaults?.namespace ?? 'default'
        const isProtected = own?.protected ?? defaults?.protected ?? false
        const resource = pick(desired, `${type}/x`)
        expect(resource.protected).toBe(isProtected)
        expect(resource.inputs['labels']).toEqual({ own: 'y', 'KONGCTL-namespace': namespace, 'KONGCTL-protected': isProtected ? 'true' : null })
        for (const each of ['default', 'red', 'blue', 'green-2']) expect(includes(scope, String(type), each)).toBe(each === namespace || each === defaults?.namespace)
      }),
    )
  })

  it('are inherited by children, not said by them', () => {
    const { desired } = loadText('apis: [{ref: a, name: A, kongctl: {protected: true}, versions: [{ref: v, version: "1", spec: x}]}]')
    expect(pick(desired, 'api_version/v')).not.toHaveProperty('protected')
    expect(pick(desired, 'api_version/v').inputs).not.toHaveProperty('labels')
  })

  it('defaults end with their document', () => {
    const { desired } = loadText('_defaults: {kongctl: {namespace: red}}\napis: [{ref: a}]\n---\napis: [{ref: b}]\n')
    expect(desired.map(({ inputs }) => (inputs['labels'] as Record<string, string>)['KONGCTL-namespace'])).toEqual(['red', 'default'])
  })
})

describe('the scope', () => {
  it('is the kinds that are named', () => {
    expect(loadText('portals: []').scope.types).toEqual(['portal'])
    expect(loadText('apis: [{ref: a, documents: []}]').scope.types).toEqual(['api', 'api_document'])
  })

  it('of an empty list is the default namespace of its document', () => {
    const { scope } = loadText('_defaults: {kongctl: {namespace: red}}\napis: []')
    expect([includes(scope, 'api', 'red'), includes(scope, 'api', 'default'), includes(scope, 'portal', 'red')]).toEqual([true, false, false])
    expect(includes(loadText('apis: []').scope, 'api', 'default')).toBe(true)
  })

  it('says nothing about a kind in a namespace that only another kind is named with', () => {
    const { scope } = loadText('_defaults: {kongctl: {namespace: red}}\nportals: []\n---\n_defaults: {kongctl: {namespace: blue}}\napis: [{ref: a}]\n')
    expect([includes(scope, 'portal', 'red'), includes(scope, 'portal', 'blue'), includes(scope, 'api', 'red'), includes(scope, 'api', 'blue')]).toEqual([true, false, false, true])
  })

  it('holds children of a kind where their parent names it, or where it is named flat', () => {
    const { scope } = loadText('apis:\n  - {ref: a, versions: []}\n  - {ref: b, documents: []}\napi_publications: []\n')
    const seen = (['api/a', 'api/b'] as const).map((parent) => ['api_version', 'api_document', 'api_publication'].filter((type) => includesChild(scope, type, parent)))
    expect(seen).toEqual([['api_version', 'api_publication'], ['api_document', 'api_publication']])
  })

  it('finds the parents of a kind that is only named flat in the namespace of its document', () => {
    const { scope } = loadText('_defaults: {kongctl: {namespace: red}}\napi_versions: []')
    expect(scope.types).toEqual(['api_version'])
    const judge = (namespace: string) => scope.includes?.({ type: 'api', observed: { id: 'x', outputs: { labels: { 'KONGCTL-namespace': namespace } } } })
    expect([judge('red'), judge('blue')]).toEqual([true, false])
  })
})
