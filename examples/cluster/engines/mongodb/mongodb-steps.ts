import { addMember, removeMember } from './members.ts'
import { startBalancer, stopBalancer } from './balancer.ts'
import { setFeatureCompatibility } from './feature-compatibility.ts'
import { initiateReplicaSet } from './initiate-replica-set.ts'
import { makeDataDirectory } from './make-data-directory.ts'
import { addShard, removeShard } from './shards.ts'
import { stepDown } from './step-down.ts'

/** What is done with MongoDB beside processes and files. */
export const mongodbSteps = { makeDataDirectory, initiateReplicaSet, addMember, removeMember, stepDown, addShard, removeShard, setFeatureCompatibility, stopBalancer, startBalancer }
