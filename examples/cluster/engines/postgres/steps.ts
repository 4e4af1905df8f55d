import type { OperationContext, OperationDefinition } from 'convergent/operations'
import * as z from 'zod'
import { instanceSchema } from '../../cluster.ts'
import { copyTree, fileExists, writeFile } from '../../hosts/file.ts'
import { HostError } from '../../hosts/host-error.ts'
import type { Host, HostReply } from '../../hosts/host.ts'
import { hostOf } from '../../hosts/shared-hosts.ts'
import { findWrongProgram } from '../../operations/program-check.ts'
import { dataOf } from './postgres.ts'
import { askOnce, withConnection } from './query.ts'

/*
 * What Postgres needs beside processes and files. A database directory counts as made once `data.complete` lies beside it: what
 * was cut off in the middle is made anew.
 */

const initialise = z.strictObject({
  instance: instanceSchema,
  /** Of the main program, which an empty database is made with, as it was found when the plan was made. */
  sha256: z.string().exactOptional(),
  password: z.string().exactOptional(),
})
const clone = z.strictObject({ instance: instanceSchema, from: instanceSchema, password: z.string().exactOptional() })
const slot = z.strictObject({ primary: instanceSchema, slot: z.string(), password: z.string().exactOptional() })

type Slot = z.infer<typeof slot>
type Instance = z.infer<typeof instanceSchema>

/** Makes an empty database. */
export const initialiseData = {
  schema: initialise,
  timeoutMs: 300_000,
  describe: ({ instance }) => `make an empty database for ${instance.name}`,
  expects: ({ instance }) => [{ subject: `database ${instance.name}`, action: 'create' }],
  estimate: () => ({ durationMs: 1_500, diskBytes: 40 * 2 ** 20 }),
  checks: [{ name: 'program', at: 'run', run: ({ instance, sha256 }, { signal }) => findWrongProgram(instance, `${instance.programs}/postgres`, sha256, signal) }],
  isDone: ({ instance }, { signal }) => isComplete(instance, signal),
  run: async ({ instance, password }, { signal, print }) => {
    const host = hostOf(instance.host)
    await removeData(instance, signal)
    const access = password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', '--pwfile=/dev/stdin']
    const argv = [`${instance.programs}/initdb`, '-D', dataOf(instance), '-U', 'postgres', '--encoding=UTF8', '--locale=C', ...access]
    // It opens its standard input by name, which only a pipe of its own user lets it do.
    const { code, stdout, stderr } = await runAs(host, instance.user, ['sh', '-c', 'cat | "$@"', 'sh', ...argv], signal, `${password ?? ''}\n`)
    print(stdout)
    if (code !== 0) throw new HostError(host.name, `initdb ended with code ${code}: ${findFaults(stderr)}`, { exitCode: code })
    await complete(instance, signal)
  },
  undo: ({ instance }, { signal }) => removeData(instance, signal),
} satisfies OperationDefinition<typeof initialise>

/** Copies the primary's database to a replica while it is written to, as `pg_basebackup` does it. */
export const cloneData = {
  schema: clone,
  // As long as there is data.
  timeoutMs: 86_400_000,
  describe: ({ instance, from }) => `copy the database of ${from.name} to ${instance.name}`,
  expects: ({ instance }) => [{ subject: `database ${instance.name}`, action: 'create' }],
  estimate: () => ({ durationMs: 2_000, diskBytes: 40 * 2 ** 20 }),
  isDone: ({ instance }, { signal }) => isComplete(instance, signal),
  run: async ({ instance, from, password }, { signal }) => {
    await removeData(instance, signal)
    const host = hostOf(instance.host)
    const data = dataOf(instance)
    await withConnection(from, { password, signal }, async (client) => {
      // It lasts as long as the connection does: one that is cut off leaves nothing behind on the primary.
      await client.query(`SELECT pg_backup_start($1, fast => true)`, [`clone of ${instance.name}`])
      await copyTree(hostOf(from.host), dataOf(from), host, data, { exclude: LEFT_OUT, owner: instance.user, signal })
      const { rows } = await client.query<{ labelfile: string; spcmapfile: string }>('SELECT labelfile, spcmapfile FROM pg_backup_stop(wait_for_archive => false)')
      await writeFile(host, `${data}/backup_label`, rows[0]?.labelfile ?? '', { mode: '600', owner: instance.user, signal })
    })
    await writeFile(host, `${data}/standby.signal`, '', { mode: '600', owner: instance.user, signal })
    await complete(instance, signal)
  },
  undo: ({ instance }, { signal }) => removeData(instance, signal),
} satisfies OperationDefinition<typeof clone>

/** From now on the primary keeps what a replica has not read yet. */
export const createSlot = {
  schema: slot,
  describe: ({ primary, slot: name }) => `let ${primary.name} keep what ${name} has not read yet`,
  expects: ({ slot: name }) => [{ subject: `slot ${name}`, action: 'create' }],
  estimate: () => ({ durationMs: 50 }),
  isDone: hasSlot,
  run: async ({ primary, slot: name, password }, { signal }) => {
    await askOnce(primary, { password, signal }, 'SELECT pg_create_physical_replication_slot($1, immediately_reserve => true)', [name])
    return { changes: [{ subject: `slot ${name}`, action: 'create' }] }
  },
  undo: dropIt,
} satisfies OperationDefinition<typeof slot>

/** A slot that nobody reads keeps the primary's log for ever. */
export const dropSlot = {
  schema: slot,
  describe: ({ primary, slot: name }) => `let ${primary.name} keep nothing more for ${name}`,
  expects: ({ slot: name }) => [{ subject: `slot ${name}`, action: 'delete' }],
  estimate: () => ({ durationMs: 50 }),
  isDone: async (params, context) => !(await hasSlot(params, context)),
  run: async (params, context) => {
    await dropIt(params, context)
    return { changes: [{ subject: `slot ${params.slot}`, action: 'delete' }] }
  },
} satisfies OperationDefinition<typeof slot>

async function hasSlot({ primary, slot: name, password }: Slot, { signal }: Pick<OperationContext, 'signal'>): Promise<boolean> {
  return (await askOnce(primary, { password, signal }, 'SELECT FROM pg_replication_slots WHERE slot_name = $1', [name])).length > 0
}

/** The primary notices a replica that is gone within its `wal_sender_timeout`: until then its sender is ended. */
async function dropIt({ primary, slot: name, password }: Slot, { signal }: Pick<OperationContext, 'signal'>): Promise<undefined> {
  const access = { password, signal }
  await askOnce(primary, access, 'SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL', [name])
  await askOnce(primary, access, 'SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1', [name])
}

/** What a copy must not have, or makes anew. */
const LEFT_OUT = ['postmaster.pid', 'postmaster.opts', 'standby.signal', 'pg_wal/*', 'pg_replslot/*', 'pg_dynshmem/*', 'pg_notify/*', 'pg_serial/*', 'pg_snapshots/*', 'pg_stat_tmp/*', 'pg_subtrans/*']

async function isComplete(instance: Instance, signal: AbortSignal): Promise<boolean> {
  return fileExists(hostOf(instance.host), `${dataOf(instance)}.complete`, signal)
}

async function complete(instance: Instance, signal: AbortSignal): Promise<void> {
  await writeFile(hostOf(instance.host), `${dataOf(instance)}.complete`, '', { mode: '600', owner: instance.user, signal })
}

/** The sign that it is complete goes first. */
async function removeData(instance: Instance, signal: AbortSignal): Promise<undefined> {
  await hostOf(instance.host).run(['sh', '-c', 'rm -f "$1.complete" && rm -rf "$1" "$1.part"', 'sh', dataOf(instance)], { signal })
}

/** As the user that the process runs as: it would not read what is somebody else's. */
async function runAs(host: Host, user: string | undefined, argv: readonly string[], signal: AbortSignal, stdin: string): Promise<HostReply> {
  const script = 'user=$1; shift; if [ -n "$user" ] && [ "$(id -u)" = 0 ]; then exec setpriv --reuid "$user" --regid "$(id -gn "$user")" --init-groups -- "$@"; else exec "$@"; fi'
  return host.run(['sh', '-c', script, 'sh', user ?? '', ...argv], { signal, stdin, codes: [0, 1] })
}

/** What it says last is that it tidies up; why it has to stands above. */
function findFaults(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const faults = lines.flatMap((line) => /\b(?:error|FATAL|PANIC|HINT): .*/.exec(line) ?? [])
  return (faults.length > 0 ? faults : lines.slice(-1)).join('; ')
}

/** What a plan needs of it. */
export const postgresSteps = { initialiseData, cloneData, createSlot, dropSlot }

