import type { CliIo } from '../../src/cli/cli-io.ts'

/** A terminal in memory. */
export interface MemoryIo extends CliIo {
  readonly out: () => string
  readonly err: () => string
  readonly interrupt: () => void
  readonly questions: readonly string[]
}

/** Makes one; `answers` are given to questions in turn. */
export function memoryIo(options: { readonly isTTY?: boolean; readonly answers?: readonly (string | undefined)[]; readonly env?: Record<string, string>; readonly stdin?: string } = {}): MemoryIo {
  let out = ''
  let err = ''
  const listeners = new Set<() => void>()
  const questions: string[] = []
  return {
    stdout: (text) => void (out += text),
    stderr: (text) => void (err += text),
    isTTY: options.isTTY ?? false,
    isInteractive: options.answers !== undefined,
    columns: 100,
    env: options.env ?? {},
    readStdin: async () => options.stdin ?? '',
    ask: async (question) => {
      questions.push(question)
      return options.answers?.[questions.length - 1]
    },
    onInterrupt: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    out: () => out,
    err: () => err,
    interrupt: () => listeners.forEach((listener) => listener()),
    questions,
  }
}
