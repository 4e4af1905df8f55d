import { existsSync, readdirSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { openLine } from './leaky-line.ts'
import { listLeftovers, listProcesses } from './leftovers.ts'
import { loadScript } from './load-script.ts'
import { findLack } from './needs.ts'
import { findPlaces, type Places } from './places.ts'
import { runCommandLine, type CommandLine } from './run-command-line.ts'
import type { Script, Step } from './script.ts'
import { startSshd } from './sshd.ts'
import { openWorld, type World } from './world.ts'

/** What came of a fault. */
export interface Outcome {
  /** Why it did not run. */
  readonly lack?: string
  /** What was not as the script expects it. */
  readonly problems: readonly string[]
  /** What differs from run to run. */
  readonly places: Places
}

/** Plays a script for real, and removes all that it made. `print`: gets what is told, as it happens. `signal`: ends it early. */
export async function runFault(file: string, print: (text: string) => void, signal: AbortSignal): Promise<Outcome> {
  const { needs, fault, shows } = await loadScript(file)
  print(`# ${fault}\n${shows.trim().replaceAll(/^/gm, '# ')}\n`)
  const lack = findLack(needs)
  if (lack !== undefined) return { lack, problems: [], places: {} }
  // Where this is root, databases run as somebody else, who has to get there.
  const dir = await mkdtemp(join(tmpdir(), 'convergent-fault-'))
  await chmod(dir, 0o755)
  const sshd = needs.includes('sshd') ? await startSshd() : undefined
  const line = sshd && (await openLine(sshd.spec.ssh.port))
  try {
    const places = await findPlaces(dir, sshd && line && { ...sshd.spec.ssh, port: line.port })
    const script = await loadScript(file, places)
    return { problems: await play(script, places, openWorld(dir, script.topology.directory, line), print, signal), places }
  } finally {
    await line?.close()
    await sshd?.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function play({ topology, steps }: Script, places: Places, world: World, print: (text: string) => void, signal: AbortSignal): Promise<readonly string[]> {
  const { dir = '' } = places
  const commandLine: CommandLine = { file: join(dir, 'topology.yaml'), stateDir: join(dir, 'state'), print }
  // Whoever is not root runs databases as himself.
  const { user, ...others } = topology
  await writeFile(commandLine.file, stringify(process.getuid?.() === 0 && user !== undefined ? { user, ...others } : others, { lineWidth: 0 }))
  const problems: string[] = []
  try {
    // What comes after something that went wrong would go wrong by itself.
    for (const step of steps) {
      if (problems.length > 0 || signal.aborted) break
      problems.push(...(await perform(step, topology.directory, places, world, commandLine)))
    }
  } catch (error) {
    problems.push((error as Error).message)
  } finally {
    await world.release()
    if (lookForLeftovers(topology.directory, places).length > 0) await runCommandLine({ ...commandLine, print: () => undefined }, { run: 'destroy --auto-approve' }, world)
    problems.push(...lookForLeftovers(topology.directory, places).map((left) => `after destroy there is still ${left}`))
    for (const { pid } of listProcesses(dir)) process.kill(pid, 'SIGKILL')
    world.close()
  }
  if (signal.aborted) problems.push('it was interrupted')
  for (const problem of problems) print(`\n! ${problem}\n`)
  return problems
}

async function perform(step: Step, directory: string, places: Places, world: World, commandLine: CommandLine): Promise<readonly string[]> {
  const { print } = commandLine
  if (step.run !== undefined) return runCommandLine(commandLine, { ...step, run: step.run }, world)
  if (step.nothingLeft !== undefined) {
    const left = lookForLeftovers(directory, places)
    print(`\n* ${left.length === 0 ? 'no process, port or file of it is left' : 'something of it is left'}\n`)
    return left.map((what) => `there is still ${what}`)
  }
  if (step.noProcess !== undefined) {
    const found = listProcesses(step.noProcess)
    print(`\n* ${found.length === 0 ? 'no' : found.length} process${found.length > 1 ? 'es' : ''} with ${step.noProcess}\n`)
    return found.map(({ pid, command }) => `process ${pid} is still there: ${command}`)
  }
  if (step.entries !== undefined) {
    const { of, count } = step.entries
    const found = existsSync(of) ? readdirSync(of).filter((name) => !name.startsWith('.')) : []
    print(`\n* ${of} has ${found.length} ${found.length === 1 ? 'entry' : 'entries'}\n`)
    return found.length === count ? [] : [`${of} has ${found.length} entries (${found.join(', ')}), expected ${count}`]
  }
  print(`\n* ${await world.perform(step)}\n`)
  return []
}

function lookForLeftovers(directory: string, places: Places): readonly string[] {
  return listLeftovers(directory, Object.keys(places).filter((name) => name.startsWith('port')).map((name) => Number(places[name])))
}
