import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lastWords } from './report.ts'
import { makeScratch } from './scratch.ts'

/** What a program took, with all that it started and waited for. */
export interface ProcessCost {
  readonly cpuMs: number
  readonly elapsedMs: number
  /** Handed to the operating system to be written, files and all else; absent where the system does not count. */
  readonly bytesWritten: number | undefined
  readonly output: string
}

/** The shell's `times` prints its own time and then that of what it waited for; Linux adds up the bytes in the same way. */
const SCRIPT = '"$@" >"$BENCH_OUTPUT/out" 2>"$BENCH_OUTPUT/err"; code=$?; times; cat /proc/$$/io 2>/dev/null; exit $code'

/** Runs a program to its end and says what it cost. Throws with what it complained of when it fails. */
export async function measureProcess(command: readonly string[], folder: string, limitMs: number, env: Readonly<Record<string, string>> = {}): Promise<ProcessCost> {
  const output = await makeScratch()
  try {
    const startedMs = performance.now()
    // A group of its own, so that nothing of it is left behind when it takes too long.
    const child = spawn('sh', ['-c', SCRIPT, 'sh', ...command], { cwd: folder, env: { ...process.env, ...env, BENCH_OUTPUT: output.folder }, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
    let told = ''
    child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, limitMs)
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status, signal) => resolve(status ?? signal ?? 'unknown'))
    })
    clearTimeout(timer)
    const elapsedMs = performance.now() - startedMs
    if (isLate) throw new Error(`ended after ${Math.round(limitMs / 1_000)} s`)
    if (code !== 0) throw new Error(`ended with ${code}: ${lastWords(await readFile(join(output.folder, 'err'), 'utf8'))}`)
    const seconds = [...(told.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
    const written = /^wchar: (\d+)$/m.exec(told)?.[1]
    return {
      cpuMs: seconds.reduce((sum, each) => sum + each, 0) * 1_000,
      elapsedMs,
      bytesWritten: written === undefined ? undefined : Number(written),
      output: await readFile(join(output.folder, 'out'), 'utf8'),
    }
  } finally {
    await output.remove()
  }
}
