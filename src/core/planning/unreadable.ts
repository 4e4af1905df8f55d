import type { Address } from '../address.ts'
import type { ErrorRecord } from '../errors.ts'
import type { Unreadable } from '../plan.ts'
import type { Declaration, Declared } from './declaration.ts'
import type { Decision } from './decided.ts'
import type { Inventory } from './existing.ts'
import type { PlanInput } from './input.ts'
import type { ScopeTest } from './scope-test.ts'

/** Groups what was left out of the plan by the read that failed. A failed list is told also when it hid nothing declared. */
export function listUnreadable(input: PlanInput, declaration: Declaration, decisions: readonly Decision[], inventory: Inventory, isInScope: ScopeTest): Unreadable[] {
  const groups = new Map<string, { error: ErrorRecord; leavesOut: Address[] }>()
  const groupOf = (subject: string, error: ErrorRecord): Address[] => {
    const group = groups.get(subject) ?? { error, leavesOut: [] }
    groups.set(subject, group)
    return group.leavesOut
  }
  for (const reading of input.readings)
    if (reading.kind === 'unreadable' && reading.id === undefined) groupOf(listName(reading.type, reading.parentId, inventory), reading.error)
  const subjects: string[] = []
  for (const index of declaration.order) {
    const decision = decisions[index] as Decision
    if (decision.kind !== 'unreadable') continue
    const { address, resource, dependencies } = declaration.all[index] as Declared
    const cause = dependencies.find((dependency) => decisions[dependency]?.kind === 'unreadable')
    const failedList = [...groups.keys()].find((subject) => subject === resource.type || subject.startsWith(`${resource.type} of `))
    const subject = decision.error?.code === 'unreadable-dependency' ? (subjects[cause as number] as string) : decision.existing === undefined && failedList !== undefined ? failedList : address
    subjects[index] = subject
    groupOf(subject, decision.error as ErrorRecord).push(address)
  }
  for (const existing of inventory.all)
    if (existing.status === 'unreadable' && existing.declaredBy === undefined && existing.address !== undefined && input.mode !== 'apply' && isInScope(existing))
      groupOf(existing.address, existing.error as ErrorRecord).push(existing.address)
  return [...groups].map(([subject, group]) => ({ subject, ...group }))
}

function listName(type: string, parentId: string | undefined, inventory: Inventory): string {
  if (parentId === undefined) return type
  const parent = inventory.all.find((existing) => existing.id === parentId)
  return `${type} of ${parent?.address ?? parentId}`
}
