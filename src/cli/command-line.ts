import { neutralise } from '../render/neutralise.ts'
import type { Invocation } from './invocation.ts'

/** A word as a POSIX shell reads it back. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The files that were named, for a command that is to be typed next, where it needs them: ` -f a.yaml`. */
export function repeatFiles({ needsFiles, flags, spellings }: Invocation): string {
  return needsFiles ? neutralise(flags.file.map((path) => ` ${spellings.file.typed} ${quoteForShell(path)}`).join('')) : ''
}

/** What a command that is to be typed next needs in order to find the same stack. */
export function repeatPlace(invocation: Invocation): string {
  const { flags, spellings } = invocation
  const { stack, stateDir } = flags
  const words = [...(stack === undefined ? [] : [spellings.stack.typed, stack]), ...(stateDir === '.convergent' ? [] : [spellings.stateDir.typed, stateDir])]
  return `${repeatFiles(invocation)}${neutralise(words.map((word) => ` ${quoteForShell(word)}`).join(''))}`
}
