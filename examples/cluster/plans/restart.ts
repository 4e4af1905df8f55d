import { DeclarationError } from 'convergent'
import { rolling, type DeclaredOperation, type DeclaredPhase } from 'convergent/operations'
import type { Cluster, Instance } from '../cluster.ts'
import type { Answer } from '../engines/engine.ts'
import { engineOf } from '../engines/engines.ts'
import { declare } from '../operations/operations.ts'
import { saveCluster } from './deploy.ts'
import { refuseOtherInstances } from './refuse-moves.ts'
import type { RollingStep } from './engine-plan.ts'
import { planOf } from './engine-plans.ts'
import { chain, configure, describeProcess, fetchPrograms, startAndWait, verifyAfter } from './steps.ts'

/** Restarts one instance after the other, with the configuration that is declared; the next waits until the cluster is healthy. */
export function planRestart(cluster: Cluster, from: Cluster, answers: ReadonlyMap<string, Answer>, stateDir: string): readonly DeclaredPhase[] {
  refuseOtherInstances(cluster, from)
  return [
    { name: 'restart', description: 'one after the other, healthy in between', operations: rollOver(cluster, from, answers) },
    { name: 'save', description: 'write down what runs where', operations: [saveCluster(cluster, stateDir)] },
  ]
}

/** Runs other programs, one instance after the other. `from`: what runs now. */
export function planUpgrade(cluster: Cluster, from: Cluster, answers: ReadonlyMap<string, Answer>, stateDir: string): readonly DeclaredPhase[] {
  if (cluster.binary.sha256 !== undefined && cluster.binary.sha256 === from.binary.sha256) return []
  refuseUpgrade(cluster, from)
  const finish = planOf(cluster.engine).finishUpgrade(cluster)
  return [
    { name: 'prepare', description: `${from.binary.name} becomes ${cluster.binary.name}`, operations: fetchPrograms(cluster, cluster.instances) },
    { name: 'upgrade', description: 'one after the other, healthy in between', operations: rollOver(cluster, from, answers) },
    ...(finish.length > 0 ? [{ name: 'finish', description: 'what only the new version knows', operations: finish }] : []),
    { name: 'save', description: 'write down what runs where', operations: [saveCluster(cluster, stateDir)] },
  ]
}

/** The new programs have to read what the old ones wrote. */
function refuseUpgrade(cluster: Cluster, from: Cluster): void {
  refuseOtherInstances(cluster, from)
  const problem = engineOf(cluster.engine).refuseUpgrade?.(from.binary.version, cluster.binary.version)
  if (problem !== undefined) throw new DeclarationError([{ code: 'unsupported', path: ['binary'], message: problem }])
}

function rollOver(cluster: Cluster, from: Cluster, answers: ReadonlyMap<string, Answer>): readonly DeclaredOperation[] {
  const each = ({ instance, before, after }: RollingStep): readonly DeclaredOperation[] => {
    const old = from.instances.find(({ name }) => name === instance.name) as Instance
    const stop = declare.stopProcess(instance.name, describeProcess(from, old))
    // Its files are changed while it does not run: what it wrote there itself is not mixed with what we write.
    const down = chain([...before, stop, configure(cluster, instance)])
    const [start, wait] = startAndWait(cluster, instance, down.slice(-1))
    return [...down, start, wait, ...chain(after, [wait])]
  }
  return rolling(planOf(cluster.engine).rollOver(cluster, answers), {
    size: 1,
    each,
    verify: (steps) => verifyAfter(cluster, steps.map(({ instance }) => instance)),
  })
}

