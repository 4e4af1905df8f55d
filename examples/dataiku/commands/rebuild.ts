import { memoryStore, type Resource } from 'convergent'
import type { CliRunCommand, CliRunContext } from 'convergent/cli'
import { fileStore } from 'convergent/node'
import { readState, resetState } from 'convergent/state'
import { connect } from '../connect.ts'
import { adopt, planAdoption } from '../import/adopt.ts'
import { claim } from '../import/claim.ts'
import { readProject } from '../import/read-project.ts'
import { loadDataiku } from '../input/load.ts'

/** `rebuild -e prod -c fleet.yaml`, or `rebuild FLEET -e prod`: a state that was lost or damaged, made anew from the server. */
export const rebuildCommand: CliRunCommand = {
  description: 'make the state anew from the server: of what files declare, or of everything in some projects',
  arguments: [{ name: '[project...]', description: 'keys of projects of which everything is ours' }],
  run: async (paths, context) => {
    const { stack, signal } = context
    const declared = await readDeclared(paths, context)
    const keys = [...new Set([...context.arguments, ...declared.filter(({ type }) => type === 'Project').map(({ name }) => name), ...declared.map(({ inputs }) => String(inputs['projectKey']))])].sort()
    if (keys.length === 0) throw new Error('rebuild needs to know what is ours: name projects, or files with --config')
    const provider = connect(context)
    const store = fileStore(context.stateDir)
    const { state } = await readState({ store, stack })
    const reads = await Promise.all(keys.map((key) => readProject(key, { provider, signal, recorded: state?.resources })))
    const ours = claim(reads.flatMap(({ resources }) => resources), context.arguments, declared)
    const all = [...listOthers(ours), ...ours]
    // What cannot be recorded leaves the state as it is.
    await planAdoption(all, { provider, store: memoryStore(), stack, signal })
    const { forgotten } = await resetState({ store, stack, signal, holder: 'rebuild' })
    const adoption = { provider, store, stack, holder: 'rebuild', signal }
    await adopt(await planAdoption(all, adoption), adoption)
    for (const each of reads.flatMap((read) => read.leftOut)) context.remark(`left out: ${each}`)
    const addresses = new Set(ours.map(({ type, name }) => `${type}/${name}`))
    for (const { type, name } of declared) if (!addresses.has(`${type}/${name}`)) context.remark(`not there: ${type}/${name}; the next plan creates it`)
    context.print(`the state of ${stack} has ${ours.length} objects of ${keys.join(', ')} now, it had ${forgotten.length}; nothing was changed on the server, and a copy of the old state is kept`)
    return 0
  },
}

async function readDeclared(paths: readonly string[], { env, readStdin }: CliRunContext): Promise<readonly Resource[]> {
  if (paths.length === 0) return []
  const stdin = paths.includes('-') ? { stdin: await readStdin() } : {}
  return loadDataiku(paths, { env, ...stdin }).filter(({ external }) => external !== true)
}

/** What ours refer to and is not ours. */
function listOthers(ours: readonly Resource[]): readonly Resource[] {
  const addresses = new Set(ours.map(({ type, name }) => `${type}/${name}`))
  const others = new Set(ours.flatMap(({ dependsOn = [] }) => dependsOn).filter((address) => !addresses.has(address)))
  const projects = [...others].filter((address) => address.startsWith('Dataset/')).map((address) => `Project/${(address.split('/')[1] as string).split('.')[0] as string}`)
  return [...new Set([...projects.filter((address) => !addresses.has(address)), ...others])].map((address) => {
    const [type, name] = address.split('/') as [string, string]
    return { type, name, external: true, inputs: { id: name } }
  })
}
