import type { ErrorRecord } from './errors.ts'
import type { Fields } from './json.ts'

/** An object as the backend shows it just now, its fields named as in the inputs. */
export interface Observed {
  /** The backend's own identifier. */
  readonly id: string
  /** All that the backend returns, declared fields and server-set ones, in the shape of the inputs. */
  readonly outputs: Fields
  /** The backend's own mark that this is ours (a label, say). Absent where the backend has no marks. */
  readonly owned?: boolean
  /** The backend's own mark that this is protected. Absent where it has none. */
  readonly protected?: boolean
  /** The id of the object it lives in, where a list shows the children of many. Default: the parent that was asked for. */
  readonly parentId?: string
  /** A name for people and for the address of what nobody declared. Default: the natural key, else the id. */
  readonly name?: string
}

/** What a read came to. Reads never guess: absence is proven, or it is an error. */
export type Reading =
  | {
      /** Tells the answers apart. */
      readonly kind: 'present'
      /** The resource type. */
      readonly type: string
      /** As the backend shows it. */
      readonly observed: Observed
      /** False: from a list that shows only a part of each object, so absent fields mean nothing. */
      readonly whole: boolean
      /** The id of the object it lives in, for types with a parent. */
      readonly parentId?: string
    }
  | {
      /** Tells the answers apart. */
      readonly kind: 'absent'
      /** The resource type. */
      readonly type: string
      /** The backend's own identifier. */
      readonly id: string
    }
  | {
      /** Tells the answers apart. */
      readonly kind: 'unreadable'
      /** The resource type. */
      readonly type: string
      /** One object; absent: all of the type. */
      readonly id?: string
      /** The objects of the type that live in this one. */
      readonly parentId?: string
      /** What went wrong. */
      readonly error: ErrorRecord
    }
