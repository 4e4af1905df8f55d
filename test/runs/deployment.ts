import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { DeclaredPhase } from '../../src/core/planning/operation-plan.ts'
import type { Hook } from '../../src/engine/operation/hook.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import { defineProvider } from '../../src/provider/define.ts'

/** A phase of the deployment. */
export type DeployPhase = 'prepare' | 'deploy' | 'verify'

/**
 * Services of two hosts, as files of a folder: a release is copied to each, each is started, and all are verified. How often
 * something is to fail stands in files too, so that it can be told to a program on a terminal.
 */
export function createDeployment(folder: string) {
  const path = (name: string): string => join(folder, name)
  const read = (name: string): string | undefined => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : undefined)
  const countDown = (name: string): boolean => {
    const left = Number(read(name) ?? '0')
    if (left > 0) writeFileSync(path(name), String(left - 1))
    return left > 0
  }
  const failIn = (phase: DeployPhase, host: string): void => {
    if (host === 'b' && countDown(`fails-in-${phase}`)) throw new Error(`host ${host} does not do what ${phase} asks`)
  }
  const host = z.string()
  const operations = defineOperations({
    copy: {
      schema: z.strictObject({ host, release: z.int() }),
      describe: ({ host, release }) => `copy release ${release} to ${host}`,
      expects: ({ host, release }) => [{ subject: `file ${host}.release`, action: read(`${host}.release`) === undefined ? 'create' : 'update', ...(read(`${host}.release`) !== undefined && { before: Number(read(`${host}.release`)) }), after: release }],
      estimate: () => ({ durationMs: 2_000, diskBytes: 3 << 20, downloadBytes: 1_600_000, basis: ['the size of the release'] }),
      isDone: async ({ host, release }) => read(`${host}.release`) === String(release),
      run: async ({ host, release }, { print }) => {
        print(`copying ${release}\n`)
        failIn('prepare', host)
        const before = read(`${host}.release`)
        writeFileSync(path(`${host}.release`), String(release))
        print('copied\n')
        return { changes: [{ subject: `file ${host}.release`, action: before === undefined ? 'create' : 'update', ...(before !== undefined && { before: Number(before) }), after: release }], value: { before: before ?? null } }
      },
      undo: async ({ host }, { result }) => {
        const { before } = result.value as { readonly before: string | null }
        if (before === null) rmSync(path(`${host}.release`))
        else writeFileSync(path(`${host}.release`), before)
      },
      checks: [
        { name: 'disk', run: () => ({ status: 'passed', details: { free: 10, required: 3 } }) },
        { name: 'checksum', required: false, run: ({ host }) => (host === 'a' ? 'there is none to compare with' : undefined) },
      ],
    },
    start: {
      schema: z.strictObject({ host }),
      describe: ({ host }) => `start the service on ${host}`,
      estimate: ({ host }) => ({ durationMs: 5_000, memoryBytes: 64 << 20, processes: { [host]: 2 }, ports: { [host]: [8000, 8001, 8002] } }),
      run: async ({ host }) => {
        failIn('deploy', host)
        writeFileSync(path(`${host}.running`), '')
      },
      undo: async ({ host }) => rmSync(path(`${host}.running`)),
      checks: [{ name: 'port', at: 'run', run: ({ host }) => (host === 'b' && countDown('denied-in-deploy') ? { status: 'failed', message: 'port 8000 is taken', details: { port: 8000, by: 'nginx' } } : undefined) }],
    },
    verify: {
      schema: z.strictObject({ hosts: z.array(host) }),
      describe: ({ hosts }) => `verify ${hosts.join(' and ')}`,
      run: async (_, { print }) => {
        print(Array.from({ length: 12 }, (__, line) => `line ${line + 1}\n`).join(''))
        failIn('verify', 'b')
      },
      idempotent: true,
    },
  })
  const { copy, start, verify } = declareOperations(operations)
  const phases: readonly DeclaredPhase[] = [
    { name: 'prepare', description: 'puts the release in place', operations: ['a', 'b'].map((name) => copy(name, { host: name, release: 2 })) },
    { name: 'deploy', parallel: 1, before: ['drain'], after: ['refill'], operations: [start('a', { host: 'a' }), start('b', { host: 'b' }, { dependsOn: ['start/a', 'copy/b'] })] },
    { name: 'verify', operations: [verify('all', { hosts: ['a', 'b'] })] },
  ]
  const hooks: readonly Hook[] = [
    { name: 'drain', run: ({ print }) => print('no traffic\n') },
    { name: 'refill', run: () => undefined },
    { name: 'tell', on: ['beforeApply', 'onSuccess', 'onError'], run: ({ on, error, print }) => print(`${on}${error === undefined ? '' : `: ${error}`}\n`) },
    { name: 'clean up', on: 'afterApply', continueOnError: true, run: () => Promise.reject(new Error('nothing to clean up')) },
  ]
  return {
    provider: defineProvider({ name: 'deployment', types: {}, operations }),
    phases,
    hooks,
    /** From now on the next `times` tries in a phase fail. */
    failNext: (phase: DeployPhase, times: number) => writeFileSync(path(`fails-in-${phase}`), String(times)),
    /** From now on the check before the second start says no so often. */
    denyNext: (times: number) => writeFileSync(path('denied-in-deploy'), String(times)),
    /** What there is. */
    files: () => readdirSync(folder).filter((name) => /^[ab]\./.test(name)).map((name) => (name.endsWith('.release') ? `${name} ${read(name)}` : name)).sort(),
  }
}
