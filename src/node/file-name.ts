import { createHash } from 'node:crypto'

const LONGEST = 120

/**
 * A name that is safe in any file system: lower-case letters, digits, `_` and `-` stay, every other byte is `%xx`, so
 * nothing climbs out of the folder and no two names fall together where case does not count. Long ones end in a digest.
 */
export function encodeName(name: string): string {
  const bytes = Buffer.from(name, 'utf8')
  let encoded = ''
  for (const byte of bytes) encoded += isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`
  if (/^(con|prn|aux|nul|com\d|lpt\d)$/.test(encoded)) encoded = `%${(bytes[0] as number).toString(16)}${encoded.slice(1)}`
  if (encoded === '') return '%'
  if (encoded.length <= LONGEST && bytes.toString('utf8') === name) return encoded
  const digest = createHash('sha256').update(name, 'utf16le').digest('hex').slice(0, 40)
  return `${encoded.slice(0, 60)}~${digest}`
}

/** The name that was encoded; undefined for a long one, which a digest stands for. */
export function decodeName(encoded: string): string | undefined {
  if (encoded === '%') return ''
  const bytes = encoded.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const name = Buffer.from(bytes, 'latin1').toString('utf8')
  return encodeName(name) === encoded ? name : undefined
}

function isPlain(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f
}
