import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** Something that stands between clients and a server. */
export interface Proxy {
  /** The server's address, through the proxy. */
  readonly url: string
  /** Ends every connection, and listens no more. */
  readonly close: () => Promise<void>
}

/** Starts one: each client (`near`) gets a connection of its own to the server (`far`), and `join` lets pass between them what is to pass. */
export async function startProxy(target: string, join: (near: Socket, far: Socket) => void): Promise<Proxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => void sockets.delete(socket))
    }
    join(near, far)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
