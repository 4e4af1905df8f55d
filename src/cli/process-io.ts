import { createInterface } from 'node:readline/promises'
import type { CliIo } from './cli-io.ts'

/** The terminal, environment and signals of this process. */
export function processIo(): CliIo {
  return {
    stdout: writeTo(process.stdout),
    stderr: writeTo(process.stderr),
    isTTY: process.stdout.isTTY === true,
    isInteractive: process.stdin.isTTY === true,
    // Some terminals say 0.
    columns: process.stdout.columns || 100,
    env: process.env,
    readStdin,
    ask,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener)
      process.on('SIGTERM', listener)
      return () => {
        process.off('SIGINT', listener)
        process.off('SIGTERM', listener)
      }
    },
  }
}

const guarded = new WeakSet<NodeJS.WriteStream>()

/** A reader that went away (`| head`) ends the output, not the run. */
function writeTo(stream: NodeJS.WriteStream): (text: string) => void {
  if (!guarded.has(stream)) {
    guarded.add(stream)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
  return (text) => {
    if (!stream.destroyed && stream.writable) stream.write(text)
  }
}

async function readStdin(): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of process.stdin) text += decoder.decode(chunk as Uint8Array, { stream: true })
  return text + decoder.decode()
}

async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // readline takes ^C for itself while it asks; the process' own handlers shall hear it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)))
  try {
    return await Promise.race([lines.question(question, { signal }).catch(() => undefined), closed])
  } finally {
    lines.close()
  }
}
