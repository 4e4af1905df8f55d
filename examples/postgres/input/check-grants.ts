import type { IssueList } from '../../parts/issue-list.ts'
import type { Loaded } from './dependencies.ts'

const OBJECTS = ['database', 'schema', 'table', 'view', 'sequence'] as const

/** An owner may do everything anyway: PostgreSQL shows no grant to one, so it would be made by every sync, and never be there. */
export function checkGrants(all: readonly Loaded[], issues: IssueList): void {
  const byAddress = new Map(all.map((each) => [each.address, each.resource]))
  for (const { resource, entry, address } of all) {
    if (resource.type !== 'grant' || entry.words.external === true) continue
    const object = OBJECTS.map((field) => addressIn(resource.inputs[field])).find((found) => found !== undefined)
    const owner = object === undefined ? undefined : byAddress.get(object)?.inputs['owner']
    if (owner === undefined || nameRole(owner) !== nameRole(resource.inputs['to'])) continue
    issues.add('grant-to-owner', `${nameRole(owner)} owns ${object}, and may do everything with it without a grant; leave it out, or name another role`, entry.source, { address })
  }
}

function nameRole(role: unknown): unknown {
  return addressIn(role) ?? (typeof role === 'string' ? `role/${role}` : role)
}

function addressIn(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && 'address' in value ? String(value.address) : undefined
}
