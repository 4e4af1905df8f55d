import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCli, type CliOptions } from 'convergent/cli'
import { memoryIo } from '../cli/memory-io.ts'

/** What a command printed, with folder, address, ids and times by what they are. */
export interface Told {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** How a command is run besides its words. */
export interface Surroundings {
  /** A variable that is undefined is not set. Default: access to the server. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: nothing. */
  readonly stdin?: string
}

/** A command line in a folder of its own. */
export interface Desk {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  /** Runs a command in the folder; a word that is a file of it stands for that. */
  readonly run: (command: readonly string[], surroundings?: Surroundings) => Promise<Told>
  readonly write: (name: string, content: string | Uint8Array) => void
  readonly close: () => Promise<void>
}

/** Which host, and what is particular to it. */
export interface DeskOptions {
  readonly cliOptions: CliOptions
  readonly server: { readonly url: string; readonly close: () => Promise<void> }
  readonly env: Readonly<Record<string, string>>
  /** A word that is a file or folder of the desk. */
  readonly fileWord: RegExp
  /** The flag that names the folder of states. Default: `--state-dir`. */
  readonly stateFlag?: string
  /** Flags that are added where a command does not say them itself, with their values. Default: none. */
  readonly added?: Readonly<Record<string, string>>
  /** The same text for every run. Default: `blurTold`. */
  readonly blur?: (text: string) => string
}

/** The same text for every run: ids and times by what they are. */
export function blurTold(text: string): string {
  return text
    .replace(/\b([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})\b/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/ in [\d.]+ m?s\b/g, ' in <while>')
    .trim()
}

/** Opens one; close it, which closes the server too. */
export function openDesk({ cliOptions, server, env, fileWord, stateFlag = '--state-dir', added = {}, blur = blurTold }: DeskOptions): Desk {
  const folder = mkdtempSync(join(tmpdir(), `${cliOptions.name}-newcomer-`))
  const state = join(folder, '.convergent')
  const flags = { ...added, [stateFlag]: state }
  const tidy = (text: string): string => blur(text.replaceAll(server.url, '<url>').replaceAll(` ${stateFlag} ${state}`, '').replaceAll(`${folder}/`, ''))
  return {
    folder,
    env,
    write: (name, content) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), content)
    },
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true })
    },
    run: async (command, { env: changes = {}, stdin = '' } = {}) => {
      const given = Object.entries({ ...env, ...changes }).filter(([, value]) => value !== undefined)
      const io = memoryIo({ env: Object.fromEntries(given) as Record<string, string>, stdin })
      const words = command.map((word) => (fileWord.test(word) ? join(folder, word) : word))
      const rest = Object.entries(flags).flatMap(([flag, value]) => (command.includes(flag) ? [] : [flag, value]))
      const code = await createCli(cliOptions).run([...words, ...rest], io)
      return { code, out: tidy(io.out()), err: tidy(io.err()) }
    },
  }
}
