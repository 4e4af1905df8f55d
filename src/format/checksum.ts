/** What each value of a byte does to a CRC-32. */
export const CRC_TABLE: Readonly<Uint32Array> = Uint32Array.from({ length: 256 }, (_none, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

const encoder = new TextEncoder()

/** CRC-32 of a text's UTF-8 bytes. Pass what an earlier part gave to go on from there. */
export function crc32(text: string, earlier = 0): number {
  return crc32Bytes(encoder.encode(text), earlier)
}

/** CRC-32 of bytes. */
export function crc32Bytes(bytes: Uint8Array, earlier = 0): number {
  let crc = ~earlier
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] as number)
  return ~crc >>> 0
}

/** A checksum as it is written: eight hex digits. */
export function formatChecksum(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
