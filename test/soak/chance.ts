/** Chance that a seed repeats: each call gives the next number, at least 0 and less than 1. */
export type Chance = () => number

/** A whole number from 0 that follows from a text alone (FNV-1a): two processes that know the text agree on it. */
export function rollOf(text: string, below: number): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % below
}
