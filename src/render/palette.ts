/** Puts a colour or weight around a text. */
export type Paint = (text: string) => string

/** The colours of all output; without colour each of them returns its text as it is. */
export interface Palette {
  readonly green: Paint
  readonly yellow: Paint
  readonly red: Paint
  readonly magenta: Paint
  readonly cyan: Paint
  readonly dim: Paint
  readonly bold: Paint
}

const plain: Paint = (text) => text
const PLAIN: Palette = { green: plain, yellow: plain, red: plain, magenta: plain, cyan: plain, dim: plain, bold: plain }
const COLOURED: Palette = {
  green: paintWith(32, 39),
  yellow: paintWith(33, 39),
  red: paintWith(31, 39),
  magenta: paintWith(35, 39),
  cyan: paintWith(36, 39),
  dim: paintWith(2, 22),
  bold: paintWith(1, 22),
}

/** ANSI colours, or none. */
export function choosePalette(color: boolean): Palette {
  return color ? COLOURED : PLAIN
}

function paintWith(on: number, off: number): Paint {
  return (text) => `\u001B[${on}m${text}\u001B[${off}m`
}
