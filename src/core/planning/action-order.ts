import type { Action } from '../action.ts'

/** Actions in an order in which they could run one by one, as close as possible to the one that they have. */
export function orderActions(actions: readonly Action[]): readonly Action[] {
  const ownerOf = new Map(actions.flatMap((action) => action.steps.map(({ key }) => [key, action] as const)))
  const before = new Map<Action, Set<Action>>(actions.map((action) => [action, new Set()]))
  const link = (later: Action, earlier: Action | undefined): void => void (earlier !== undefined && earlier !== later && before.get(later)?.add(earlier))
  for (const action of actions)
    for (const { after, settledBy } of action.steps) {
      for (const key of after) link(action, ownerOf.get(key))
      if (settledBy !== undefined) link(ownerOf.get(settledBy) as Action, action)
    }
  const ordered = new Set<Action>()
  const opened = new Set<Action>()
  for (const first of actions) {
    const stack = [first]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      // Of two steps of one action each may have to come first: then it stands where it comes to be.
      const missing = opened.has(top) ? [] : [...(before.get(top) as Set<Action>)].filter((each) => !ordered.has(each) && !opened.has(each))
      opened.add(top)
      if (missing.length > 0) {
        for (const each of missing.reverse()) stack.push(each)
        continue
      }
      stack.pop()
      ordered.add(top)
    }
  }
  return [...ordered]
}
