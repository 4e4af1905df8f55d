import type { CST } from 'yaml'

/** How many lists and maps may stand in one another. What turns tokens into nodes recurses: some 800 take all of its stack, which may end the process. */
export const DEEPEST = 200

/** The first token that stands deeper than that, if any. */
export function findTooDeep(tokens: readonly CST.Token[]): CST.Token | undefined {
  let level: readonly CST.Token[] = tokens.flatMap((token) => (token.type === 'document' && token.value !== undefined ? [token.value] : []))
  for (let depth = 1; depth <= DEEPEST; depth++) level = level.flatMap(readInner)
  return level.find((token) => 'items' in token)
}

function readInner(token: CST.Token): readonly CST.Token[] {
  return 'items' in token ? token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat()) : []
}
