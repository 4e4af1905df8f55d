import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

const MEGABYTE = 2 ** 20

/** A line to a server of this machine that can be made to drop. */
export interface LeakyLine {
  readonly port: number
  /** Whenever so many megabytes more were sent to the server, all connections drop. `Infinity`: they last. */
  dropAfter(megabytes: number): void
  close(): Promise<void>
}

/** Listens on a port of loopback, and passes on what comes to another one. */
export async function openLine(to: number): Promise<LeakyLine> {
  const open = new Set<Socket>()
  let mostBytes = Number.POSITIVE_INFINITY
  let bytesLeft = mostBytes
  const drop = (): void => {
    for (const socket of open) socket.resetAndDestroy()
    bytesLeft = mostBytes
  }
  const server = createServer((client) => {
    const far = connect(to, '127.0.0.1')
    for (const [socket, other] of [[client, far], [far, client]] as const) {
      open.add(socket)
      // Whatever ends one side ends the other.
      socket.on('error', () => undefined).on('close', () => {
        open.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (piece) => {
      bytesLeft -= piece.length
      if (bytesLeft < 0) drop()
    })
    client.pipe(far)
    far.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    dropAfter: (megabytes) => {
      mostBytes = megabytes * MEGABYTE
      bytesLeft = mostBytes
    },
    close: async () => {
      const closed = once(server.close(), 'close')
      drop()
      await closed
    },
  }
}
