import type { Generation } from '../soak/declaration.ts'
import type { DiskMoment } from '../soak/messages.ts'

/** Where the state is kept. */
export type StoreKind = 'file' | 'postgres'

/** What a host is to do. */
export interface HostJob {
  /** `fight`: it goes on with the run that is open, or else applies. */
  readonly work: 'apply' | 'resume' | 'plan' | 'fight'
  /** Tells it from the others. */
  readonly host: string
  /** Of the database that is declared. */
  readonly url: string
  /** The store's folder, or the address of its database. */
  readonly place: string
  readonly store: StoreKind
  readonly declaration: Generation
  readonly mode: 'sync' | 'destroy'
  /** When it kills itself at a call to the file system. */
  readonly disk?: DiskMoment
  readonly leaseTermMs: number
  /** How many runs and plans are kept. Default: 12. */
  readonly keep?: number
}
