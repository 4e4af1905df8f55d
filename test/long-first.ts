import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that take long, by a part of their path. Begun first, they leave no worker idle in the end. */
const LONG = ['cluster/faults', 'cluster/redis', 'exhaustive', 'cluster/postgres', 'soak', 'conformance', 'package', 'lost-connection', 'konnect/load', 'mongodb/deploy', 'laws/', 'move-stack', 'lease', 'random']

/** The long ones first, in that order; the rest as always. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONG.findIndex((part) => moduleId.includes(part))
      return rank < 0 ? LONG.length : rank
    }
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b))
  }
}
