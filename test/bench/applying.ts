import type { Plan } from '../../src/core/plan.ts'
import type { RunResult } from '../../src/core/result.ts'
import { apply } from '../../src/engine/apply.ts'
import { resume } from '../../src/engine/resume.ts'
import { rollback } from '../../src/engine/rollback.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createBackend } from './backend.ts'
import { expectCount, type Phase, type Round } from './phase.ts'
import { planCreates } from './planning.ts'
import { makeScratch } from './scratch.ts'
import { SHAPES } from './shape.ts'

/** Actions under way at once, wherever nothing else is said. */
export const CONCURRENCY = 100

async function applyInMemory(plan: Plan): Promise<Round> {
  const backend = createBackend()
  let result: RunResult | undefined
  return {
    run: async () => (result = await apply(plan, { provider: backend.provider, store: memoryStore(), concurrency: CONCURRENCY })),
    async tell() {
      expectCount('actions that succeeded', result?.counts.succeeded ?? 0, plan.actions.length)
      return { actions: plan.actions.length, requests: backend.requests() }
    },
  }
}

/** An apply with journal and state on the disk. */
export async function applyOnDisk(plan: Plan, concurrency: number): Promise<Round & { readonly folder: string }> {
  const backend = createBackend()
  const scratch = await makeScratch()
  let result: RunResult | undefined
  return {
    folder: scratch.folder,
    run: async () => (result = await apply(plan, { provider: backend.provider, store: fileStore(scratch.folder), concurrency })),
    async tell() {
      const bytes = await scratch.weigh()
      await scratch.remove()
      expectCount('actions that succeeded', result?.counts.succeeded ?? 0, plan.actions.length)
      return { actions: plan.actions.length, requests: backend.requests(), bytes }
    },
  }
}

/** Stops an apply when half is done, and times the other half with all that a resume reads first. */
async function resumeHalf(plan: Plan): Promise<Round> {
  const backend = createBackend()
  const scratch = await makeScratch()
  // What is under way at half time ends too, and something must be left.
  const options = { provider: backend.provider, store: fileStore(scratch.folder), concurrency: Math.min(CONCURRENCY, Math.ceil(plan.actions.length / 10)) }
  const run = apply(plan, options)
  let done = 0
  run.on('action:succeeded', () => void (++done === plan.actions.length >> 1 && run.pause()))
  const { runId, counts } = await run
  const before = backend.requests()
  let result: RunResult | undefined
  return {
    run: async () => (result = await resume(runId, { ...options, store: fileStore(scratch.folder) })),
    async tell() {
      const bytes = await scratch.weigh()
      await scratch.remove()
      expectCount('actions that succeeded', result?.counts.succeeded ?? 0, plan.actions.length)
      return { actions: plan.actions.length - counts.succeeded, requests: backend.requests() - before, bytes }
    },
  }
}

async function rollBackInMemory(plan: Plan): Promise<Round> {
  const backend = createBackend()
  const options = { provider: backend.provider, store: memoryStore(), concurrency: CONCURRENCY }
  const { runId } = await apply(plan, options)
  const before = backend.requests()
  return {
    run: () => rollback(runId, options).result,
    async tell() {
      expectCount('objects left', backend.objects.size, 0)
      return { actions: plan.actions.length, requests: backend.requests() - before }
    },
  }
}

function planned(name: string, part: string, shapes: Phase['shapes'], round: (plan: Plan) => Promise<Round>): Phase {
  return {
    name,
    part,
    shapes,
    async open(shape, size) {
      const plan = await planCreates(shape, size)
      return { round: () => round(plan) }
    },
  }
}

/** What carries plans out. */
export const APPLYING: readonly Phase[] = [
  planned('apply in memory', 'apply', SHAPES, applyInMemory),
  planned('apply, fileStore', 'apply', ['independent', 'layered'], (plan) => applyOnDisk(plan, CONCURRENCY)),
  planned('resume half, fileStore', 'resume', ['independent', 'layered'], resumeHalf),
  planned('roll back in memory', 'rollback', ['independent', 'layered'], rollBackInMemory),
]
