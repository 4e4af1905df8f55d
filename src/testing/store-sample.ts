import type { Entry } from '../core/entry.ts'
import type { State } from '../core/state.ts'
import { Deferred, Reference, Sensitive } from '../core/value.ts'
import type { Lease, Store } from '../store/store.ts'

/** A state with one resource that has all that is hard to keep: markers, foreign keys, odd names. */
export function sampleState(stack: string, serial: number, name = 'one'): State {
  const address = `api/${name}` as const
  const inputs: Record<string, unknown> = JSON.parse('{"__proto__":{"polluted":true},"constructor":"x","text":"ä\\u2028\\n😀","none":null}') as Record<string, unknown>
  inputs['portal'] = new Reference('portal/main', ['id', 0])
  inputs['token'] = new Sensitive({ digest: 'abc' })
  inputs['password'] = new Deferred('env', 'PASSWORD', { digest: 'def' })
  return {
    stack,
    serial,
    lineage: 'lineage-1',
    salt: '00ff',
    resources: new Map([
      [address, { address, id: 'id-1', parentId: 'id-p', inputs, outputs: { looks: { $convergent: 'unknown' } }, dependsOn: ['portal/main'], protected: true, deposed: [{ id: 'id-0', dependsOn: ['portal/old'] }], adopted: true }],
    ]),
  }
}

/** The first entry of a run. */
export function sampleStart(run: string, lease: Lease, at = '2026-01-01T00:00:00.000Z', plan = `plan-of-${run}`): Entry {
  return {
    at,
    kind: 'run-started',
    run,
    plan,
    planHash: '00',
    stack: lease.stack,
    mode: 'sync',
    holder: lease.holder,
    fence: lease.fence,
    lineage: 'lineage-1',
    salt: '00ff',
    commit: 'each',
  }
}

/** The last entry of a run. */
export function sampleEnd(open = false): Entry {
  return { at: '2026-01-01T00:00:09.000Z', kind: 'run-ended', outcome: open ? 'interrupted' : 'succeeded', open }
}

/** An entry that can be told apart by its step. */
export function sampleStep(step: string): Entry {
  return { at: '2026-01-01T00:00:01.000Z', kind: 'handle', step, handle: `of ${step}` }
}

/** Reads a journal whole. */
export async function readEntries(store: Store, stack: string, run: string): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const entry of store.entries(stack, run)) entries.push(entry)
  return entries
}
