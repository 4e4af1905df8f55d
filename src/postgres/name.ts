import { createHash } from 'node:crypto'

/*
 * PostgreSQL's text holds no NUL and no half of a surrogate pair. These, and the character that marks them, are written as
 * ESC and four hex digits; JSON has none of them, so a document of ours stands in its table as it is.
 */

const MARK = '\u001b'
const UNWRITABLE = /[\0\u001b]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const LONGEST_KEY = 200
const KEPT_OF_LONG = 120

/** Any text as one that PostgreSQL takes. */
export function escapeText(text: string): string {
  return text.replace(UNWRITABLE, (character) => `${MARK}${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What {@link escapeText} was given. */
export function unescapeText(text: string): string {
  return text.replace(/\u001b([0-9a-f]{4})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** A name as it stands in an index, which takes no long ones: those end in a digest. No two names have the same key. */
export function keyOf(name: string): string {
  const escaped = escapeText(name)
  if (escaped.length <= LONGEST_KEY) return escaped
  const digest = createHash('sha256').update(name, 'utf16le').digest('hex')
  // No escaped name has the mark before a tilde.
  return `${escapeText(name.slice(0, KEPT_OF_LONG))}${MARK}~${digest}`
}

/** An identifier in quotes. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
