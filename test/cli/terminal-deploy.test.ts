import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Choice } from '../../src/core/operation.ts'
import { CHOICES } from '../../src/engine/decision.ts'
import { bundleScripts } from '../soak/bundle-scripts.ts'
import { createDeployHost } from './deploy-host.ts'
import { memoryIo } from './memory-io.ts'
import { normalise } from './normalise.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const hasScript = spawnSync('script', ['--version']).status === 0
if (!hasScript) console.log('skips the pseudo-terminal tests: util-linux script is not installed')

const bundled = mkdtempSync(join(tmpdir(), 'convergent-terminal-'))
afterAll(() => rmSync(bundled, { recursive: true }))

/** Runs the host on a pseudo-terminal; each answer is typed when its question stands there. */
function onTerminal(line: string, answers: readonly (readonly [question: string, answer: string])[]): Promise<{ readonly text: string; readonly code: number | null }> {
  const child = spawn('script', ['-qec', `${process.execPath} ${bundled}/deploy-terminal.js ${line}`, '/dev/null'], { cwd: root, env: { PATH: process.env['PATH'], TERM: 'xterm', NO_COLOR: '1' } })
  let text = ''
  let read = 0
  const left = [...answers]
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
    const [question, answer] = left[0] ?? []
    if (question === undefined) return
    const at = text.indexOf(question, read)
    if (at < 0) return
    read = at + question.length
    left.shift()
    child.stdin.write(answer === '^C' ? '\u0003' : `${answer}\n`)
  })
  return new Promise((resolve) => child.on('close', (code) => resolve({ text: text.replaceAll(/\u001B\[[0-9;?]*[a-zA-Z]/g, '').replaceAll('\r', ''), code })))
}

const QUESTION = 'What is to be done? [retry/skip/abort/pause/rollback] '

/** A deployment that fails once, the person's answer, and what the journal says then. */
async function decide(phase: 'prepare' | 'deploy' | 'verify', choice: Choice) {
  const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
  const host = createDeployHost(folder)
  host.failNext(phase, 1)
  const { text, code } = await onTerminal(`${folder} apply --concurrency 1`, [['[y/N] ', 'y'], [QUESTION, choice]])
  const runs = async (line: string): Promise<string> => {
    const io = memoryIo()
    await host.run(line, io)
    return io.out()
  }
  const lines = (await runs('runs')).trim().split('\n')
  const applied = lines.find((line) => line.includes('  apply  ')) ?? ''
  const story = await runs(`runs ${/\S{36}/.exec(applied)?.[0]}`)
  const asked = text.slice(text.lastIndexOf('\n', text.indexOf(' failed:\n')) + 1, text.indexOf(QUESTION) + QUESTION.length)
  return { text, code, story, files: host.files(), told: normalise(`# ${choice} in phase ${phase}\n\n${asked}${choice}\n\nexit ${code}; there is: ${host.files().join(', ') || 'nothing'}\n\n${story}`, folder) }
}

describe.skipIf(!hasScript)('a person on a terminal', () => {
  // It is started many times, and starts in a tenth of the time so.
  beforeAll(() => bundleScripts(bundled, { 'deploy-terminal': 'test/cli/deploy-terminal.ts' }, { banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" } }))

  it.each(['prepare', 'deploy', 'verify'] as const)(
    'decides about a failure in phase %s',
    async (phase) => {
      const transcripts: string[] = []
      for (const choice of CHOICES) {
        const { text, code, story, told } = await decide(phase, choice)
        expect(code).toBe(choice === 'retry' ? 0 : 3)
        expect(story).toContain(`decided by person: ${choice}`)
        expect(text).toContain(`: ${choice}, decided by person`)
        transcripts.push(told)
      }
      await expect(transcripts.join('\n')).toMatchFileSnapshot(`golden/deploy-person-${phase}.txt`)
    },
    120_000,
  )
  it('may also interrupt, which leaves the run to be resumed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'convergent-deploy-'))
    const host = createDeployHost(folder)
    host.failNext('deploy', 1)
    const { text, code } = await onTerminal(`${folder} apply`, [['[y/N] ', 'y'], [QUESTION, '^C']])
    expect(code).toBe(130)
    expect(text).toContain('Interrupted: nothing more is started')
    expect(text).toMatch(/^This will:\n  write 2 files: a\.release, b\.release$/m)
    // What the live view has shown is gone; this stays.
    expect(text).toMatch(/^phase prepare finished in [\d.]+ m?s; checkpoint \S{36}$/m)
    const io = memoryIo()
    expect(await host.run('resume', io)).toBe(0)
    expect(host.files()).toHaveLength(4)
  }, 60_000)
})
