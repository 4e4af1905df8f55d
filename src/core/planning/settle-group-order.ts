import { suggest } from '../nearest.ts'
import type { SettleRules } from '../settle-rules.ts'

/** The type in the addresses of actions that settle. */
export const SETTLE_TYPE = 'settle'

/** The groups, each after those that are settled before it; or what is wrong with them. */
export function sortGroups(groups: Readonly<Record<string, SettleRules>>): { readonly names: readonly string[] } | { readonly problem: string } {
  const names: string[] = []
  const visit = (name: string, path: readonly string[]): string | undefined => {
    if (names.includes(name)) return undefined
    if (path.includes(name)) return `${JSON.stringify(name)}: it is settled after itself, by ${[...path.slice(path.indexOf(name)), name].join(' after ')}`
    if (name === '' || name.includes('#')) return `${JSON.stringify(name)}: a group's name is not empty and holds no "#"`
    for (const other of groups[name]?.after ?? []) {
      if (!Object.hasOwn(groups, other)) return `${JSON.stringify(name)}: it comes after "${other}", which is not in settleGroups${suggest(other, Object.keys(groups))}`
      const problem = visit(other, [...path, name])
      if (problem !== undefined) return problem
    }
    names.push(name)
    return undefined
  }
  for (const name of Object.keys(groups)) {
    const problem = visit(name, [])
    if (problem !== undefined) return { problem }
  }
  return { names }
}
