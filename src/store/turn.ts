import type { Portions } from '../core/portion.ts'

/** After so long others have their turn. */
const TURN_MS = 10

/** Resolves in a later turn of the event loop, without waiting for any time: what else there is to do is done first. */
export function nextTurn(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const port = port1 as unknown as { onmessage: () => void }
  return new Promise((resolve) => {
    port.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}

/** Runs a computation to its end, a few milliseconds at a time: in between the host goes on. One that is over sooner costs no turn. */
export async function runInTurns<T>(portions: Portions<T>): Promise<T> {
  let beganMs = performance.now()
  for (;;) {
    const { done, value } = portions.next()
    if (done === true) return value
    if (performance.now() - beganMs < TURN_MS) continue
    await nextTurn()
    beganMs = performance.now()
  }
}
