import type { Step } from '../action.ts'
import { endsPortion, type Portions } from '../portion.ts'
import type { Declaration, Declared } from './declaration.ts'

/** A step that is to be ordered. */
export interface Node {
  readonly key: string
  readonly call: Step['call']
  readonly after: Set<Node>
}

const NO_NODES: readonly Node[] = []
/** Of more writes than this it is not kept which comes before which: that takes a bit for each pair. */
const MOST_TRACKED = 1 << 14

/** A write comes after the writes of what it depends on, through what does not change. */
export function* linkWrites(declaration: Declaration, writes: readonly (Node | undefined)[]): Portions<void> {
  const reached = new Array<readonly Node[]>(writes.length)
  const count = writes.reduce((sum, write) => sum + (write === undefined ? 0 : 1), 0)
  const precedence = count < writes.length && count <= MOST_TRACKED ? new Precedence(count) : undefined
  for (const index of declaration.order) {
    if (endsPortion(index)) yield
    const own = writes[index]
    const { dependencies } = declaration.all[index] as Declared
    if (own !== undefined) {
      for (const dependency of dependencies) for (const node of reached[dependency] as readonly Node[]) own.after.add(node)
      precedence?.note(own)
      reached[index] = [own]
      continue
    }
    const before = dependencies.filter((dependency) => (reached[dependency] as readonly Node[]).length > 0)
    // Most of what does not change needs nothing that does, or one thing.
    if (before.length <= 1) reached[index] = before.length === 0 ? NO_NODES : (reached[before[0] as number] as readonly Node[])
    else {
      const all = new Set(before.flatMap((dependency) => reached[dependency] as readonly Node[]))
      reached[index] = precedence === undefined ? [...all] : precedence.pickLast([...all])
    }
  }
}

/**
 * Which writes come before which, as bits. What passes through many unchanged resources would gather every write above them:
 * of these only the last ones count, the others come before them anyhow.
 */
class Precedence {
  readonly #words: number
  readonly #positions = new Map<Node, number>()
  readonly #before: Uint32Array[] = []

  constructor(count: number) {
    this.#words = Math.ceil(count / 32)
  }

  /** After all that it comes after has been noted. */
  note(node: Node): void {
    const bits = new Uint32Array(this.#words)
    for (const other of node.after) {
      const position = this.#positions.get(other) as number
      const inherited = this.#before[position] as Uint32Array
      for (let word = 0; word <= position >> 5; word++) bits[word] = (bits[word] as number) | (inherited[word] as number)
      bits[position >> 5] = (bits[position >> 5] as number) | (1 << (position & 31))
    }
    this.#positions.set(node, this.#before.length)
    this.#before.push(bits)
  }

  /** Those that come before no other one of them. */
  pickLast(nodes: readonly Node[]): readonly Node[] {
    if (nodes.length < 2) return nodes
    const positions = nodes.map((node) => this.#positions.get(node) as number)
    return nodes.filter((_, at) => {
      const own = positions[at] as number
      return !positions.some((other) => other > own && (((this.#before[other] as Uint32Array)[own >> 5] as number) & (1 << (own & 31))) !== 0)
    })
  }
}
