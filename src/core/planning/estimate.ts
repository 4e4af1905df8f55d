import type { Mutable } from '../mutable.ts'
import type { ResourceEstimate } from '../operation.ts'

const AMOUNTS = ['diskBytes', 'memoryBytes', 'downloadBytes'] as const



/** What several things take together; `durationMs` is theirs one after the other. Undefined: nothing is known of any of them. */
export function addEstimates(estimates: readonly (ResourceEstimate | undefined)[]): ResourceEstimate | undefined {
  const known = estimates.filter((estimate) => estimate !== undefined)
  if (known.length === 0) return undefined
  const sum: Mutable<ResourceEstimate> = {}
  for (const field of ['durationMs', ...AMOUNTS] as const) if (known.some((each) => each[field] !== undefined)) sum[field] = known.reduce((total, each) => total + (each[field] ?? 0), 0)
  const processes: Record<string, number> = {}
  const ports: Record<string, number[]> = {}
  for (const each of known) {
    for (const [host, count] of Object.entries(each.processes ?? {})) processes[host] = (processes[host] ?? 0) + count
    for (const [host, some] of Object.entries(each.ports ?? {})) ports[host] = [...new Set([...(ports[host] ?? []), ...some])].sort((a, b) => a - b)
  }
  if (Object.keys(processes).length > 0) sum.processes = processes
  if (Object.keys(ports).length > 0) sum.ports = ports
  const basis = [...new Set(known.flatMap((each) => each.basis ?? []))]
  const unknown = estimates.length - known.length
  if (unknown > 0) basis.push(`without ${unknown} of ${estimates.length}, of which nothing is known`)
  if (basis.length > 0) sum.basis = basis
  return sum
}

/** How long operations take together when so many may run at once: no less than the longest way through them, and no less than their share. */
export function estimateTogether(durationsMs: readonly number[], longestMs: number, parallel: number): number {
  const workMs = durationsMs.reduce((sum, ms) => sum + ms, 0)
  return Math.max(longestMs, workMs / Math.max(1, Math.min(parallel, durationsMs.length)))
}
