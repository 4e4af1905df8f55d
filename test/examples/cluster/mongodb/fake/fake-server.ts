import { existsSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { parse } from 'yaml'
import { Refusal } from './refusal.ts'
import { beginCompatibility, serverCommands } from './server-commands.ts'
import { keyOf, SERIES, seriesOf, type Command, type Self } from './server.ts'
import { setCommands } from './set-commands.ts'
import { shardCommands } from './shard-commands.ts'
import { serveWire, type Document } from './wire.ts'
import { withWorld, type World } from './world.ts'

/*
 * A stand-in for `mongod` and `mongos`, for machines that have neither: it reads their configuration file, speaks their wire
 * protocol on a real port, and answers as their documentation says they do. It keeps no data.
 */

/** How often a router looks whether its config servers are there. */
const LOOK_MS = 20

/** Which program it stands for, and where what all of them know is. */
export interface Program {
  readonly folder: string
  readonly program: string
  readonly release: string
}

export interface FakeServer {
  /** Settles as soon as it takes connections; a router waits for its config servers first. */
  readonly listening: Promise<void>
  /** Ends it as a kill would: nobody is told. */
  kill(): Promise<void>
}

/** The program ends, with this code. */
export class Exit extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

interface Configuration {
  readonly net: { readonly port: number; readonly bindIp: string }
  readonly storage?: { readonly dbPath: string }
  readonly replication?: { readonly replSetName: string }
  readonly sharding?: { readonly clusterRole?: string; readonly configDB?: string }
}

/** Starts one in this process. Throws `Exit` where the real one would not start. */
export function startServer({ folder, program, release }: Program, file: string): FakeServer {
  const { net, storage, replication, sharding } = parse(readFileSync(file, 'utf8')) as Configuration
  const isRouter = program === 'mongos'
  const self: Self = { address: `${net.bindIp}:${net.port}`, release, isRouter, setName: replication?.replSetName, clusterRole: sharding?.clusterRole }
  const commands: Readonly<Record<string, Command>> = isRouter ? { ...serverCommands, ...shardCommands } : { ...serverCommands, ...setCommands }

  if (isRouter !== (storage === undefined)) throw new Exit(2, 'storage is for mongod, and mongod alone')
  if (storage !== undefined && !existsSync(storage.dbPath)) throw new Exit(100, `NonExistentPath: Data directory ${storage.dbPath} not found. Create the missing directory or specify another path`)
  if (isRouter && sharding?.configDB === undefined) throw new Exit(2, 'error: no args for --configdb')
  if (!isRouter) checkData(folder, self)

  const sockets = new Set<Socket>()
  const server = serveWire((command) => answer(folder, commands, command, self)).on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  let isKilled = false
  const listening = new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Exit(48, `Failed to set up listener: ${error.message}`)))
    const configs = sharding?.configDB?.split('/')[0]
    const listenWhenReady = (): void => {
      if (isKilled) return
      if (configs !== undefined && withWorld(folder, (world) => world.sets[configs]?.primary === undefined)) return void setTimeout(listenWhenReady, LOOK_MS)
      server.listen(net.port, net.bindIp, () => {
        withWorld(folder, (world) => register(self, world))
        resolve()
      })
    }
    listenWhenReady()
  })
  return {
    listening,
    kill: async () => {
      isKilled = true
      withWorld(folder, ({ processes }) => delete processes[self.address])
      for (const socket of sockets) socket.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Data that is too old or too new for a program is not touched. */
function checkData(folder: string, self: Self): void {
  const found = withWorld(folder, (world) => (world.compatibility[keyOf(self)] ??= { version: seriesOf(self.release) }).version)
  const now = SERIES.indexOf(seriesOf(self.release))
  if (!SERIES.slice(Math.max(0, now - 1), now + 1).includes(found)) throw new Exit(62, `UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document: ${found}`)
}

function register({ address, release, setName, clusterRole }: Self, world: World): void {
  world.processes[address] = { pid: process.pid, release, ...(setName !== undefined && { set: setName }), ...(clusterRole !== undefined && { role: clusterRole }) }
  // Stepping down is forgotten with the process.
  for (const set of Object.values(world.sets)) delete set.blocked[address]
}

function answer(folder: string, commands: Readonly<Record<string, Command>>, given: Document, self: Self): Document | undefined {
  const name = Object.keys(given)[0] === 'ismaster' || Object.keys(given)[0] === 'isMaster' ? 'hello' : (Object.keys(given)[0] as string)
  if (name === 'endSessions') return { ok: 1 }
  return withWorld(folder, (world) => {
    const fault = takeFault(name, world)
    if (/^(replSet(?!Get)|add|remove|set|balancerSt[oa][pr])/.test(name)) world.history.push(name)
    if (fault === 'lost request') return undefined
    if (fault === 'half') return void beginCompatibility(String(given['setFeatureCompatibilityVersion']), self, world)
    if (fault === 'overtaken') for (const set of Object.values(world.sets)) set.config = { ...set.config, version: set.config.version + 1 }
    const reply = obey(commands, name, given, self, world)
    return fault === 'lost reply' ? undefined : reply
  })
}

function obey(commands: Readonly<Record<string, Command>>, name: string, given: Document, self: Self, world: World): Document {
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command === undefined) throw new Refusal(59, 'CommandNotFound', `no such command: '${name}'`)
    if (name !== 'hello' && given['$db'] !== 'admin') throw new Refusal(13, 'Unauthorized', `${name} may only be run against the admin database.`)
    return { ...command(given, self, world), ok: 1 }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ok: 0, errmsg: error.message, code: error.code, codeName: error.codeName }
  }
}

function takeFault(name: string, world: World): World['faults'][number]['kind'] | undefined {
  const at = world.faults.findIndex(({ command }) => command === name)
  return at < 0 ? undefined : world.faults.splice(at, 1)[0]?.kind
}
