import { declare } from '../../src/provider/declare.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'
import type { FakeFaultKind } from '../../src/testing/fault.ts'
import type { OpenedProvider } from '../../src/testing/provider-case.ts'
import type { ProviderFaults, RequestKind } from '../../src/testing/provider-faults.ts'

/** The fake backend with all its types, its scripted faults as those of the cases. */
export async function openFake(): Promise<OpenedProvider> {
  const backend = createFakeBackend()
  backend.put('singleton', { name: 'settings' })
  const make = declare(backend.provider)
  const fail = (fault: FakeFaultKind) => (kind: RequestKind) => {
    for (const call of kind === 'read' ? (['read', 'list', 'find'] as const) : (['create', 'update', 'delete'] as const)) backend.fault({ call, fault, retryAfterMs: 1_000 })
  }
  const faults: ProviderFaults = {
    overload: fail('retryable'),
    loseReply: fail('lost-reply'),
    refuseConnection: fail('retryable'),
    failServer: fail('ambiguous'),
    refuseInput: () => fail('error')('write'),
    hang: fail('timeout'),
    cutList: () => backend.fault({ call: 'list', fault: 'partial-list' }),
    heal: backend.heal,
  }
  const extra = {
    change: { text: 'changed' },
    addUnknown: async (id: string) => backend.edit(id, { extra: 'kept' }),
    showUnknown: async (id: string) => backend.objects().find((object) => object.id === id)?.fields['extra'],
  }
  return {
    provider: backend.provider,
    subjects: {
      thing: { declare: (variant) => [make.thing(variant, { name: variant })], ...extra },
      named: { declare: (variant) => [make.named('first', { name: 'first' }), make.named(variant, { name: variant, refs: ['named-1'], tags: ['x', 'y'] })], ...extra },
      marked: { declare: (variant) => [make.marked(variant, { name: variant, labels: { a: 'b' }, secret: 'hidden' })], ...extra },
      child: {
        declare: (variant) => {
          const house = make.marked('house', { name: 'house' })
          return [house, make.child(variant, { parent_id: house.id, name: variant })]
        },
        ...extra,
      },
      versioned: { declare: (variant) => [make.versioned(variant, { name: variant, kind: 'old' })], ...extra },
      keyed: { declare: (variant) => [make.keyed(variant, { name: variant })], ...extra },
      singleton: { declare: () => [make.singleton('settings', { name: 'settings', size: 3 })], ...extra },
    },
    faults,
  }
}
