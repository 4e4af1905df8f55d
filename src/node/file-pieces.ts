import { StringDecoder } from 'node:string_decoder'
import { nameFault, type FileSystem } from './file-system.ts'
import { withFile } from './file-write.ts'

const CHUNK_BYTES = 1 << 18
const NEWLINE = 0x0a

/** What of a file is read. */
export interface Stretch {
  /** Default: the beginning. */
  readonly start?: number
  /** Where it ends, at the latest. Default: the end of the file. */
  readonly end?: number
}

/**
 * The bytes of a file, as they are read; an error of the operating system where it is gone. Each is used up before the next
 * ones are asked for. Each reading is a turn of the event loop.
 */
export async function* readBytes(fs: FileSystem, path: string, { start = 0, end = Infinity }: Stretch = {}): AsyncGenerator<Buffer, void, undefined> {
  const handle = await fs.open(path, 'r')
  try {
    const buffer = Buffer.allocUnsafe(Math.min(end - start, CHUNK_BYTES))
    for (let at = start; at < end; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, end - at), at)
      if (bytesRead === 0) break
      at += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    throw nameFault(error, path)
  } finally {
    await handle.close().catch(() => undefined)
  }
}

/** Bytes as the text that they are in UTF-8; none of its characters is cut in two. */
export async function* decodePieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8')
  for await (const chunk of chunks) {
    const text = decoder.write(chunk as Buffer)
    if (text !== '') yield text
  }
  const rest = decoder.end()
  if (rest !== '') yield rest
}

/** The first line of a file without its end, and how many bytes it takes with it; all of it where it has no other. */
export function readFirstLine(fs: FileSystem, path: string): Promise<{ readonly text: string; readonly bytes: number }> {
  return withFile(fs, path, 'r', async (handle) => {
    let read = Buffer.alloc(0)
    while (!read.includes(NEWLINE)) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, read.length)
      if (bytesRead === 0) break
      read = Buffer.concat([read, buffer.subarray(0, bytesRead)])
    }
    const end = read.indexOf(NEWLINE)
    return { text: read.subarray(0, end === -1 ? read.length : end).toString('utf8'), bytes: end === -1 ? read.length : end + 1 }
  })
}
