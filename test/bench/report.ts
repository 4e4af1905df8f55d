import type { BenchOptions, Part } from './bench-options.ts'
import type { Noise, NoiseMeter } from './noise.ts'
import type { Perform } from './perform.ts'

/** One line of a table: what stands under each heading, as it was measured. */
export type Row = Readonly<Record<string, string | number | undefined>>

/** One table of the report. */
export interface Section {
  readonly part: string
  readonly title: string
  readonly rows: readonly Row[]
  /** What was left out and why, and what the figures mean. */
  readonly notes: readonly string[]
}

/** A budget, and whether it was kept: for people to read, nothing fails by it. */
export interface Verdict {
  readonly budget: string
  readonly found: string
  readonly kept: boolean
}

/** All that was measured. */
export interface Report {
  readonly at: string
  readonly machine: string
  readonly options: Pick<BenchOptions, 'max' | 'small' | 'minutes'> & { readonly only: readonly Part[] }
  readonly wholeMs: number
  readonly noise: Noise
  readonly sections: readonly Section[]
  readonly verdicts: readonly Verdict[]
}

/** What each part of the bench works with. */
export interface Bench {
  readonly options: BenchOptions
  readonly perform: Perform
  readonly noise: NoiseMeter
  /** For what is made for this run only. */
  readonly folder: string
  /** Tells people how far it is. */
  readonly say: (line: string) => void
  /** Until the minutes are over. */
  readonly leftMs: () => number
}

/** What a part comes to. */
export interface Findings {
  readonly sections: readonly Section[]
  readonly verdicts: readonly Verdict[]
}

/** Why something is missing from the report, on one line. */
export function describeFault(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The line of what a program complained of that says why. */
export function lastWords(text: string): string {
  const lines = text.trim().split('\n')
  return (lines.find((line) => /^\s*(│\s*)?\w*(Error|FATAL)\b/.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 200)
}

/** The least that it took: what else the machine does only ever adds. */
export const least = (values: readonly number[]): number => Math.min(...values)
/** How far the rounds lie apart: the longest as a multiple of the shortest. */
export const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values)
