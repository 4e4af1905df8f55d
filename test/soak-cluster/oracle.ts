import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Place, PlacedInstance } from './place.ts'
import { askPostgres } from './postgres-oracle.ts'
import { describeProcess, listening, openFile, processesOf, type Seen } from './processes.ts'
import { askRedis } from './redis-oracle.ts'

const SETTLE_MS = 3_000
const POLL_MS = 50
/** What is in the log of an instance once for each of its starts. */
const STARTED = { postgres: 'starting PostgreSQL', redis: 'Redis is starting' } as const

/** Compares what runs with what is declared, without a word from the host program: one line for each thing that is wrong. */
export async function checkCluster(place: Place): Promise<readonly string[]> {
  const faults = await settle(() => [...checkProcesses(place), ...checkPorts(place, true)])
  return [...faults, ...place.instances.flatMap((instance) => checkStarts(place, instance)), ...(await (place.engine === 'postgres' ? askPostgres : askRedis)(place))]
}

/** Nothing is left but what the host program keeps of its runs. */
export async function checkNothingLeft(place: Place): Promise<readonly string[]> {
  return settle(() => [
    ...processesOf(place.folder).map((seen) => `left over: ${describeProcess(seen)}`),
    ...checkPorts(place, false),
    ...readdirSync(place.folder).filter((name) => name !== 'state' && name !== 'soak.yaml').map((name) => `left over: ${name}: ${listFiles(join(place.folder, name)).join(', ')}`),
    // What was cut off before it had its name is overwritten by the next one.
    ...listFiles(join(place.stateDir, 'clusters')).filter((name) => !name.endsWith('.new')).map((name) => `left over: state/clusters/${name}`),
  ])
}

/** Exactly one process for each instance, and beside them only what these have started. */
function checkProcesses({ folder, instances }: Place): readonly string[] {
  const all = processesOf(folder)
  const mains = new Map(instances.map((instance) => [instance, all.filter((seen) => openFile(seen.pid, 9) === `${instance.directory}/process.lock` && isMain(seen, all))]))
  const known = new Set([...mains.values()].flat().map(({ pid }) => pid))
  const strangers = all.filter(({ pid, parent }) => !known.has(pid) && !known.has(parent))
  return [
    ...[...mains].flatMap(([{ name, directory }, found]) => {
      const [main] = found
      if (main === undefined || found.length !== 1) return [`${name} is ${found.length} processes: ${found.map(describeProcess).join('; ')}`]
      const recorded = Number(look(`${directory}/process.pid`))
      return [
        ...(recorded === main.pid ? [] : [`${name} is process ${main.pid}, its pid file says ${recorded}`]),
        ...(main.session === main.pid && main.group === main.pid ? [] : [`${name} has no session of its own: ${describeProcess(main)}`]),
        ...(existsSync(`${directory}/data/postmaster.pid`) && Number.parseInt(look(`${directory}/data/postmaster.pid`), 10) !== main.pid ? [`${name}: its postmaster.pid is of somebody else`] : []),
      ]
    }),
    ...strangers.map((seen) => `left over: ${describeProcess(seen)}`),
  ]
}

/** Children have the lock as well; the one whose parent has it not is the instance. */
function isMain({ parent }: Seen, all: readonly Seen[]): boolean {
  return !all.some(({ pid }) => pid === parent)
}

function checkPorts({ instances }: Place, isUp: boolean): readonly string[] {
  const ports = listening()
  return instances.filter(({ port }) => ports.has(port) !== isUp).map(({ name, port }) => (isUp ? `nobody listens on ${port} for ${name}` : `somebody listens on ${port}, which was of ${name}`))
}

/** Nothing was repaired, so each instance has begun to run once. */
function checkStarts({ engine }: Place, { name, directory }: PlacedInstance): readonly string[] {
  const starts = look(`${directory}/process.log`).split(STARTED[engine]).length - 1
  return starts === 1 ? [] : [`${name} was started ${starts} times, by its own log`]
}

/** What dies takes its moment: what is still wrong after a while is a fault. */
async function settle(check: () => readonly string[]): Promise<readonly string[]> {
  for (const untilMs = performance.now() + SETTLE_MS; ; ) {
    const faults = check()
    if (faults.length === 0 || performance.now() >= untilMs) return faults
    await sleep(POLL_MS)
  }
}

function listFiles(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String).slice(0, 10) : []
}

function look(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
