import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { clusterSchema } from './cluster.ts'

/** What is written down of a cluster that was deployed. */
export const metadataSchema = z.strictObject({
  format: z.literal('cluster'),
  version: z.literal(1),
  /** As it was deployed last; what is declared may have moved on since. */
  cluster: clusterSchema,
})

export type Metadata = z.infer<typeof metadataSchema>

/** Where the metadata of a cluster is. */
export function metadataFile(stateDir: string, cluster: string): string {
  return resolve(join(stateDir, 'clusters', `${cluster}.json`))
}

/** What was deployed; undefined: nothing. */
export async function readMetadata(stateDir: string, cluster: string): Promise<Metadata | undefined> {
  const file = metadataFile(stateDir, cluster)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return metadataSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new Error(`${file} is not what was written there (${(error as Error).message.split('\n')[0]}); bring it back from a backup, or remove it and deploy again`)
  }
}
