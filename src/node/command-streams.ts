import { finished, type Readable, type Writable } from 'node:stream'

/** Hears of a stream of the caller's that failed, or that was closed before its end. */
export type OnFault = (error: Error) => void

/** Lets a command read. Its standard input stays open when the source fails: half of it must not look like all of it. */
export function feedFrom(source: string | Readable, stdin: Writable): void {
  // A command may end, or close it, before it has read everything.
  stdin.on('error', () => undefined)
  if (typeof source === 'string') stdin.end(source)
  else source.pipe(stdin)
}

/** Tells of a source that fails, from now on. The function takes the telling back, and nobody is left who reads the source. */
export function watchSource(source: string | Readable | undefined, onFault: OnFault): () => void {
  if (source === undefined || typeof source === 'string') return () => undefined
  let isOver = false
  finished(source, { writable: false }, (error) => {
    if (error && !isOver) onFault(error)
  })
  return () => {
    isOver = true
    // Who writes into it learns that nobody reads it any more.
    source.destroy()
  }
}

/** What a command writes, on its way into a stream of the caller's. */
export interface Pour {
  /** Whether it waits for room in there. */
  isBlocked(): boolean
  /** Settles when there is room again, or never will be. */
  room(): Promise<void>
  /** Nothing more comes. */
  stop(): void
}

/** Hands on the bytes of a command, as fast as they are taken. The target is not ended: more may follow. */
export function pourInto(target: Writable, stdout: Readable, onFault: OnFault, onBytes: () => void): Pour {
  let pending = 0
  let isOver = false
  let isBlocked = false
  let waiting: (() => void) | undefined
  const unblock = (): void => {
    isBlocked = false
    waiting?.()
    if (!isOver) stdout.resume()
  }
  const fail = (error: Error): void => {
    if (!isOver) onFault(error)
    unblock()
  }
  const onClose = (): void => fail(new Error('it was closed'))
  const leave = (): void => void target.off('error', fail)
  target.on('drain', unblock).on('error', fail).on('close', onClose)
  stdout.on('data', (bytes: Buffer) => {
    onBytes()
    if (target.destroyed || target.writableEnded) return fail(target.errored ?? new Error('it was closed'))
    pending += 1
    const hasRoom = target.write(bytes, () => {
      pending -= 1
      if (isOver && pending === 0) setImmediate(leave)
    })
    if (hasRoom) return
    isBlocked = true
    stdout.pause()
  })
  return {
    isBlocked: () => isBlocked,
    room: () => new Promise((resolve) => (waiting = resolve)),
    stop: () => {
      isOver = true
      target.off('drain', unblock).off('close', onClose)
      // A write that is still on its way may fail, and that must have somebody who hears of it.
      if (pending === 0) leave()
      waiting?.()
    },
  }
}
