import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCli } from 'convergent/cli'
import { cliOptions } from '../../../../examples/opnsense/cli.ts'
import { startFirewall, type FirewallServer } from '../../../../examples/opnsense/server/start.ts'
import { memoryIo } from '../../../cli/memory-io.ts'

/** What a command printed, with folder, address, ids and times by what they are. */
export interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** How a command is run besides its words. */
export interface Surroundings {
  /** A variable that is undefined is not set. Default: access to the firewall. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: nothing. */
  readonly stdin?: string
}

/** A person at a command line, in a folder of their own, with a firewall that nobody has used yet. */
export interface Newcomer {
  readonly server: FirewallServer
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a command in the folder; a word that is a file of it stands for that. */
  readonly run: (command: readonly string[], surroundings?: Surroundings) => Promise<Told>
  readonly write: (name: string, content: string | Uint8Array) => void
  /** What is saved, what is live, and how often either was changed. */
  readonly look: () => unknown
  readonly close: () => Promise<void>
}

export const SECRET = 'a-secret-that-nobody-says'

/** A newcomer; close it. */
export async function openNewcomer(): Promise<Newcomer> {
  const server = await startFirewall({ key: 'a-key', secret: SECRET, latencyMs: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'opnsense-newcomer-'))
  const state = join(folder, '.convergent')
  const env = { OPNSENSE_URL: server.url, OPNSENSE_KEY: server.key, OPNSENSE_SECRET: server.secret }
  const tidy = (text: string): string =>
    text
      .replaceAll(server.url, '<url>')
      .replaceAll(` --state-dir ${state}`, '')
      .replaceAll(`${folder}/`, '')
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/ in [\d.]+ m?s\b/g, ' in <while>')
      .trim()
  return {
    server,
    folder,
    env,
    write: (name, content) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    },
    look: () => {
      const { saved, live, settles, revision } = server.state()
      return { saved, live, settles, revision }
    },
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
    run: async (command, { env: changes = {}, stdin = '' } = {}) => {
      const given = Object.entries({ ...env, ...changes }).filter(([, value]) => value !== undefined)
      const io = memoryIo({ env: Object.fromEntries(given) as Record<string, string>, stdin })
      const words = command.map((word) => (/^\w[\w/-]*(\.\w+|\/)$/.test(word) ? join(folder, word) : word))
      const code = await createCli(cliOptions).run([...words, '--state-dir', state], io)
      return { code, out: tidy(io.out()), err: tidy(io.err()) }
    },
  }
}
