import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliOptions } from '../../src/cli/cli-options.ts'
import { createCli } from '../../src/cli/create-cli.ts'
import type { Resource } from '../../src/core/resource.ts'
import { createFakeBackend, type FakeBackend } from '../../src/testing/fake-backend.ts'
import { memoryIo, type MemoryIo } from './memory-io.ts'

/** What one command came to. */
export interface Spoken extends MemoryIo {
  readonly code: number
}

/** A host with a fake backend, its files in a folder of its own. */
export interface Bench {
  readonly backend: FakeBackend
  readonly folder: string
  /** Writes what the file declares. */
  readonly declare: (...resources: readonly Resource[]) => void
  /** Runs a command with the file and the state folder filled in. */
  readonly run: (line: string, io?: MemoryIo) => Promise<Spoken>
}

/** Makes one. */
export function createBench(options: Partial<CliOptions> = {}): Bench {
  const backend = createFakeBackend()
  const folder = mkdtempSync(join(tmpdir(), 'convergent-cli-'))
  const file = join(folder, 'main.json')
  const cli = createCli({
    name: 'demo',
    version: '1.2.3',
    provider: backend.provider,
    load: async (paths, context) => ({ desired: await Promise.all(paths.map(async (path) => JSON.parse(path === '-' ? await context.readStdin() : readFileSync(path, 'utf8')) as Resource[])).then((lists) => lists.flat()) }),
    ...options,
  })
  return {
    backend,
    folder,
    declare: (...resources) => writeFileSync(file, JSON.stringify(resources)),
    run: async (line, io = memoryIo()) => {
      const argv = line.split(' ').filter((word) => word !== '').map((word) => word.replace('FILE', file).replace('DIR', folder))
      const isCommand = argv[0] !== undefined && !argv[0].startsWith('-')
      const code = await cli.run([...argv, ...(isCommand ? ['--state-dir', join(folder, 'state')] : [])], io)
      return { ...io, code }
    },
  }
}

/** A resource of the fake backend. */
export function named(name: string, inputs: Record<string, unknown> = {}): Resource {
  return { type: 'named', name, inputs: { name, ...inputs } }
}
