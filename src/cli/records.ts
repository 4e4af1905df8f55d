import type { RecordedResource } from '../core/state.ts'
import type { Recorded } from '../engine/recorded.ts'

/** What is recorded, for people and programs that look at it. Secrets are in it as the state has them; the key of their digests is not. */
export interface Records {
  readonly stack: string
  readonly serial: number
  readonly lineage?: string
  readonly openRun?: string
  readonly unsettled?: readonly string[]
  readonly resources: readonly RecordedResource[]
}

/** Lists what is recorded, by address. */
export function listRecords(stack: string, { state, openRun }: Recorded): Records {
  return {
    stack,
    serial: state?.serial ?? 0,
    ...(state !== undefined && { lineage: state.lineage }),
    ...(openRun !== undefined && { openRun }),
    ...(state?.unsettled !== undefined && { unsettled: state.unsettled }),
    resources: [...(state?.resources.values() ?? [])].toSorted((a, b) => (a.address < b.address ? -1 : 1)),
  }
}

/** The same as JSON that people can read. */
export function recordsToJson(stack: string, recorded: Recorded): string {
  return JSON.stringify(listRecords(stack, recorded), null, 2)
}
