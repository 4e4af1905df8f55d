import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../examples/konnect/cli.ts'
import { startKonnect, type KonnectServer } from '../../../examples/konnect/server/start.ts'
import { memoryIo } from '../../cli/memory-io.ts'

const shared = fileURLToPath(new URL('../../../../shared', import.meta.url))

/** The real inputs, where they are. */
export const inputs = join(shared, 'inputs/konnect')
/** The vendor's description of the API, where it is. */
export const openApiPath = join(shared, 'vendor/konnect/openapi.json')
/** False: a test that needs them says that it skips. */
export const hasShared = existsSync(inputs)
if (!hasShared) console.log(`skipped: the real inputs are not at ${inputs}`)

/** What one command came to. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A local Konnect, a folder for state, and the host's command line against them. */
export interface Bench {
  readonly server: KonnectServer
  readonly folder: string
  /** Runs a command; the state is in the bench's folder unless the command names another. */
  run(...command: readonly string[]): Promise<Outcome>
  /** The same with other environment variables. */
  runWith(env: Record<string, string>, ...command: readonly string[]): Promise<Outcome>
  /** Requests that changed something, since the last time it was asked. */
  writes(): string[]
  /** Every byte of the state, to see that nothing was written; claims of the lease aside. */
  stateBytes(): string
  close(): Promise<void>
}

/** `pageSize`: most objects on a page; default 3, so that every list has pages. */
export async function setUpBench(pageSize = 3): Promise<Bench> {
  const server = await startKonnect({ token: 'local', pageSize })
  const folder = mkdtempSync(join(tmpdir(), 'convergent-konnect-'))
  let seen = 0
  const runWith = async (env: Record<string, string>, ...command: readonly string[]): Promise<Outcome> => {
    const io = memoryIo({ env: { KONNECT_URL: server.url, KONNECT_TOKEN: 'local', ...env } })
    const state = command.includes('--state-dir') ? [] : ['--state-dir', join(folder, 'state')]
    const code = await createCli(cliOptions).run([...command, ...state], io)
    return { code, out: io.out(), err: io.err() }
  }
  return {
    server,
    folder,
    run: (...command) => runWith({}, ...command),
    runWith,
    writes: () => {
      const fresh = server.requests.slice(seen)
      seen = server.requests.length
      return fresh.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
    },
    stateBytes: () => readAll(join(folder, 'state')),
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function readAll(folder: string): string {
  if (!existsSync(folder)) return ''
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('lease'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => `${file}\n${readFileSync(file, 'utf8')}`)
    .join('\n')
}
