import { planFromText } from '../../src/store/plan-text.ts'
import type { Entry } from '../../src/core/entry.ts'
import type { RunInfo, Store } from '../../src/store/store.ts'
import type { Chance } from '../soak/chance.ts'
import type { DiskMoment, HostWord } from '../soak/messages.ts'

/** What a host does. `plan`: plans what is declared; all others change something. */
export type Work = 'apply' | 'resume' | 'rollback' | 'restore' | 'abandon' | 'plan'

/** What a declaration says of itself. */
export interface Declared {
  /** Another number, another declaration of the same: edits, renames, removals and additions lie between two. */
  readonly generation: number
}

/** What a host is asked to do; all else of its job follows from the scene. */
export interface Job<Declaration extends Declared> {
  readonly work: Work
  readonly declaration: Declaration
  readonly mode: 'sync' | 'destroy'
  readonly onFailure: 'stop' | 'continue' | 'rollback'
  /** The run that is taken back; the checkpoint that is restored. */
  readonly of?: string
}

/** What a host is told: its job, and where and how it works. */
export interface HostJob<Declaration extends Declared> extends Job<Declaration> {
  /** Tells it from the others. */
  readonly host: string
  readonly url: string
  readonly dir: string
  readonly disk?: DiskMoment
}

/** The word of a host with which it ends. */
export type LastWord = Extract<HostWord, { readonly said: 'ended' | 'refused' | 'planned' }>

/** What a round is played on: a server with what is somebody else's, hosts that die, and what is there. `View`: what is there, without what is somebody else's. */
export interface Stage<Declaration extends Declared, View, Fate> {
  readonly chance: Chance
  readonly faults: string[]
  /** What was done, a line each, for who looks for a fault. */
  readonly story: string[]
  readonly figures: Record<'interrupted' | 'failedRuns', number>
  readonly openStore: () => Store
  /** Lets one host work; it may die. Gives what it came to; undefined: it died. */
  readonly runHost: (job: Job<Declaration>, fate?: Fate) => Promise<LastWord | undefined>
  /** Draws what happens to the next host. `isFaulty`: something may go wrong besides its death. */
  readonly drawFate: (dies: boolean, isFaulty: boolean) => Promise<Fate>
  /** Adds what happens to a host besides. */
  readonly addFate: (drawn: Fate, own: Fate) => Fate
  /** Draws what fails for good, somewhere on the way. */
  readonly drawFailure: () => Fate
  /** Waits until nothing is under way on the server. What is stuck is brought to its end. */
  readonly finishTasks: () => Promise<void>
  readonly look: () => Promise<View>
  /** When nobody works and no run is open: all is recorded as it is there, and nobody else's has changed. Gives what is there. */
  readonly checkRest: (where: string, isHalfway?: boolean) => Promise<View>
  /** What is wrong, a line each. Undefined: nothing is declared. */
  readonly compareDeclared: (view: View, declaration: Declaration | undefined) => readonly string[] | Promise<readonly string[]>
  readonly compareBefore: (before: View, between: View, after: View) => readonly string[]
  /** Does what a host has left to a person: of the objects that it named, those go that are not declared. Gives what it named. */
  readonly removeLeft: (problems: readonly string[], declaration: Declaration) => Promise<ReadonlySet<string>>
  /** What somebody does once a declaration stands, or before it is taken back, that changes nothing that is compared. Default: nothing. */
  readonly useIt?: () => Promise<void>
  /** What somebody changes by hand of what stands, for the next host to put right. Default: nothing. */
  readonly disturb?: () => Promise<void>
}

/** Of all that is recorded. */
export const STACK = 'soak'
/** How a host begins a line about something that it left as it is, to a person. */
export const NOT_TAKEN_BACK = 'not taken back: '

/** What a run came to, by its journal. */
export interface Outcome {
  readonly outcome: string
  readonly open: boolean
  /** True: it is a rollback. */
  readonly takesBack: boolean
}

/** Every run of a round, oldest first. */
export function findRuns({ openStore }: { readonly openStore: () => Store }): Promise<readonly RunInfo[]> {
  return openStore().runs(STACK)
}

/** Reads what a run came to; undefined: it has not ended. */
export async function readOutcome({ openStore }: { readonly openStore: () => Store }, { id, plan: planId }: RunInfo): Promise<Outcome | undefined> {
  const store = openStore()
  const plan = await planFromText((await store.get(STACK, 'plan', planId)) ?? '')
  let last: Entry | undefined
  for await (const entry of store.entries(STACK, id)) last = entry
  if (last?.kind !== 'run-ended') return undefined
  const takesBack = plan.mode === 'rollback'
  return { outcome: takesBack && last.outcome === 'succeeded' ? 'rolled-back' : last.outcome, open: last.open, takesBack }
}
