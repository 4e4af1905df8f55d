import { APPLYING } from './applying.ts'
import { openBareLoop } from './bare-loop.ts'
import { measureGap, type LoopGap } from './loop-gap.ts'
import { compareSchedules, runInRealTime, type Makespan, type RealTime } from './makespan.ts'
import { measureRounds, warmUp, type Measured, type Repeats } from './measure.ts'
import type { Phase } from './phase.ts'
import { PLANNING } from './planning.ts'
import { measureCommit, type CommitCost } from './raw-commit.ts'
import type { Shape } from './shape.ts'

/** Everything that the engine does, at any size. */
export const PHASES: readonly Phase[] = [...PLANNING, ...APPLYING]

/** One thing to measure, as plain data: it may be done in a process of its own. */
export type Task =
  | ({ readonly kind: 'phase'; readonly phase: string; readonly shape: Shape; readonly size: number } & Repeats)
  | ({ readonly kind: 'bare'; readonly shape: Shape; readonly size: number } & Repeats)
  | { readonly kind: 'gap'; readonly phase: string; readonly shape: Shape; readonly size: number; readonly warmMs: number }
  | { readonly kind: 'commit'; readonly size: number; readonly concurrency: number; readonly rounds: number }
  | { readonly kind: 'makespan'; readonly size: number; readonly concurrency: number; readonly seed: number }
  | { readonly kind: 'real-time'; readonly size: number; readonly concurrency: number; readonly seed: number }

/** What each kind of task gives. */
export interface TaskResult {
  readonly phase: Measured
  readonly bare: Measured
  readonly gap: LoopGap
  readonly commit: CommitCost
  readonly makespan: readonly Makespan[]
  readonly 'real-time': readonly RealTime[]
}

/** Size at which code is made warm: large enough for every path, small enough to be repeated. */
const WARM_SIZE = 1_000

/** Carries a task out in this process. */
export async function performTask<K extends Task['kind']>(task: Extract<Task, { readonly kind: K }>): Promise<TaskResult[K]> {
  return (await perform(task)) as TaskResult[K]
}

async function perform(task: Task): Promise<TaskResult[Task['kind']]> {
  switch (task.kind) {
    case 'phase': {
      const { open } = phaseOf(task.phase)
      return measureOpened(open, task)
    }
    case 'bare':
      return measureOpened(openBareLoop, task)
    case 'gap': {
      const { open } = phaseOf(task.phase)
      if (task.warmMs > 0) await warmUp(await open(task.shape, Math.min(WARM_SIZE, task.size)), task.warmMs)
      return measureGap(await open(task.shape, task.size))
    }
    case 'commit':
      return measureCommit(task.size, task.concurrency, task.rounds)
    case 'makespan':
      return compareSchedules(task.size, task.concurrency, task.seed)
    case 'real-time':
      return runInRealTime(task.size, task.concurrency, task.seed)
  }
}

async function measureOpened(open: Phase['open'], { shape, size, ...repeats }: { readonly shape: Shape; readonly size: number } & Repeats): Promise<Measured> {
  if (repeats.warmMs > 0) await warmUp(await open(shape, Math.min(WARM_SIZE, size)), repeats.warmMs)
  const startedMs = performance.now()
  const bed = await open(shape, size)
  return measureRounds(bed, repeats, performance.now() - startedMs)
}

function phaseOf(name: string): Phase {
  const phase = PHASES.find((each) => each.name === name)
  if (phase === undefined) throw new Error(`there is no phase "${name}"; known: ${PHASES.map((each) => each.name).join(', ')}`)
  return phase
}
