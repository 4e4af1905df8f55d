import * as z from 'zod'
import { ProviderError, defineType, type Observed, type ReadContext, type ResourceType } from 'convergent'
import type { HttpClient } from 'convergent/rest'
import { NODE_ID, pathOfNode } from '../node-path.ts'

const refuse = async (): Promise<never> => {
  throw new ProviderError('fatal', 'a Node is a LogPoint of a pool: it is declared as external, and never created, changed or deleted')
}

/** A LogPoint of a pool, which everything else lives in. Its id is `{pool}/{logpoint}`. No API lists them. */
export function defineNode(client: HttpClient): ResourceType {
  const read = async ({ id }: { readonly id: string }, context: ReadContext): Promise<Observed | undefined> => {
    if (!NODE_ID.test(id)) throw new ProviderError('fatal', `a Node has the id "{pool UUID}/{logpoint identifier}", found ${JSON.stringify(id)}`)
    try {
      await client.request({ method: 'GET', path: `${pathOfNode(id)}/Repos/RepoPaths` }, context)
      return { id, outputs: {} }
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'not-found') return undefined
      throw error
    }
  }
  const type = defineType({
    schema: z.strictObject({}),
    removal: 'forget',
    read,
    create: refuse,
    update: refuse,
    delete: refuse,
  })
  return type as unknown as ResourceType
}
