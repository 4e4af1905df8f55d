import type { DiskMoment } from '../soak/messages.ts'
import type { Declaration } from './declaration.ts'

/**
 * What a host does. `look`: plans nothing, to hear what earlier runs have left to settle; `plan`: plans what is declared;
 * all others change something.
 */
export type Work = 'apply' | 'resume' | 'rollback' | 'restore' | 'abandon' | 'plan' | 'look'

/** What a host is to do. */
export interface HostJob {
  readonly work: Work
  /** Tells it from the others. */
  readonly host: string
  readonly url: string
  readonly dir: string
  readonly declaration: Declaration
  readonly mode: 'sync' | 'destroy'
  readonly onFailure: 'stop' | 'continue' | 'rollback'
  /** The run that is taken back; the checkpoint that is restored. */
  readonly of?: string
  readonly disk?: DiskMoment
}

/** By what every firewall of a soak is reached. */
export const CREDENTIALS = { key: 'soak', secret: 'soak' } as const
/** Of all that is recorded. */
export const STACK = 'soak'
