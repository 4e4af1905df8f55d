import { plan } from '../../src/engine/plan.ts'
import type { Mode, Plan } from '../../src/core/plan.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { planFromText, planToText } from '../../src/store/plan-text.ts'
import { createBackend, settleShape } from './backend.ts'
import { expectCount, type Bed, type Phase } from './phase.ts'
import { declareShape, SHAPES, type Shape } from './shape.ts'

const FEW: readonly Shape[] = ['independent', 'layered']

/** A phase that makes a plan, from nothing or from what is recorded and exists. */
function planPhase(name: string, shapes: readonly Shape[], mode: Mode, exists: boolean, changed: boolean, expected: (size: number) => number): Phase {
  return {
    name,
    part: 'plan',
    shapes,
    async open(shape, size): Promise<Bed> {
      const backend = createBackend()
      const store = memoryStore()
      if (exists) await settleShape(shape, size, backend, store)
      const desired = mode === 'destroy' ? [] : declareShape(shape, size, changed)
      return {
        async round() {
          const before = backend.requests()
          let made: Plan | undefined
          return {
            run: async () => (made = await plan(desired, { provider: backend.provider, store, mode })),
            async tell() {
              expectCount(`actions of ${name}`, made?.actions.length ?? 0, expected(size))
              return { actions: size, requests: backend.requests() - before }
            },
          }
        },
      }
    },
  }
}

/** A plan that creates everything. */
export function planCreates(shape: Shape, size: number): Promise<Plan> {
  return plan(declareShape(shape, size), { provider: createBackend().provider, store: memoryStore() })
}

const planWrite: Phase = {
  name: 'plan write',
  part: 'format',
  shapes: FEW,
  async open(shape, size) {
    const made = await planCreates(shape, size)
    return {
      async round() {
        let text = ''
        return { run: async () => (text = await planToText(made)), tell: async () => ({ actions: size, requests: 0, bytes: Buffer.byteLength(text) }) }
      },
    }
  },
}

const planRead: Phase = {
  name: 'plan read',
  part: 'format',
  shapes: FEW,
  async open(shape, size) {
    const text = await planToText(await planCreates(shape, size))
    return {
      async round() {
        let read: Plan | undefined
        return {
          run: async () => (read = await planFromText(text)),
          async tell() {
            expectCount('actions read', read?.actions.length ?? 0, size)
            return { actions: size, requests: 0, bytes: Buffer.byteLength(text) }
          },
        }
      },
    }
  },
}

/** What is done with plans before anything is applied. */
export const PLANNING: readonly Phase[] = [
  planPhase('plan create', SHAPES, 'apply', false, false, (size) => size),
  planPhase('plan no-op', FEW, 'apply', true, false, () => 0),
  planPhase('plan 1 % changed', FEW, 'apply', true, true, (size) => Math.ceil(size / 100)),
  planPhase('plan destroy', FEW, 'destroy', true, false, (size) => size),
  planWrite,
  planRead,
]
