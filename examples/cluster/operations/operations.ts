import { declareOperations, defineOperations } from 'convergent/operations'
import { mongodbSteps } from '../engines/mongodb/mongodb-steps.ts'
import { postgresSteps } from '../engines/postgres/steps.ts'
import { rebalance } from '../engines/redis/rebalance.ts'
import { assignSlots, failOver, followPrimary, forgetNode, joinCluster } from '../engines/redis/steps.ts'
import { createDirectory } from './create-directory.ts'
import { fetchBinary } from './fetch-binary.ts'
import { removeDirectory } from './remove-directory.ts'
import { saveMetadata } from './save-metadata.ts'
import { startProcess, stopProcess } from './start-process.ts'
import { removeBinary, uploadBinary } from './upload-binary.ts'
import { verifyHealth } from './verify-health.ts'
import { waitForProcess } from './wait-for-process.ts'
import { writeConfiguration } from './write-configuration.ts'

/** All that is done with a cluster. */
export const operations = defineOperations({
  fetchBinary,
  uploadBinary,
  createDirectory,
  writeConfiguration,
  startProcess,
  waitForProcess,
  verifyHealth,
  saveMetadata,
  stopProcess,
  removeDirectory,
  removeBinary,
  ...postgresSteps,
  joinCluster,
  assignSlots,
  followPrimary,
  failOver,
  forgetNode,
  rebalance,
  ...mongodbSteps,
})

/** Declares one of them, with its parameters checked by the compiler. */
export const declare = declareOperations(operations)
