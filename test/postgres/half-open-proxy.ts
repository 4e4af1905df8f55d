import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Stands between a client and a server, and can let the connections of now fall silent without ending them. */
export interface HalfOpenProxy {
  /** The server's address, through the proxy. */
  readonly url: string
  /** What is on its way in the connections of now stays there; new ones work. */
  readonly freeze: () => void
  /** What was on its way arrives after all. */
  readonly thaw: () => void
  readonly close: () => Promise<void>
}

export async function startHalfOpenProxy(target: string): Promise<HalfOpenProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const frozen = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (data) => void to.write(data))
      from.on('end', () => void to.end())
      from.on('error', () => void to.destroy())
      from.on('close', () => void sockets.delete(from))
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    freeze: () => {
      for (const socket of sockets) frozen.add(socket.pause())
    },
    thaw: () => {
      for (const socket of frozen) socket.resume()
      frozen.clear()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
