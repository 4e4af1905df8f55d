import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DeclarationError, addressOf, type Resource, type Scope } from 'convergent'
import { loadKonnect, type LoadOptions } from '../../../examples/konnect/input/load.ts'

/** Loads a text as if it came in by the standard input. */
export function loadText(text: string, options: LoadOptions = {}): { readonly desired: readonly Resource[]; readonly scope: Scope } {
  return loadKonnect(['-'], { ...options, stdin: text })
}

/** A folder with these files, gone when the test ends. */
export function makeFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'konnect-input-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** What is wrong, a line each: `code line:column address: path: message`, with the folder taken out. */
export function findFaults(load: () => unknown, folder = '\0'): readonly string[] {
  try {
    load()
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error
    return error.issues.map(({ code, source, address, path, message }) =>
      `${code} ${source?.line ?? '?'}:${source?.column ?? '?'} ${[address, path?.join('.'), message].filter((part) => part !== undefined).join(': ')}`.replaceAll(folder, '.'),
    )
  }
  return []
}

/** The faults of a text. */
export function faultsOf(text: string, options: LoadOptions = {}): readonly string[] {
  return findFaults(() => loadText(text, options))
}

/** The resource at an address; fails the test where there is none. */
export function pick(desired: readonly Resource[], address: string): Resource {
  const found = desired.find((resource) => addressOf(resource) === address)
  if (found === undefined) throw new Error(`${address} is not among ${desired.map(addressOf).join(', ')}`)
  return found
}
