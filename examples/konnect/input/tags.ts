import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, extname, isAbsolute, relative, resolve, sep } from 'node:path'
import { isMap, isScalar, parse, type ScalarTag, type CollectionTag, YAMLMap } from 'yaml'
import { suggestName } from 'convergent'
import type { InputFile } from '../../parts/input-file.ts'

/** `!file path`, `!file path#a.b` or `!file {path: …, extract: a.b}`. */
export class FileTag {
  readonly path: string
  readonly extract: string | undefined
  constructor(path: string, extract: string | undefined) {
    this.path = path
    this.extract = extract
  }
}

/** `!env NAME`. */
export class EnvTag {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** `!ref name#field`. */
export class RefTag {
  readonly ref: string
  readonly field: string | undefined
  constructor(ref: string, field: string | undefined) {
    this.ref = ref
    this.field = field
  }
}

/** `!lookup name:…` or `!lookup {name: …}`: an object of somebody else, of the type that the field refers to. */
export class LookupTag {
  readonly match: Readonly<Record<string, string>>
  constructor(match: Readonly<Record<string, string>>) {
    this.match = match
  }
}

/** A tag of the input language that this host does not know. */
export class UnsupportedTag {
  readonly tag: string
  constructor(tag: string) {
    this.tag = tag
  }
}

function splitAt(text: string): readonly [string, string | undefined] {
  const hash = text.indexOf('#')
  return hash === -1 ? [text.trim(), undefined] : [text.slice(0, hash).trim(), text.slice(hash + 1).trim()]
}

/** The tags of the input language. */
export const customTags: readonly (ScalarTag | CollectionTag)[] = [
  { tag: '!file', resolve: (text: string) => new FileTag(...splitAt(text)) },
  {
    tag: '!file',
    collection: 'map',
    nodeClass: YAMLMap,
    resolve: (map, onError) => {
      if (!isMap(map)) return map
      const texts: Record<string, string> = {}
      for (const { key, value } of map.items) {
        const name = String(isScalar(key) ? key.value : key)
        if (name !== 'path' && name !== 'extract') onError(`!file has no "${name}"${suggestName(name, ['path', 'extract'])}`)
        else if (isScalar(value) && typeof value.value === 'string') texts[name] = value.value
        else onError(`!file: expected a text at "${name}"`)
      }
      return Object.assign(map, { fileTag: new FileTag(texts['path'] ?? '', texts['extract']) })
    },
  },
  { tag: '!env', resolve: (text: string) => new EnvTag(text.trim()) },
  { tag: '!env', collection: 'map', nodeClass: YAMLMap, resolve: (map) => Object.assign(map, { unsupported: '!env as a map' }) },
  { tag: '!ref', resolve: (text: string) => new RefTag(...splitAt(text)) },
  ...['!lookup', '!external'].flatMap((tag): (ScalarTag | CollectionTag)[] => [
    { tag, resolve: (text: string, onError) => lookupOf(text, onError) },
    {
      tag,
      collection: 'map',
      nodeClass: YAMLMap,
      resolve: (map, onError) => {
        const pairs = isMap(map) ? map.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), isScalar(value) ? value.value : undefined] as const) : []
        if (pairs.length === 0 || pairs.some(([, value]) => typeof value !== 'string')) onError(`${tag}: expected fields and their texts`)
        return Object.assign(map, { lookupTag: new LookupTag(Object.fromEntries(pairs.map(([field, value]) => [field, String(value)]))) })
      },
    },
  ]),
]

function lookupOf(text: string, onError: (message: string) => void): LookupTag {
  const colon = text.indexOf(':')
  if (colon < 1) onError('!lookup: expected a field and its text, as in name:Shared')
  return new LookupTag({ [text.slice(0, colon).trim()]: text.slice(colon + 1).trim() })
}

const LARGEST_FILE_BYTES = 10 * 1024 * 1024

/** The folder that paths in a file are relative to. */
export function folderOf({ name }: InputFile): string {
  return name === '-' ? '.' : dirname(resolve(name))
}

/** Reads what a `!file` names. Throws an Error that says what is wrong with it. */
export function readFileTag(tag: FileTag, folder: string, root: string): unknown {
  if (tag.path === '') throw new Error('!file needs a path')
  const path = isAbsolute(tag.path) ? tag.path : resolve(folder, tag.path)
  let real: string
  try {
    real = realpathSync(path)
  } catch {
    if (isOutside(path, root)) throw new Error(outsideMessage(tag.path, root))
    throw new Error(`!file ${tag.path}: there is no such file`)
  }
  // Links are followed first, so that none leads out of the folder.
  if (isOutside(real, realpathSync(root))) throw new Error(outsideMessage(tag.path, root))
  const stat = statSync(real)
  if (!stat.isFile()) throw new Error(`!file ${tag.path}: it is no file`)
  if (stat.size > LARGEST_FILE_BYTES) throw new Error(`!file ${tag.path}: it has ${stat.size} bytes, at most ${LARGEST_FILE_BYTES} are read`)
  const bytes = readFileSync(real)
  const image = IMAGE_TYPES[extname(real).toLowerCase()]
  if (image !== undefined && tag.extract === undefined) return `data:${image};base64,${bytes.toString('base64')}`
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Error(`!file ${tag.path}: it is no text (UTF-8)`)
  }
  return tag.extract === undefined ? text : extractValue(tag, text)
}

const IMAGE_TYPES: Readonly<Record<string, string>> = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.svg': 'image/svg+xml', '.ico': 'image/x-icon', '.gif': 'image/gif' }

function isOutside(path: string, root: string): boolean {
  const way = relative(root, path)
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
}

function outsideMessage(path: string, root: string): string {
  return `!file ${path}: it lies outside of ${root}; name a wider folder with --base-dir`
}

function extractValue({ path, extract = '' }: FileTag, text: string): unknown {
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 100, logLevel: 'error' })
  } catch (error) {
    throw new Error(`!file ${path}#${extract}: it is no YAML or JSON: ${(error as Error).message.split('\n')[0]}`)
  }
  for (const key of extract.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.keys(value).includes(key)) throw new Error(`!file ${path}#${extract}: there is no "${key}" in it`)
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
