import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from './place.ts'

/** A run, by its journals. */
export interface SeenRun {
  readonly id: string
  readonly isEnded: boolean
}

/** The runs of a round, from the lines of their journals alone. */
export function findRuns({ stateDir }: Place): readonly SeenRun[] {
  const folder = join(stateDir, 'stacks', 'soak', 'runs')
  const texts = new Map<string, string>()
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [id] = name.split('.') as [string]
    texts.set(id, (texts.get(id) ?? '') + readFileSync(join(folder, name), 'utf8'))
  }
  // One that was cut off before its first line is none.
  return [...texts].filter(([, text]) => text.includes('"kind":"run-started"')).map(([id, text]) => ({ id, isEnded: text.includes('"kind":"run-ended"') && !text.includes('"open":true') }))
}
