import type { Plan } from '../core/plan.ts'
import type { DeclaredPhase } from '../core/planning/operation-plan.ts'
import type { Resource } from '../core/resource.ts'
import type { Scope } from '../core/scope.ts'
import type { Check } from '../provider/operation.ts'

/** What may be declared. */
export interface LoadedParts {
  /** What should exist. Default: nothing; needed where there are no phases. */
  readonly desired?: readonly Resource[]
  /** What the declaration speaks about. Default: everything. */
  readonly scope?: Scope
  /** What is to be done, phase by phase; a function is given what is to change of `desired`, to put it into a phase. Default: nothing beside `desired`. */
  readonly phases?: readonly DeclaredPhase[] | ((changes: Plan) => readonly DeclaredPhase[])
  /** With `phases`: what they are for, in a word: `deploy`, `restart`. Default: the name of the host's own command that loads them, else nothing is said. */
  readonly operation?: string
  /** With `phases`: what must hold for the plan as a whole. Default: nothing. */
  readonly checks?: readonly Check<object>[]
}

/** What a host's files declare: resources, phases of operations, or both. */
export type Loaded = LoadedParts & (Required<Pick<LoadedParts, 'desired'>> | Required<Pick<LoadedParts, 'phases'>>)
