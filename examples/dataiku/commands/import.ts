import { existsSync } from 'node:fs'
import { OpenRunError, type Resource } from 'convergent'
import type { CliRunCommand, CliRunContext } from 'convergent/cli'
import { fileStore } from 'convergent/node'
import { readState } from 'convergent/state'
import { connect } from '../connect.ts'
import { adopt, planAdoption } from '../import/adopt.ts'
import { readProject } from '../import/read-project.ts'
import { writeYaml } from '../import/write-yaml.ts'
import { parseDataiku } from '../input/load.ts'
import { writeOwn } from '../write-own.ts'

/** `import FLEET -e prod -c fleet.yaml`: writes the YAML of what is there, and records it as ours. */
export const importCommand: CliRunCommand = {
  description: 'take over projects that exist, with everything in them: write their YAML, and record them',
  arguments: [{ name: '<project...>', description: 'keys of the projects' }],
  flags: [{ flags: '--overwrite', description: 'write the YAML where a file is already' }],
  run: async (paths, context) => {
    const keys = context.arguments
    const path = pickPath(paths, keys, context)
    const provider = connect(context)
    const { stack, signal } = context
    const store = fileStore(context.stateDir)
    const { state, openRun } = await readState({ store, stack })
    if (openRun !== undefined) throw new OpenRunError(stack, openRun)
    const reads = await Promise.all(keys.map((key) => readProject(key, { provider, signal, recorded: state?.resources })))
    const { text, leftOut } = writeYaml(reads.flatMap(({ resources }) => resources), `Imported from ${keys.join(', ')}; what is not here stays as the server has it.`)
    // What is recorded is what the file says, and nothing else.
    const resources: readonly Resource[] = parseDataiku(text, path, { env: context.env })
    const adoption = { provider, store, stack, holder: 'import', signal }
    const changes = await planAdoption(resources, adoption)
    // Variables of a project may be secrets.
    await writeOwn(path, text)
    await adopt(changes, adoption)
    for (const each of [...reads.flatMap((read) => read.leftOut), ...leftOut]) context.remark(`left out: ${each}`)
    context.print(`${countTypes(resources)} of ${keys.join(', ')} ${resources.length === 1 ? 'is' : 'are'} in ${path} and recorded for ${context.stack}; nothing was changed on the server`)
    return 0
  },
}

function pickPath(paths: readonly string[], keys: readonly string[], { flags }: CliRunContext): string {
  const [path = `${keys.join('-').toLowerCase()}.yaml`, ...others] = paths
  if (others.length > 0 || path === '-') throw new Error(`import writes one file, found ${paths.join(', ')}; name one with --config`)
  if (flags['overwrite'] !== true && existsSync(path)) throw new Error(`${path} is there already; name another file with --config, or say --overwrite`)
  return path
}

function countTypes(resources: readonly Resource[]): string {
  const counts = new Map<string, number>()
  for (const { type, external } of resources) if (external !== true) counts.set(type, (counts.get(type) ?? 0) + 1)
  return [...counts].map(([type, count]) => `${count} ${type.toLowerCase()}${count === 1 ? '' : 's'}`).join(', ')
}
