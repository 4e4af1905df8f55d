import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DeclarationError } from 'convergent'
import { sharedHosts } from '../hosts/shared-hosts.ts'
import { runFault } from './run-script.ts'

// Plays faults for real: those that are named, or all. Exit code 1 where something is not as its script expects it.
const folder = new URL('./', import.meta.url)
const given = process.argv.slice(2)
const files = given.length > 0 ? given : (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort().map((name) => fileURLToPath(new URL(name, folder)))
const interrupted = new AbortController()
process.on('SIGINT', () => interrupted.abort()).on('SIGTERM', () => interrupted.abort())

const verdicts: string[] = []
for (const file of files) {
  if (interrupted.signal.aborted) break
  try {
    const { lack, problems } = await runFault(file, (text) => process.stdout.write(text), interrupted.signal)
    verdicts.push(`${basename(file)}: ${lack !== undefined ? `left out, since ${lack}` : problems.length === 0 ? 'as expected' : problems.join('; ')}`)
    if (problems.length > 0) process.exitCode = 1
  } catch (error) {
    process.exitCode = 1
    const what = error instanceof DeclarationError ? error.issues.map(({ source, message }) => `line ${source?.line ?? 1}: ${message}`).join('; ') : (error as Error).message
    verdicts.push(`${basename(file)}: ${what}`)
  }
  process.stdout.write('\n')
}
process.stdout.write(`${verdicts.join('\n')}\n`)
await sharedHosts.close()
