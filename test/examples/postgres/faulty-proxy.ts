import type { Socket } from 'node:net'
import type { ProviderFaults, RequestKind } from 'convergent/testing'
import { startProxy, type Proxy } from '../../postgres/proxy.ts'

/** What happens to the next request that fits. */
interface Fault {
  readonly fits: (sent: string) => boolean
  /** True: it is passed on; what comes back is then treated. */
  readonly passes?: boolean
  readonly happen: (client: Socket, reply: Buffer | undefined) => void
}

/** Something between a provider and its database that makes one request at a time fail. */
export interface FaultyProxy extends Proxy {
  readonly faults: ProviderFaults
}

/** Starts it; `url`: of the database behind it. */
export async function startFaultyProxy(url: string): Promise<FaultyProxy> {
  let fault: Fault | undefined
  const proxy = await startProxy(url, (client, upstream) => {
    let pending: Fault | undefined
    const end = (): void => [client, upstream].forEach((socket) => socket.destroy())
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.on('data', (chunk) => {
      const met = fault?.fits(chunk.toString('latin1')) === true ? fault : undefined
      if (met !== undefined) fault = undefined
      if (met?.passes === true) pending = met
      else if (met !== undefined) return met.happen(client, undefined)
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (pending === undefined) client.write(chunk)
      else pending.happen(client, chunk)
    })
  })

  const isRead = (sent: string): boolean => sent.includes('SELECT names::text[]')
  const isBegin = (sent: string): boolean => sent.includes('BEGIN;')
  const isCommit = (sent: string): boolean => sent.includes('COMMIT\0')
  const fitsFirst = (kind: RequestKind): Fault['fits'] => (kind === 'read' ? isRead : isBegin)
  const fitsLast = (kind: RequestKind): Fault['fits'] => (kind === 'read' ? isRead : isCommit)
  const cut = (client: Socket): void => void client.destroy()
  const faults: ProviderFaults = {
    overload: (kind) => (fault = { fits: fitsFirst(kind), happen: (client) => client.end(refusal('FATAL', '53300', 'sorry, too many clients already')) }),
    loseReply: (kind) => (fault = { fits: fitsLast(kind), passes: true, happen: cut }),
    refuseConnection: (kind) => (fault = { fits: fitsFirst(kind), happen: cut }),
    failServer: (kind) => (fault = { fits: fitsLast(kind), happen: (client) => client.end(refusal('FATAL', '57P02', 'the server crashed')) }),
    refuseInput: () => (fault = { fits: (sent) => /CREATE |ALTER |GRANT /.test(sent), happen: (client) => client.write(Buffer.concat([refusal('ERROR', '22023', 'no such thing'), Buffer.from('Z\0\0\0\x05E', 'latin1')])) }),
    hang: (kind) => (fault = { fits: fitsFirst(kind), happen: () => undefined }),
    cutList: () => (fault = { fits: isRead, passes: true, happen: (client, reply = Buffer.alloc(0)) => void client.end(reply.subarray(0, Math.floor(reply.length / 2))) }),
    heal: () => (fault = undefined),
  }
  return { ...proxy, faults }
}

/** What the database says when it refuses something. */
function refusal(severity: string, code: string, message: string): Buffer {
  const body = Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
