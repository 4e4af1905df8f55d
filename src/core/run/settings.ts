import type { HookTest } from './course.ts'
import type { PaceSettings } from './pace.ts'

/** What a run is told before it begins. */
export interface RunSettings extends PaceSettings {
  readonly runId: string
  readonly onFailure: 'stop' | 'continue'
  readonly commit: 'each' | 'success'
  /** True: the host is asked what to do about a failure. Default: false, `onFailure` says it. */
  readonly decides?: boolean
  /** Groups with writes of earlier runs, or earlier processes of this one, that are not effective yet. Default: none. */
  readonly unsettled?: readonly string[]
  /** True: what fails is taken back, and settled then. Default: false. */
  readonly takesBack?: boolean
  /** Tells the events at which something of the host's runs. Default: none. */
  readonly hasHook?: HookTest
}
