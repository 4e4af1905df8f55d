import { defineProvider, type FaultKind } from 'convergent'
import { HostError } from './hosts/host-error.ts'
import { operations } from './operations/operations.ts'

/** What convergent is given: there are no resources here, all is done by operations. */
export const clusterProvider = defineProvider({ name: 'cluster', types: {}, operations, classify })

/** A program that ended with another code did not do what it should; one that was lost on its way may have. */
function classify(error: unknown): FaultKind | undefined {
  return error instanceof HostError ? (error.isAmbiguous ? 'ambiguous' : 'fatal') : undefined
}
