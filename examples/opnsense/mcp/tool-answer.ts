import { ConvergentError, ProviderError } from 'convergent'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { harmless } from './harmless.ts'

/** What a tool has to say. */
export interface Answer {
  /** For people. */
  readonly text: string
  /** The same for programs, as the tool's output schema has it. */
  readonly structured?: Readonly<Record<string, unknown>>
  /** True: what was asked for did not come about. Default: false. */
  readonly failed?: boolean
}

/** `code` says why a tool does nothing: stable, as those of the library. */
export class ToolRefusal extends ConvergentError {
  readonly code: 'unknown-plan' | 'wrong-hash' | 'too-many-deletes' | 'contradiction'

  constructor(code: ToolRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** What an agent can do about it, where the message speaks to programmers and to people at a command line. */
const ADVICE: Readonly<Record<string, string>> = {
  'open-run': 'With resumeRun the same plan goes on. To abandon a run is for a person, at the command line.',
  'lease-held': 'Somebody else changes this stack now. Look at listRuns, and try again when that run has ended. To take a stack over is for a person, at the command line.',
  policy: 'Nothing was planned, and nothing was changed.',
}

/** Answers a call. Whatever is thrown is an answer too: its code, its message and what to do, never a stack. */
export async function answer(work: () => Promise<Answer>): Promise<CallToolResult> {
  try {
    const { text, structured, failed = false } = await work()
    return { content: [{ type: 'text', text }], ...(structured && { structuredContent: { ...structured } }), ...(failed && { isError: true }) }
  } catch (error) {
    return { content: [{ type: 'text', text: tellError(error) }], isError: true }
  }
}

function tellError(error: unknown): string {
  const code = error instanceof ConvergentError ? error.code : 'unexpected'
  const fields = error instanceof ProviderError ? error.fields.map(({ path, reason }) => `    ${path}: ${reason}`) : []
  const advice = ADVICE[code]
  return harmless([`✗ ${code}: ${error instanceof Error ? error.message : String(error)}`, ...fields, ...(advice === undefined ? [] : [advice])].join('\n'))
}
