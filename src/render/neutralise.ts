// Control characters, what changes the writing direction, what separates lines unseen, halves of surrogate pairs, and tags.
const DANGEROUS = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u200B\u2060\uFEFF\u{E0000}-\u{E007F}]/gu

/**
 * Makes a text harmless on a terminal: what could move the cursor, hide or reorder what is shown stands there as `\u{…}`.
 * Names and values come from backends and files, which may be anybody's.
 */
export function neutralise(text: string): string {
  return text.replace(DANGEROUS, escapeCharacter)
}

/** {@link neutralise}, but line breaks stay: for messages that have several lines of their own. */
export function neutraliseLines(text: string): string {
  return text.split('\n').map(neutralise).join('\n')
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '\n':
      return '\\n'
    case '\r':
      return '\\r'
    case '\t':
      return '\\t'
    default:
      return `\\u{${(character.codePointAt(0) as number).toString(16).toUpperCase()}}`
  }
}
