import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { DeclarationError, suggestName, type Issue } from 'convergent'
import { parseYaml } from '../topology/parse-yaml.ts'
import { NOWHERE, type Places } from './places.ts'
import { scriptSchema, type Script } from './script.ts'

/** Reads a script. Throws `declaration` with every issue at once, each with its line. `places`: what stands for `${…}`. */
export async function loadScript(file: string, places: Places = NOWHERE): Promise<Script> {
  return parseScript(await readFile(file, 'utf8'), basename(file), places)
}

/** The same for a text. `file`: what messages call it. */
export function parseScript(text: string, file: string, places: Places = NOWHERE): Script {
  const issues: Issue[] = []
  const lines = text.split('\n').map((line, at) =>
    // What is told to people names places as well.
    /^\s*#/.test(line) ? '' : line.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = places[name]
      const known = Object.keys(places)
      if (value === undefined) issues.push({ code: 'unknown-place', message: `there is no place "${name}"${suggestName(name, known) || `; places are ${known.join(', ')}`}`, source: { file, line: at + 1 } })
      return value ?? ''
    }))
  if (issues.length > 0) throw new DeclarationError(issues)
  return parseYaml(lines.join('\n'), file, scriptSchema).data
}
