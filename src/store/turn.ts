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
