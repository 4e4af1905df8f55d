/**
 * A long computation in portions: it stops now and then, so that whoever runs it can let others have their turn in between.
 * Pure as any other: when it goes on makes no difference to what it comes to.
 */
export type Portions<T> = Generator<undefined, T, void>

/** Runs a computation to its end at once. */
export function runWhole<T>(portions: Portions<T>): T {
  for (;;) {
    const { done, value } = portions.next()
    if (done === true) return value
  }
}

/** True once in 1 024 items: often enough that a portion takes a few milliseconds, seldom enough that to stop costs nothing. */
export function endsPortion(index: number): boolean {
  return (index & 1023) === 1023
}
