/** Cuts a text that comes in pieces into lines. Only `\n` ends one. */
export class LineCutter {
  /** What follows the last end of a line. */
  rest = ''

  /** The lines that end in this piece, without their ends. */
  cut(piece: string): string[] {
    // A line that is longer than many pieces is put together once.
    if (!piece.includes('\n')) {
      this.rest += piece
      return []
    }
    const lines = (this.rest + piece).split('\n')
    this.rest = lines.pop() as string
    return lines
  }
}
