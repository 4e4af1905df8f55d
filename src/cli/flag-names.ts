/** How a host spells built-in flags, as commander writes them: `-c, --config <path>`. Each with a long name, and its value in `<>`. */
export interface CliFlagNames {
  /** Names what is to be loaded. Default: `-f, --file <path>`. */
  readonly file?: string
  /** Names the stack. Default: `--stack <name>`. */
  readonly stack?: string
  /** Names the folder of states, journals and plans. Default: `--state-dir <folder>`. */
  readonly stateDir?: string
}

/** One flag, as it is spelt. */
export interface Spelling {
  /** As commander writes it. */
  readonly flags: string
  /** For messages: `--config`. */
  readonly long: string
  /** For commands that are to be typed: `-c`. */
  readonly typed: string
  /** What commander calls its value. */
  readonly attribute: string
}

/** How each flag that a host may spell otherwise is spelt. */
export type Spellings = Readonly<Record<keyof CliFlagNames, Spelling>>

const BUILT_IN: Required<CliFlagNames> = { file: '-f, --file <path>', stack: '--stack <name>', stateDir: '--state-dir <folder>' }

/** How the flags of a host are spelt. Throws for what commander would not take as one. */
export function spellFlags(names: CliFlagNames = {}): Spellings {
  return { file: spell('file', names), stack: spell('stack', names), stateDir: spell('stateDir', names) }
}

function spell(name: keyof CliFlagNames, names: CliFlagNames): Spelling {
  const flags = names[name] ?? BUILT_IN[name]
  const [, short, long] = /^(?:(-[A-Za-z]), )?(--(?!no-)[a-z][a-z0-9]*(?:-[a-z0-9]+)*) <[^<>.]+>$/.exec(flags) ?? []
  if (long === undefined) throw new TypeError(`flagNames.${name} is ${JSON.stringify(flags)}, expected a flag with a long name and a value, such as ${JSON.stringify(BUILT_IN[name])}`)
  return { flags, long, typed: short ?? long, attribute: long.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) }
}
