import { spawn } from 'node:child_process'
import { lastWords } from './report.ts'
import { performTask, type Task, type TaskResult } from './task.ts'

/** Carries a task out, or throws with the reason for people why that was not possible. */
export type Perform = <K extends Task['kind']>(task: Extract<Task, { readonly kind: K }>, limitMs: number) => Promise<TaskResult[K]>

/** In this very process: quick, but peak memory is of everything before too. */
export const performHere: Perform = (task) => performTask(task)

/** Each in a process of its own, with room for more than the budgets allow, so that one that needs more is seen and not ended. */
export function performApart(file: string): Perform {
  return async (task, limitMs) => {
    const child = spawn(process.execPath, ['--expose-gc', '--max-old-space-size=12288', file, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, limitMs)
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status, signal) => resolve(status ?? signal ?? 'unknown'))
    })
    clearTimeout(timer)
    if (isLate) throw new Error(`ended after ${Math.round(limitMs / 1_000)} s`)
    if (code !== 0) throw new Error(`ended with ${code}: ${lastWords(err)}`)
    return JSON.parse(out)
  }
}
