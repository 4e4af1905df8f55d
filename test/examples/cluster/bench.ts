import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../examples/cluster/cli.ts'
import { memoryIo } from '../../cli/memory-io.ts'

/** Long enough on a busy machine. */
export const PATIENCE_MS = 120_000

/** The password of every cluster of these tests. */
export const PASSWORD = 'correct-horse-9'

/** What one command came to. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A folder for data and state, ports, and the host's command line on one topology. */
export interface Bench {
  readonly folder: string
  readonly ports: readonly number[]
  /** Writes the topology that later commands are about: `DIR` and `PORT1`, `PORT2`, … stand for what is the bench's own. */
  describe(yaml: string): void
  /** Runs a command; throws where another exit code comes of it. */
  run(expected: number, ...command: readonly string[]): Promise<Outcome>
  /** The same, with somebody at the terminal, who gives these answers. */
  runAsked(expected: number, answers: readonly string[], ...command: readonly string[]): Promise<Outcome>
  /** A text with what differs from run to run made the same. */
  normalise(text: string): string
  /** What is still there of the bench's folder: processes, listening ports, files beside its state. */
  leftovers(): Promise<readonly string[]>
  close(): Promise<void>
}

/** Files of the tests themselves. */
const OURS: readonly string[] = ['state', 'topology.yaml', 'plan.json']

/** Who databases run as in these tests; nothing where they run as we do. */
export const USER_LINE = process.getuid?.() === 0 ? 'user: nobody\n' : ''

/** `portCount`: ports that nobody listens on, low enough for Redis to take another one 10,000 above each. */
export async function setUpBench(portCount: number, env: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-cluster-'))
  // Where we are root, databases run as somebody else, who has to get there.
  chmodSync(folder, 0o755)
  const ports = await findPorts(portCount)
  const file = join(folder, 'topology.yaml')
  const stateDir = join(folder, 'state')
  const run = async (expected: number, command: readonly string[], answers?: readonly string[]): Promise<Outcome> => {
    const io = memoryIo({ env: { PASSWORD, ...env }, ...(answers && { answers }) })
    const code = await createCli(cliOptions).run([...command, '-f', file, '--state-dir', stateDir], io)
    if (code !== expected) throw new Error(`${command.join(' ')}: exit code ${code}, expected ${expected}\n${io.out()}\n${io.err()}`)
    return { code, out: io.out(), err: [io.err(), ...io.questions].join('') }
  }
  return {
    folder,
    ports,
    describe: (yaml) => writeFileSync(file, yaml.replaceAll('DIR', folder).replaceAll(/PORT(\d+)/g, (_, number: string) => String(ports[Number(number) - 1]))),
    run: (expected, ...command) => run(expected, command),
    runAsked: (expected, answers, ...command) => run(expected, command, answers),
    normalise: (text) => normalise(text, folder, ports),
    leftovers: async () => [...listProcesses(folder), ...listPorts(ports), ...(existsSync(folder) ? readdirSync(folder) : []).filter((name) => !OURS.includes(name))],
    close: async () => {
      for (const process_ of listProcesses(folder)) process.kill(Number(process_.split(' ')[0]), 'SIGKILL')
      for (let looks = 0; listProcesses(folder).length > 0 && looks < 1_000; looks++) await new Promise(setImmediate)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function findPorts(count: number): Promise<readonly number[]> {
  const found: number[] = []
  for (let port = 20_000 + (process.pid % 1_000) * 20; found.length < count; port++) if ((await isFree(port)) && (await isFree(port + 10_000))) found.push(port)
  return found
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1')
  const isListening = await once(probe, 'listening').then(() => true, () => false)
  probe.close()
  return isListening
}

/** Living processes that name the folder in their command line, or work in it. */
export function listProcesses(folder: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return command !== '' && (command.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)) ? [`${pid} ${command}`] : []
    } catch {
      return []
    }
  })
}

function listPorts(ports: readonly number[]): readonly string[] {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(1) : []))
  const listening = new Set(lines.map((line) => line.trim().split(/\s+/)).filter(([, , , state]) => state === '0A').map(([, local]) => Number.parseInt(local?.split(':')[1] ?? '', 16)))
  return ports.flatMap((port) => [port, port + 10_000]).filter((port) => listening.has(port)).map((port) => `port ${port}`)
}

function normalise(text: string, folder: string, ports: readonly number[]): string {
  const ids = new Map<string, string>()
  const numbered = ports.reduceRight((all, port, at) => all.replaceAll(String(port + 10_000), `BUS${at + 1}`).replaceAll(String(port), `PORT${at + 1}`), text.replaceAll(folder, 'DIR'))
  return sortPhases(numbered)
    .replaceAll(/PORT(\d)-PORT\d\b/g, 'PORT$1…')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => {
      const known = ids.get(id) ?? `id-${ids.size + 1}`
      ids.set(id, known)
      return known
    })
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)')
    .replaceAll(/(?<!about |most |min |[\d.])\b(?:\d+ min )?\d+(?:\.\d)? m?s\b/g, '(ms)')
    .replaceAll(/\b[0-9a-f]{64}\b/g, '(checksum)')
    .replaceAll(/SHA-256 [0-9a-f]+…/g, 'SHA-256 (hash)')
    .replaceAll(/(available: |size: )[\d.]+ [KMGT]iB/g, '$1(amount)')
    .replaceAll(/is reached as \S+ \(system: "[^"]*"\)/g, 'is reached')
    .replaceAll(/by \S+ \(process \d+\)/g, 'by (holder)')
    // A table is as wide as its process ids.
    .replaceAll(/^(?:instance|pg-|redis-).* {2,}.*$/gm, (row) => row.replaceAll(/ {2,}/g, '  ').replace(/(running {2})\d+/, '$1(pid)'))
    .replaceAll(/\b\d+ bytes to replay/g, '(n) bytes to replay')
    // What is told while somebody waits depends on how long it takes.
    .replaceAll(/^(?:verifyHealth|waitForProcess|rebalance)[^:\n]*: (?!running|taking back).*\n/gm, '')
}

/** Phases whose operations need not wait for each other come in any order: by what was learned of how long they take. */
const UNORDERED = ['prepare', 'configure', 'start', 'initialise', 'stop', 'remove']

function sortPhases(text: string): string {
  return text.replaceAll(/^(phase (\S+) started\n)([\s\S]*?)(?=^phase \2 finished)/gm, (whole, head: string, phase: string, lines: string) => {
    if (!UNORDERED.includes(phase)) return whole
    const instanceOf = (line: string): string => /[a-z]\/([^:]+):/i.exec(line)?.[1] ?? ''
    const sorted = lines.split('\n').filter((line) => line !== '').map((line) => line.replace(/^\[\d+\//, '[·/')).sort((a, b) => (instanceOf(a) < instanceOf(b) ? -1 : instanceOf(a) > instanceOf(b) ? 1 : 0))
    return `${head}${sorted.join('\n')}${sorted.length > 0 ? '\n' : ''}`
  })
}
