import { readFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { listRuns, showRun } from 'convergent'
import { fileStore } from 'convergent/node'
import { callTool, settle } from './conversation.ts'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'convergent-mcp-'))
  return () => rmSync(place, { recursive: true, force: true })
})

const files = (): readonly string[] => readdirSync(join(place, 'files')).map((name) => `${name}: ${readFileSync(join(place, 'files', name), 'utf8')}`)

/** Starts the server as a client does: a process, and a pipe to it. */
async function startServer(): Promise<{ readonly client: Client; readonly transport: StdioClientTransport; readonly faults: readonly unknown[]; stderr(): string }> {
  const transport = new StdioClientTransport({ command: process.execPath, args: ['--import', 'tsx', fileURLToPath(new URL('folder-server.ts', import.meta.url)), place], stderr: 'pipe' })
  let stderr = ''
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const client = new Client({ name: 'test', version: '1.0.0' })
  const faults: unknown[] = []
  client.onerror = (error) => void faults.push(error)
  await client.connect(transport)
  onTestFinished(() => client.close())
  return { client, transport, faults, stderr: () => stderr }
}

/** Plans, and begins to apply; resolves when the slow file is written and nobody knows of that. */
async function beginSlowly(client: Client): Promise<{ readonly applying: Promise<unknown> }> {
  const { planId, hash } = (await callTool(client, 'plan', { declaration: 'first: 1\nslow: 2\nlast: 3' })).structured
  const applying = callTool(client, 'applyPlan', { planId, hash }).catch((error: unknown) => error)
  await vi.waitFor(() => expect(existsSync(join(place, 'files', 'slow'))).toBe(true), { timeout: 20_000 })
  return { applying }
}

it('over a pipe: tools, a plan, progress, a checkpoint and the way back to it; nothing but the protocol is printed', async () => {
  const { client, faults, stderr } = await startServer()
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['plan', 'showPlan', 'applyPlan', 'resumeRun', 'createCheckpoint', 'listCheckpoints', 'restoreCheckpoint', 'showDrift', 'listRuns', 'showRun'])
  const carryOut = async (tool: string, args: Record<string, unknown>): Promise<Awaited<ReturnType<typeof callTool>>> => {
    const { planId, hash } = (await callTool(client, tool, args)).structured
    return callTool(client, 'applyPlan', { planId, hash })
  }
  const applied = await carryOut('plan', { declaration: 'a: one\nb: two' })
  expect(settle(applied.text)).toBe('✓ create file/a (id a)\n✓ create file/b (id b)\n\nDone: 2 succeeded in <while>.')
  const steps = applied.progress.map(({ progress }) => progress)
  expect(steps.every((step, at) => at === 0 || step > (steps[at - 1] as number))).toBe(true)
  expect(steps.at(-1)).toBe(100)
  expect(applied.progress.every(({ total, message }) => total === 100 && message !== undefined)).toBe(true)

  const { checkpointId } = (await callTool(client, 'createCheckpoint', { description: 'two files' })).structured
  await carryOut('plan', { declaration: 'a: changed\nc: three', mode: 'sync' })
  expect(files()).toEqual(['a: changed', 'c: three'])
  await carryOut('restoreCheckpoint', { checkpointId })
  expect(files()).toEqual(['a: one', 'b: two'])
  expect((await callTool(client, 'showDrift')).text).toBe('No drift: 2 recorded resources checked.')
  expect(faults).toEqual([])
  expect(stderr()).toBe('')
})

it('killed in the middle of an apply: the next server goes on with the same plan, and nothing is done twice', async () => {
  const first = await startServer()
  const { applying } = await beginSlowly(first.client)
  process.kill(first.transport.pid as number, 'SIGKILL')
  expect(String(await applying)).toMatch(/closed/)
  expect(files()).toEqual(['first: 1', 'slow: 2'])

  writeFileSync(join(place, 'go'), '')
  const { client } = await startServer()
  expect(settle((await callTool(client, 'listRuns')).text)).toBe('<time>  <id>  apply  has not ended (open: it is under way, or resumeRun goes on with it), plan <id>')
  const resumed = await callTool(client, 'resumeRun')
  expect(settle(resumed.text)).toBe('✓ create file/first (id first)\n✓ create file/slow (id slow)\n✓ create file/last (id last)\n\nDone: 3 succeeded in <while>.')
  expect(resumed.progress.at(-1)?.progress).toBe(100)
  // A second write would have added to the file.
  expect(files()).toEqual(['first: 1', 'last: 3', 'slow: 2'])
  expect((await callTool(client, 'showRun')).text).toContain('✓ create:file/slow (id slow), found after a lost reply')
})

it('left by its client in the middle of an apply: what is in flight ends and is recorded, and the process ends', async () => {
  const { client } = await startServer()
  const { applying } = await beginSlowly(client)
  const closed = client.close()
  await vi.waitFor(() => expect(existsSync(join(place, 'left'))).toBe(true), { timeout: 20_000 })
  writeFileSync(join(place, 'go'), '')
  await Promise.all([applying, closed])
  const options = { store: fileStore(join(place, 'state')) }
  await vi.waitFor(async () => expect(await options.store.holding('default')).toBeUndefined(), { timeout: 20_000 })
  expect(await listRuns(options)).toMatchObject([{ outcome: 'cancelled', open: false }])
  expect((await showRun(undefined, options)).steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual(['create:file/first succeeded', 'create:file/slow succeeded', 'create:file/last cancelled'])
  expect(files()).toEqual(['first: 1', 'slow: 2'])
})
