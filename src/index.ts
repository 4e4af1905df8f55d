export type { Checkpoint, CheckpointInfo } from './core/checkpoint.ts'
export type { Action, ActionKind, Blocked, FieldChange, Step } from './core/action.ts'
export { formatAddress, parseAddress, type Address } from './core/address.ts'
export type {
  AttemptedEntry,
  BeforeImage,
  CancelledEntry,
  Entry,
  EntryBase,
  FailedEntry,
  GroupEntry,
  HandleEntry,
  InterruptedEntry,
  Outcome,
  RunEndedEntry,
  RunResumedEntry,
  RunOutcome,
  RunStartedEntry,
  RunTakenEntry,
  SkippedEntry,
  StaleEntry,
  StartedEntry,
  StepEntryBase,
  SucceededEntry,
  TakenOver,
} from './core/entry.ts'
export {
  AddressError,
  ConvergentError,
  CycleError,
  DeclarationError,
  FormatError,
  LeaseHeldError,
  LeaseLostError,
  MissingPeerError,
  OpenRunError,
  PlanRefusedError,
  PolicyError,
  ProviderError,
  SerialConflictError,
  StoreError,
  type ErrorRecord,
  type FaultKind,
  type FaultOptions,
  type Issue,
  type PlanRefusal,
} from './core/errors.ts'
export type {
  ActionProgressed,
  ActionRetried,
  ActionSettled,
  ActionStarted,
  ApiCall,
  CallFinished,
  ConcurrencyChanged,
  LeaseAwaited,
  LeaseTaken,
  ListenerFailed,
  PlanCallFinished,
  PlanEvent,
  Progress,
  ReadFailed,
  ReadFinished,
  RunEvent,
  RunEventName,
  RunEvents,
  RunFinished,
  RunStarted,
} from './core/event.ts'
export type { Fields, Json, Path } from './core/json.ts'
export { suggest as suggestName } from './core/nearest.ts'
export type { Observed, Reading } from './core/observed.ts'
export { comparePlans, type PlanComparison } from './core/plan-comparison.ts'
export type { KnownObject, Mode, Plan, PlanMode, Policy, Summary, Unreadable, Violation, Warning } from './core/plan.ts'
export { createPlan } from './core/planning/create-plan.ts'
export type { PlanInput } from './core/planning/input.ts'
export { subsetPlan, type Selection } from './core/planning/subset.ts'
export { forbidDeletes, limitDeletes, requireFields } from './core/policy.ts'
export { deferred, env, ref, sensitive } from './core/reference.ts'
export { addressOf, type Resource } from './core/resource.ts'
export type { ActionResult, RunResult } from './core/result.ts'
export type { Guarantee, NamedBy, TypeRules } from './core/rules.ts'
export type { InferInput, SchemaIssue, SchemaResult, StandardSchema } from './core/schema.ts'
export type { Scope, ScopedObject } from './core/scope.ts'
export type { Source } from './core/source.ts'
export type { DeposedObject, RecordedResource, State, StateChange } from './core/state.ts'
export type { Deferred, Marker, Reference, Sensitive, Unknown } from './core/value.ts'
export { abandon, type Abandoned, type AbandonOptions } from './engine/abandon.ts'
export type { Settled } from './engine/inquiry.ts'
export { apply } from './engine/apply.ts'
export { checkpoint, deleteCheckpoint, getCheckpoint, planRestore, restore, type RestoreOptions } from './engine/checkpoint.ts'
export { examineStack } from './engine/examination.ts'
export type { Finding } from './store/finding.ts'
export { listRuns, readJournal, showRun, type HistoryOptions } from './engine/history.ts'
export { getPlan, keepPlan, listPlans, type KeptPlan } from './engine/kept-plan.ts'
export type { PlanInfo } from './core/plan-info.ts'
export type { UnreadablePlan } from './store/plan-info.ts'
export { listCheckpoints, type CheckpointOptions } from './engine/keep-checkpoint.ts'
export type { TypeDescription } from './core/type-description.ts'
export type { RunStory, RunSummary } from './core/story.ts'
export type { AttemptStory, StepStory } from './core/step-story.ts'
export type { Clock } from './engine/clock.ts'
export { detectDrift, type Drift, type DriftedResource, type DriftOptions } from './engine/drift.ts'
export type { ApplyOptions, BaseOptions, PlanOptions, Resolver, ResumeOptions, RetryOptions } from './engine/options.ts'
export { plan } from './engine/plan.ts'
export type { LeaseOptions } from './engine/lease-options.ts'
export { resume } from './engine/resume.ts'
export type { RollbackScope } from './engine/undo.ts'
export { planRollback, rollback, type RollbackOptions } from './engine/rollback.ts'
export type { Run } from './engine/run.ts'
export { SealError, aesGcmSealer, type Sealer } from './engine/sealer.ts'
export { unlock, type UnlockOptions } from './engine/unlock.ts'
export { validate } from './engine/validate.ts'
export { combineProviders } from './provider/combine.ts'
export { declare, external, type Declarable, type DeclarableFields, type Declarations, type DeclareOptions, type DeclaredResource, type InputsOfType, type OutputsOfType } from './provider/declare.ts'
export { ProviderDefinitionError, defineProvider, defineType, type FieldPath, type FieldRules, type InputsOf } from './provider/define.ts'
export type {
  BatchContext,
  BatchItem,
  CreateRequest,
  ItemOutcome,
  DeleteRequest,
  FindRequest,
  Provider,
  RateLimit,
  ResourceType,
  ResourceTypes,
  Target,
  UpdateRequest,
} from './provider/provider.ts'
export type { SettleGroup } from './provider/settle-group.ts'
export type { SettleRules } from './core/settle-rules.ts'
export type { CallContext, ReadContext } from './provider/context.ts'
export { memoryStore } from './store/memory.ts'
export { moveStack, type MovedStack, type MoveStackOptions } from './store/move-stack.ts'
export { planFromText, planToText, readPlan, writePlan } from './store/plan-text.ts'
export type { ClaimOptions, DocumentKind, Holding, Lease, Relocation, RunInfo, Store } from './store/store.ts'
