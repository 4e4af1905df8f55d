/** All that, beside ECMAScript, src/format and src/render may use: text and its bytes. */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(encoding?: 'utf-8' | 'latin1')
  decode(bytes: Uint8Array): string
}
