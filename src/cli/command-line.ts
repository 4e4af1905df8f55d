import { neutralise } from '../render/neutralise.ts'
import type { Invocation } from './invocation.ts'

/** A word as a POSIX shell reads it back. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The files that were named, for a command that is to be typed next, where it needs them: ` -f a.yaml`. */
export function repeatFiles({ needsFiles, flags }: Invocation): string {
  return needsFiles ? neutralise(flags.file.map((path) => ` -f ${quoteForShell(path)}`).join('')) : ''
}

/** What a command that is to be typed next needs in order to find the same stack. */
export function repeatPlace(invocation: Invocation): string {
  const { stack, stateDir } = invocation.flags
  const words = [...(stack === undefined ? [] : ['--stack', stack]), ...(stateDir === '.convergent' ? [] : ['--state-dir', stateDir])]
  return `${repeatFiles(invocation)}${neutralise(words.map((word) => ` ${quoteForShell(word)}`).join(''))}`
}
