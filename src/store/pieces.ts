import { isHighSurrogate } from './digest.ts'

/** A text in pieces, which are to be put together as they come. */
export type Pieces = AsyncIterable<string> | Iterable<string>

/** How long a piece is, in characters: handled in well under a millisecond or two. */
const PIECE_LENGTH = 1 << 16

/** Puts small pieces together, up to a size that is worth a call. */
export function* joinPieces(pieces: Iterable<string>): Generator<string, void, undefined> {
  let joined = ''
  for (const piece of pieces) {
    joined += piece
    if (joined.length < PIECE_LENGTH) continue
    yield joined
    joined = ''
  }
  if (joined !== '') yield joined
}

/** Cuts a text into pieces that can be handled without holding anybody up. No character is cut in two. */
export function* cutText(text: string): Generator<string, void, undefined> {
  for (let at = 0; at < text.length; ) {
    let end = at + PIECE_LENGTH
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end += 1
    yield at === 0 && end >= text.length ? text : text.slice(at, end)
    at = end
  }
}

/** The same text, none of whose characters is cut in two. */
export async function* keepCharactersWhole(pieces: Pieces): AsyncGenerator<string, void, undefined> {
  let half = ''
  for await (const piece of pieces) {
    const text = half + piece
    half = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(-1) : ''
    if (text.length > half.length) yield half === '' ? text : text.slice(0, -1)
  }
  if (half !== '') yield half
}

/** All pieces as one text. */
export async function joinText(pieces: Pieces): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}
