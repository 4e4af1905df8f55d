import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const command = `${process.execPath} --import tsx test/cli/terminal-host.ts`
const hasScript = spawnSync('script', ['--version']).status === 0
if (!hasScript) console.log('skips the pseudo-terminal tests: util-linux script is not installed')

/** Runs the host on a pseudo-terminal. */
function onTerminal(args: string, env: Record<string, string> = {}): string {
  return execFileSync('script', ['-qec', `${command} ${args}`, '/dev/null'], { cwd: root, encoding: 'utf8', env: { PATH: process.env['PATH'], TERM: 'xterm', ...env } })
}

describe.skipIf(!hasScript)('on a terminal', () => {
  test('there are colours and live progress', () => {
    const text = onTerminal('apply')
    expect(text).toContain('\u001B[32m')
    expect(text).toContain('0/1 0 %')
    expect(text).toContain('Done: 1 succeeded')
    expect(text).not.toContain('named/a: creating…')
  }, 30_000)
  test('NO_COLOR is respected', () => {
    expect(onTerminal('apply --verbose', { NO_COLOR: '1' })).not.toContain('\u001B[3')
  }, 30_000)
})

test('a reader that goes away does no harm', () => {
  const { status, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${command} --help | true; echo "\${PIPESTATUS[0]}"`], { cwd: root, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, ''])
}, 30_000)
