const encoder = new TextEncoder()

/** SHA-256 of a text's UTF-8 bytes, as hex. */
export function digestText(text: string): Promise<string> {
  return digestBytes([encoder.encode(text)])
}

/** SHA-256 of bytes in pieces, as hex. */
export async function digestBytes(pieces: readonly Uint8Array[]): Promise<string> {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
