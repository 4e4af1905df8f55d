import type { DeclaredOperation } from 'convergent/operations'
import type { Cluster, Instance } from '../cluster.ts'
import type { Answer } from '../engines/engine.ts'

/** What an engine wants done beside its processes, and in which order. */
export interface EnginePlan {
  /** Starts instances that are new and makes them part of the cluster: all of them, or those that are added. */
  bringUp(cluster: Cluster, fresh: readonly Instance[]): { readonly start: readonly DeclaredOperation[]; readonly initialise: readonly DeclaredOperation[] }
  /** What is done before instances are stopped for good, and afterwards. */
  takeOut(cluster: Cluster, gone: readonly Instance[]): { readonly before: readonly DeclaredOperation[]; readonly after: readonly DeclaredOperation[] }
  /** Groups of instances: the next is started once the one before answers. */
  startOrder(cluster: Cluster): readonly (readonly Instance[])[]
  /** Groups of instances: the next is stopped once the one before has ended. */
  stopOrder(cluster: Cluster): readonly (readonly Instance[])[]
  /** One instance after the other, with what is done around it. `answers`: what each is right now. */
  rollOver(cluster: Cluster, answers: ReadonlyMap<string, Answer>): readonly RollingStep[]
  /** What is left to do once every instance runs another version. */
  finishUpgrade(cluster: Cluster): readonly DeclaredOperation[]
}

/** An instance whose turn it is. */
export interface RollingStep {
  readonly instance: Instance
  /** One after the other, before its process is stopped. */
  readonly before: readonly DeclaredOperation[]
  /** One after the other, once it answers again. */
  readonly after: readonly DeclaredOperation[]
}
