import type { Socket } from 'node:net'
import { startProxy, type Proxy } from './proxy.ts'

/** Stands between a client and a server, and can let the connections of now fall silent without ending them. */
export interface HalfOpenProxy extends Proxy {
  /** What is on its way in the connections of now stays there; new ones work. */
  readonly freeze: () => void
  /** What was on its way arrives after all. */
  readonly thaw: () => void
}

export async function startHalfOpenProxy(target: string): Promise<HalfOpenProxy> {
  const sockets = new Set<Socket>()
  const frozen = new Set<Socket>()
  const proxy = await startProxy(target, (near, far) => {
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
  })
  return {
    ...proxy,
    freeze: () => {
      for (const socket of sockets) frozen.add(socket.pause())
    },
    thaw: () => {
      for (const socket of frozen) socket.resume()
      frozen.clear()
    },
  }
}
