import { Composer, LineCounter, Parser, type CollectionTag, type Document, type Node, type ScalarTag } from 'yaml'
import { suggestName, type Source } from 'convergent'
import { listAliases } from './aliases.ts'
import { DEEPEST, findTooDeep } from './depth.ts'
import type { IssueList } from './issue-list.ts'
import { readTexts } from './read-texts.ts'

/** A parsed file, with what is needed to say where something stands in it. */
export interface InputFile {
  /** As it was given, for messages. */
  readonly name: string
  readonly documents: readonly Document.Parsed[]
  readonly lines: LineCounter
}

/** How files are parsed. */
export interface ParseOptions {
  /** What may stand in them beside YAML's own tags. */
  readonly customTags?: readonly (ScalarTag | CollectionTag)[]
  /** True: whoever follows an alias (`*name`) says what is wrong with it. Default: parsing says it. */
  readonly leavesAliases?: boolean
}

/** How many nodes the aliases of a file may stand for, all told: a few hundred bytes of them can stand for more than fits into a machine. */
const MOST_BY_ALIASES = 10_000

/** Where a node stands. */
export function sourceOf(file: InputFile, node: unknown): Source {
  const offset = (node as Node | null | undefined)?.range?.[0]
  return offset === undefined ? { file: file.name } : sourceAt(file, offset)
}

/** Reads and parses files, folders, or `-`. */
export function readInputFiles(paths: readonly string[], stdin: string | undefined, issues: IssueList, options: ParseOptions = {}): readonly InputFile[] {
  return Array.from(readTexts(paths, stdin, issues), ({ name, text }) => parseInputFile(name, text, issues, options))
}

/** Parses a text; what is no YAML is an issue. */
export function parseInputFile(name: string, text: string, issues: IssueList, { customTags = [], leavesAliases = false }: ParseOptions = {}): InputFile {
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  const tooDeep = findTooDeep(tokens)
  if (tooDeep !== undefined) {
    issues.add('invalid-yaml', `invalid YAML: it is nested too deeply, more than ${DEEPEST} lists and maps in one another`, sourceAt({ name, lines }, tooDeep.offset))
    return { name, documents: [], lines }
  }
  const file = { name, documents: [...new Composer({ customTags: [...customTags], prettyErrors: false }).compose(tokens)], lines }
  for (const document of file.documents) {
    for (const { message, pos } of [...document.errors, ...document.warnings]) issues.add('invalid-yaml', `invalid YAML: ${explain(message, customTags)}`, sourceAt(file, pos[0]))
  }
  if (leavesAliases || checkAliases(file, issues)) return file
  // Who reads them would never end.
  return { name, documents: [], lines }
}

function explain(message: string, customTags: NonNullable<ParseOptions['customTags']>): string {
  const [first = ''] = message.split('\n')
  const tag = /^Unresolved tag: (!\w*)$/.exec(first)?.[1]
  return tag === undefined ? first : `unknown tag ${tag}${suggestName(tag, customTags.map((each) => String(each.tag)))}`
}

/** False where no end is in sight. */
function checkAliases(file: InputFile, issues: IssueList): boolean {
  let [hasEnd, size] = [true, 0]
  for (const use of file.documents.flatMap((document) => [...listAliases(document).values()])) {
    const { source } = use.alias
    const refuse = (code: string, message: string): void => issues.add(code, message, sourceOf(file, use.alias))
    size += use.size
    if (size > MOST_BY_ALIASES) {
      refuse('too-many-aliases', `aliases (*name) stand for more than ${MOST_BY_ALIASES} lists, maps and values; write some of them out`)
      return false
    }
    if (use.isInside) refuse('circular-alias', `*${source} stands inside of what it stands for`)
    else if (use.target === undefined) refuse('unknown-alias', `*${source}: no anchor &${source} stands before it`)
    hasEnd &&= !use.isInside
  }
  return hasEnd
}

function sourceAt({ name, lines }: Pick<InputFile, 'name' | 'lines'>, offset: number): Source {
  const { line, col } = lines.linePos(offset)
  return { file: name, line, column: col }
}
