import type { Action } from '../core/action.ts'
import type { OperationChange } from '../core/operation.ts'
import type { Plan } from '../core/plan.ts'
import { formatBytes } from './bytes.ts'
import { countOf, cutLines } from './cut.ts'
import { listPorts } from './estimate-text.ts'
import { neutralise } from './neutralise.ts'

const MAX_NAMES = 4
const MAX_LINES = 24

/** Things of one kind with which the same is done. */
interface Group {
  readonly verb: string
  /** `directory`, `process`. */
  readonly noun: string
  /** Of its processes. */
  readonly host: string | undefined
  readonly names: Set<string>
}

/**
 * What a plan of operations will do, for who is asked about it: what it creates, starts, stops and deletes, kind by kind with
 * some names, which ports and how much space that takes, and which hooks run. It rests on what the operations expect and on
 * estimates. Nothing for a plan without operations.
 */
export function renderIntent(plan: Plan): readonly string[] {
  const actions = plan.actions.filter(({ blocked }) => blocked === undefined)
  const operations = actions.filter(({ kind }) => kind === 'operation')
  if (operations.length === 0) return []
  if (plan.mode === 'rollback') return [`This will take back ${countOf(operations.length, 'operation')}.`]
  const silent = operations.filter((action) => !saysWhat(action)).length
  const lines = [...tellGroups(actions), ...tellPorts(operations), ...tellSpace(operations), ...tellHooks(plan)]
  return ['This will:', ...[...cutLines(lines, MAX_LINES), ...tellSilent(silent, lines.length > 0)].map((line) => `  ${line}`)]
}

function saysWhat({ expects = [], estimate }: Action): boolean {
  return expects.some(({ action }) => action !== 'none') || Object.keys(estimate?.processes ?? {}).length > 0
}

function tellSilent(count: number, hasMore: boolean): readonly string[] {
  if (count === 0) return []
  const what = count === 1 ? 'does not say what it changes' : 'do not say what they change'
  return [`${hasMore ? 'and ' : ''}run ${countOf(count, hasMore ? 'more operation' : 'operation')}, which ${what}`]
}

function tellGroups(actions: readonly Action[]): readonly string[] {
  const groups = new Map<string, Group>()
  const add = (verb: string, noun: string, host: string | undefined, name: string): void => {
    const key = JSON.stringify([verb, noun, host])
    const group = groups.get(key) ?? { verb, noun, host, names: new Set<string>() }
    groups.set(key, group)
    group.names.add(name)
  }
  const started = new Map<string, number>()
  for (const { kind, address, settles, expects = [], estimate } of actions) {
    if (kind !== 'operation') {
      if (settles === undefined) add(kind, 'resource', undefined, address)
      else add('settle', 'group', undefined, settles)
      continue
    }
    const hosts = Object.entries(estimate?.processes ?? {}).filter(([, count]) => count > 0)
    // Processes that are named and whose host is not clear are told once, without it.
    if (hosts.length === 1 || !expects.some(isProcessStart)) for (const [host, count] of hosts) started.set(host, (started.get(host) ?? 0) + count)
    for (const change of expects) {
      if (change.action === 'none') continue
      const [noun, name] = splitSubject(change.subject)
      add(verbOf(change.action, noun), noun, isProcessStart(change) && hosts.length === 1 ? hosts[0]?.[0] : undefined, name)
    }
  }
  // Of processes an estimate may know more than what is expected names.
  for (const host of started.keys()) if (!groups.has(JSON.stringify(['start', 'process', host]))) groups.set(JSON.stringify(['start', 'process', host]), { verb: 'start', noun: 'process', host, names: new Set() })
  return [...groups.values()].map((group) => tellGroup(group, group.host === undefined ? 0 : (started.get(group.host) ?? 0)))
}

function isProcessStart({ action, subject }: OperationChange): boolean {
  return action === 'start' && splitSubject(subject)[0] === 'process'
}

/** `process pg-1`: what it is, and which one. */
function splitSubject(subject: string): readonly [noun: string, name: string] {
  const space = subject.indexOf(' ')
  return space < 1 ? [subject, ''] : [subject.slice(0, space), subject.slice(space + 1)]
}

function verbOf(action: OperationChange['action'], noun: string): string {
  return action === 'create' && noun === 'file' ? 'write' : action
}

function tellGroup({ verb, noun, host, names }: Group, estimated: number): string {
  const known = [...names].filter((name) => name !== '')
  const total = Math.max(names.size, estimated)
  const shown = known.length <= MAX_NAMES + 1 ? known : known.slice(0, MAX_NAMES)
  const more = total - shown.length
  const list = shown.length === 0 ? '' : `: ${shown.map(neutralise).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${verb} ${countOf(total, neutralise(noun))}${host === undefined ? '' : ` on ${neutralise(host)}`}${list}`
}

function tellPorts(operations: readonly Action[]): readonly string[] {
  const taken = new Map<string, Set<number>>()
  for (const { estimate } of operations)
    for (const [host, ports] of Object.entries(estimate?.ports ?? {})) taken.set(host, new Set([...(taken.get(host) ?? []), ...ports]))
  return [...taken].filter(([, ports]) => ports.size > 0).map(([host, ports]) => `use ${ports.size === 1 ? 'port' : 'ports'} ${listPorts([...ports].sort((a, b) => a - b), ' to ')} on ${neutralise(host)}`)
}

function tellSpace(operations: readonly Action[]): readonly string[] {
  const sumOf = (amount: 'diskBytes' | 'memoryBytes' | 'downloadBytes'): number => operations.reduce((sum, { estimate }) => sum + (estimate?.[amount] ?? 0), 0)
  const [diskBytes, memoryBytes, downloadBytes] = [sumOf('diskBytes'), sumOf('memoryBytes'), sumOf('downloadBytes')]
  const taken = [...(diskBytes > 0 ? [`${formatBytes(diskBytes)} on disk`] : []), ...(memoryBytes > 0 ? [`${formatBytes(memoryBytes)} of memory`] : [])].join(' and ')
  const parts = [...(taken === '' ? [] : [`take up to ${taken}`]), ...(downloadBytes > 0 ? [`download ${formatBytes(downloadBytes)}`] : [])]
  return parts.length === 0 ? [] : [parts.join(', ')]
}

function tellHooks({ phases = [] }: Plan): readonly string[] {
  const tell = (names: readonly string[], when: 'before' | 'after', phase: string): readonly string[] =>
    names.length === 0 ? [] : [`run ${names.length === 1 ? 'hook' : 'hooks'} ${names.map(neutralise).join(', ')} ${when} phase ${neutralise(phase)}`]
  return phases.flatMap(({ name, before = [], after = [] }) => [...tell(before, 'before', name), ...tell(after, 'after', name)])
}
