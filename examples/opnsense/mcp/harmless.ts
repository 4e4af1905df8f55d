// What moves a cursor, hides or reorders text; a line break is none of these.
const DANGEROUS = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u200B\u2060\uFEFF\u{E0000}-\u{E007F}]/gu

/** A text that shows all there is in it: messages and names come from the backend and may be anybody's. Line breaks stay. */
export function harmless(text: string): string {
  return text.replace(DANGEROUS, (character) => `\\u{${(character.codePointAt(0) as number).toString(16).toUpperCase()}}`)
}
