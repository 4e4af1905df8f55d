/** Steps that may start, the one with the longest remaining path first, then the one that stands first in the plan. A binary heap. */
export class ReadyQueue {
  readonly #priorities: Float64Array
  readonly #heap: number[] = []
  constructor(priorities: Float64Array) {
    this.#priorities = priorities
  }

  get size(): number {
    return this.#heap.length
  }

  push(step: number): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(step)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#precedes(step, heap[parent] as number)) break
      heap[at] = heap[parent] as number
      at = parent
    }
    heap[at] = step
  }

  pop(): number | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#precedes(heap[child + 1] as number, heap[child] as number)) child++
      if (!this.#precedes(heap[child] as number, last)) break
      heap[at] = heap[child] as number
      at = child
    }
    heap[at] = last
    return top
  }

  #precedes(a: number, b: number): boolean {
    const difference = (this.#priorities[a] as number) - (this.#priorities[b] as number)
    return difference > 0 || (difference === 0 && a < b)
  }
}
