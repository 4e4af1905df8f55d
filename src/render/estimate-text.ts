import type { ResourceEstimate } from '../core/operation.ts'
import { formatBytes } from './bytes.ts'
import { countOf, cutLines } from './cut.ts'
import { formatDuration } from './duration.ts'
import { neutralise } from './neutralise.ts'

const MAX_HOSTS = 8

/** What something takes, in one line: `about 12.0 s, 10 MiB to download`. Empty: nobody knows anything. */
export function renderAmounts({ durationMs, diskBytes, memoryBytes, downloadBytes }: ResourceEstimate): string {
  return [
    ...(durationMs === undefined ? [] : [`about ${formatDuration(durationMs)}`]),
    ...(downloadBytes === undefined ? [] : [`${formatBytes(downloadBytes)} to download`]),
    ...(diskBytes === undefined ? [] : [`${formatBytes(diskBytes)} on disk`]),
    ...(memoryBytes === undefined ? [] : [`${formatBytes(memoryBytes)} of memory`]),
  ].join(', ')
}

/** All that a plan takes, host by host, and what the figures rest on. `all`: nothing is cut. */
export function renderEstimate(estimate: ResourceEstimate, all: boolean): readonly string[] {
  const { processes = {}, ports = {}, basis = [] } = estimate
  const amounts = renderAmounts(estimate)
  const total = Object.values(processes).reduce((sum, count) => sum + count, 0)
  const hosts = [...new Set([...Object.keys(processes), ...Object.keys(ports)])].sort()
  const head = [amounts, ...(hosts.length === 0 ? [] : [`${countOf(total, 'process')} on ${countOf(hosts.length, 'host')}`])].filter((part) => part !== '').join(', ')
  const perHost = hosts.map((host) => {
    const taken = Object.hasOwn(ports, host) ? (ports[host] ?? []) : []
    const parts = [...(Object.hasOwn(processes, host) ? [countOf(processes[host] ?? 0, 'process')] : []), ...(taken.length === 0 ? [] : [`${taken.length === 1 ? 'port' : 'ports'} ${listPorts(taken)}`])]
    return `  ${neutralise(host)}: ${parts.join(', ') || 'nothing'}`
  })
  return [`Estimate: ${head || 'nothing is known'}`, ...(all ? perHost : cutLines(perHost, MAX_HOSTS, 'host')), ...(basis.length === 0 ? [] : [`  it rests on: ${basis.map(neutralise).join('; ')}`])]
}

/** Runs of ports in short: `8000-8003, 9000`. They are in order. `to`: what stands between the first and the last of a run. */
export function listPorts(ports: readonly number[], to = '-'): string {
  const parts: string[] = []
  for (let at = 0; at < ports.length; ) {
    let end = at
    while (end + 1 < ports.length && ports[end + 1] === (ports[end] as number) + 1) end++
    parts.push(end - at < 2 ? ports.slice(at, end + 1).join(', ') : `${ports[at]}${to}${ports[end]}`)
    at = end + 1
  }
  return parts.join(', ')
}
