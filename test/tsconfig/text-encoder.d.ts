/** The one ambient thing, beside ECMAScript, that src/format and src/render may use. */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
}
