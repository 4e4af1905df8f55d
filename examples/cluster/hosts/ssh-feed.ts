import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** What is sent at once, in bytes: each frame costs the other side a process. */
const FRAME_BYTES = 1 << 18

/** Sends what a program reads, in frames, and that it is the whole. Throws what the source throws; then the whole is not said. */
export async function sendFrames(source: string | Readable, channel: Writable, signal: AbortSignal): Promise<void> {
  let gathered: Buffer[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    if (size === 0) return
    const bytes = Buffer.concat([Buffer.from(`${size}\n`), ...gathered])
    gathered = []
    size = 0
    if (!channel.write(bytes)) await once(channel, 'drain', { signal })
  }
  for await (const piece of piecesOf(source)) {
    gathered.push(piece)
    size += piece.length
    if (size >= FRAME_BYTES) await flush()
    signal.throwIfAborted()
  }
  await flush()
  signal.throwIfAborted()
  channel.write('end\n')
}

async function* piecesOf(source: string | Readable): AsyncGenerator<Buffer> {
  if (typeof source === 'string') return yield Buffer.from(source)
  for await (const piece of source as AsyncIterable<Buffer | string>) yield Buffer.from(piece)
}
