import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { measureProcess, type ProcessCost } from './process-cost.ts'
import { makeScratch } from './scratch.ts'

const QUIET = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' }

/** Applies so many `terraform_data` resources, which do nothing, with a local state. What `init` takes does not count. */
export async function measureTerraform(size: number, concurrency: number, limitMs: number): Promise<ProcessCost> {
  const scratch = await makeScratch()
  try {
    const things = Object.fromEntries(Array.from({ length: size }, (_, at) => [`r${at}`, { input: { size: 1 } }]))
    await writeFile(join(scratch.folder, 'main.tf.json'), JSON.stringify({ resource: { terraform_data: things } }))
    await measureProcess(['terraform', 'init', '-no-color'], scratch.folder, 60_000, QUIET)
    return await measureProcess(['terraform', 'apply', '-auto-approve', '-no-color', `-parallelism=${concurrency}`], scratch.folder, limitMs, QUIET)
  } finally {
    await scratch.remove()
  }
}

/** The version on the PATH; undefined where there is none. */
export async function findTerraform(): Promise<string | undefined> {
  const scratch = await makeScratch()
  try {
    const { output } = await measureProcess(['terraform', 'version'], scratch.folder, 30_000, QUIET)
    return /Terraform v(\S+)/.exec(output)?.[1]
  } catch {
    return undefined
  } finally {
    await scratch.remove()
  }
}
