import { apply } from '../../src/engine/apply.ts'
import { planOperations } from '../../src/engine/operation/plan-operations.ts'
import { commandHook } from '../../src/node/command-hook.ts'
import { runCommand } from '../../src/node/command.ts'
import { fileStore } from '../../src/node/file-store.ts'
import { declareOperations } from '../../src/provider/declare-operations.ts'
import { defineOperations } from '../../src/provider/define-operations.ts'
import { defineProvider } from '../../src/provider/define.ts'

// Applies a plan of one operation with a hook before its phase; one of them hangs, so that the test can kill this process then.
const [dir = '', pids = '', hanging = ''] = process.argv.slice(2)
/** So much longer than any test takes. */
const NEVER_MS = 600_000

/** Ignores what asks it to end, has a child and a grandchild that do so too, and never ends. */
export const HANG = `trap '' TERM; (sh -c 'echo $$ >> "$0"; while :; do sleep 1000; done' "$PIDS" & echo begun; while :; do sleep 1000; done) & echo $! >> "$PIDS"; trap 'touch "$PIDS.asked"' TERM; echo $$ >> "$PIDS"; while :; do sleep 1000; done`

/** What the test's own process goes on with as well. */
export function setUpHost(folder: string, commands: { readonly hook: string; readonly operation: string }, env: Readonly<Record<string, string>>, timeoutMs = NEVER_MS) {
  const operations = defineOperations({ deploy: { idempotent: true, run: async (_params, context) => void (await runCommand({ shell: true, command: commands.operation, env }, context)) } })
  const provider = defineProvider({ name: 'commands', types: {}, operations })
  const hooks = [commandHook({ name: 'drain', on: 'beforePhase', shell: true, command: commands.hook, env, timeoutMs, graceMs: NEVER_MS })]
  const options = { provider, store: fileStore(folder), hooks, timeoutMs: NEVER_MS, abortGraceMs: NEVER_MS }
  return { options, phases: [{ name: 'release', operations: [declareOperations(operations).deploy('all', {})] }] }
}

async function main(): Promise<void> {
  const { options, phases } = setUpHost(dir, { hook: hanging === 'operation' ? 'true' : HANG, operation: hanging === 'operation' ? HANG : 'true' }, { PIDS: pids }, hanging === 'hook that should have ended' ? 1_000 : NEVER_MS)
  await apply(await planOperations(phases, options), options).result
}

if (dir !== '' && hanging !== '') void main()
