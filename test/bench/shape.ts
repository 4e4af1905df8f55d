import { ref } from '../../src/core/reference.ts'
import type { Resource } from '../../src/core/resource.ts'

/** How the resources of a scenario depend on each other. */
export type Shape = 'independent' | 'chain' | 'layered' | 'hub' | 'tree'

export const SHAPES: readonly Shape[] = ['independent', 'chain', 'layered', 'hub', 'tree']

/** The one type of the bench's provider. */
export const TYPE = 'thing'

/** What the resource at a position depends on: positions before it. */
export function dependenciesOf(shape: Shape, position: number, size: number): readonly number[] {
  switch (shape) {
    case 'independent':
      return []
    case 'chain':
      return position === 0 ? [] : [position - 1]
    case 'hub':
      return position === 0 ? [] : [0]
    case 'tree':
      return position === 0 ? [] : [(position - 1) >> 1]
    case 'layered': {
      const width = Math.max(2, Math.ceil(Math.sqrt(size)))
      const layer = Math.floor(position / width)
      if (layer === 0) return []
      const before = (layer - 1) * width
      const first = position % width
      return [...new Set([before + first, before + ((first * 7 + layer) % width)])]
    }
  }
}

export const nameOf = (position: number): string => `r${position}`

/** What is declared, a reference for each dependency. Every hundredth differs in its size when `changed`. */
export function declareShape(shape: Shape, size: number, changed = false): readonly Resource[] {
  return Array.from({ length: size }, (_, position) => {
    const from = dependenciesOf(shape, position, size).map((each) => ref(`${TYPE}/${nameOf(each)}`))
    return { type: TYPE, name: nameOf(position), inputs: { size: changed && position % 100 === 0 ? 2 : 1, ...(from.length > 0 && { from }) } }
  })
}
