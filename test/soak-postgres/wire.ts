import type { Socket } from 'node:net'
import { startProxy, type Proxy } from '../postgres/proxy.ts'

/** At a write: before the database has it, when it has answered and nobody has heard of that, or when the answer has been passed on. */
export type WirePoint = 'before' | 'after' | 'replied'

/** What a hit does to the connection of the write: nothing, it ends, or nothing is heard on it any more. */
export type WireFate = 'hold' | 'cut' | 'silence'

/** Stands between hosts and a database, and says when the n-th write has come. */
export interface Wire extends Proxy {
  /** Names the next moment. `fate`: of its connection; `all`: of every other one too. */
  readonly arm: (after: number, point: WirePoint, fate: { readonly own: WireFate; readonly all: boolean }, hit: () => void) => void
  /** Forgets the moment. */
  readonly quiet: () => void
  /** Does it to all connections of now. */
  readonly strike: (fate: WireFate) => void
}

/** True: this is the end of a transaction of the provider. */
export const isCommit = (sent: string): boolean => sent.includes('COMMIT\0')

/** True: this changes something in a store. */
export const isStoreWrite = (sent: string): boolean => /convergent-append-|INSERT INTO |UPDATE "|DELETE FROM /.test(sent)

interface Line {
  readonly near: Socket
  isSilent: boolean
}

/** `isWrite`: judges a packet that a host sends. */
export async function startWire(target: string, isWrite: (sent: string) => boolean): Promise<Wire> {
  const lines = new Set<Line>()
  let moment: { left: number; readonly point: WirePoint; readonly fate: { readonly own: WireFate; readonly all: boolean }; readonly hit: () => void } | undefined
  const befall = (line: Line, fate: WireFate): void => {
    if (fate === 'cut') line.near.destroy()
    else line.isSilent = true
  }
  const proxy = await startProxy(target, (near, far) => {
    const line: Line = { near, isSilent: false }
    let awaited: NonNullable<typeof moment> | undefined
    lines.add(line)
    const happen = ({ fate, hit }: NonNullable<typeof moment>): void => {
      befall(line, fate.own)
      if (fate.all) for (const other of lines) if (other !== line) befall(other, fate.own)
      hit()
    }
    near.on('data', (data) => {
      if (line.isSilent) return
      const isNow = moment !== undefined && isWrite(data.toString('latin1')) && --moment.left === 0
      const met = isNow ? moment : undefined
      if (met !== undefined) moment = undefined
      if (met?.point === 'before') return happen(met)
      awaited = met
      far.write(data)
    })
    far.on('data', (data) => {
      if (line.isSilent) return
      const met = awaited
      awaited = undefined
      if (met === undefined) return void near.write(data)
      if (met.point === 'after') return happen(met)
      near.write(data, () => happen(met))
    })
    const end = (): void => {
      lines.delete(line)
      near.destroy()
      far.destroy()
    }
    // A side that ends while nothing is heard ends unheard.
    near.on('error', end).on('close', end)
    far.on('error', () => line.isSilent || end()).on('close', () => line.isSilent || end())
  })
  return {
    ...proxy,
    arm: (after, point, fate, hit) => (moment = { left: after, point, fate, hit }),
    quiet: () => (moment = undefined),
    strike: (fate) => {
      for (const line of lines) befall(line, fate)
    },
  }
}
