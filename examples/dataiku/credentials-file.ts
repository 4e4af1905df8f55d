import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { suggestName } from 'convergent'

/** What a file says of one instance. */
export interface Credentials {
  readonly url: string
  readonly apiKey: string
  /** Where they stand, for messages. */
  readonly from: string
  readonly warnings: readonly string[]
}

/** Where credentials are when nobody says so; undefined where there is no such file. */
export function findCredentialsFile(home: string | undefined): string | undefined {
  const path = home === undefined || home === '' ? undefined : join(home, '.dataiku', 'config.json')
  return path !== undefined && existsSync(path) ? path : undefined
}

/** Reads the address and the key of an instance: the one that is asked for, or the default of the file. Throws, in words, what is wrong; what stands in the file is not said. */
export function readCredentials(path: string, instance: string | undefined): Credentials {
  const content = readJson(path)
  const instances = mapAt(content, 'dss_instances')
  if (instances === undefined) throw new Error(`${path}: dss_instances: expected a map of instances, each with url and api_key`)
  const names = Object.keys(instances)
  const name = instance ?? textAt(content, 'default_instance') ?? (names.length === 1 ? names[0] : undefined)
  if (name === undefined) throw new Error(`${path}: default_instance: it is missing; name an instance with --instance: ${names.join(', ') || 'there is none'}`)
  const found = mapAt(instances, name)
  if (found === undefined) throw new Error(`${path}: there is no instance "${name}"${suggestName(name, names) || `; there are ${names.join(', ') || 'none'}`}`)
  const from = `${path}: instance "${name}"`
  const [url, apiKey] = [textAt(found, 'url'), textAt(found, 'api_key')]
  if (url === undefined || apiKey === undefined) throw new Error(`${from}: ${url === undefined ? 'url' : 'api_key'}: expected a text that is not empty`)
  return { url, apiKey, from, warnings: warnOfReaders(path) }
}

function readJson(path: string): unknown {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(`there is no credentials file ${path}`)
    throw new Error(`the credentials file ${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words hold a part of the file.
    throw new Error(`the credentials file ${path} is no JSON; expected { "dss_instances": { "default": { "url": …, "api_key": … } }, "default_instance": "default" }`)
  }
}

function warnOfReaders(path: string): readonly string[] {
  // Other systems say who may read a file in other ways.
  if (process.platform === 'win32') return []
  const mode = statSync(path).mode & 0o777
  return (mode & 0o077) === 0 ? [] : [`${path} holds an API key, and others than its owner may use it (mode ${mode.toString(8)}); run chmod 600 ${path}`]
}

function mapAt(value: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  const found = valueAt(value, key)
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Readonly<Record<string, unknown>>) : undefined
}

function textAt(value: unknown, key: string): string | undefined {
  const found = valueAt(value, key)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function valueAt(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}
