import { InvalidArgumentError } from 'commander'

/** The value of an option of a program: digits and nothing else. */
export function readWholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
