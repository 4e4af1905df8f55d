import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, resolve } from 'node:path'
import { CommandError } from './command-error.ts'

const DEFAULT_PATH = '/usr/bin:/bin'

/** The file of a command: a path, or a name that is looked for in the folders of PATH. Throws `command` when there is none. */
export async function findProgram(command: string, cwd: string, path = DEFAULT_PATH): Promise<string> {
  if (!(await isFolder(cwd))) throw new CommandError(command, `cannot be run: there is no folder ${cwd}; give another cwd, or make it`)
  if (command.includes('/')) {
    const file = resolve(cwd, command)
    if (await isProgram(file)) return file
    throw new CommandError(command, `cannot be run: ${file} is ${(await isFile(file)) ? 'not executable; run chmod +x on it, or give the program that reads it' : 'not there'}`)
  }
  for (const folder of path.split(delimiter)) {
    const file = resolve(cwd, folder, command)
    if (command !== '' && (await isProgram(file))) return file
  }
  const hint = /\s/.test(command) ? '; what follows the name belongs into args, or set shell' : ''
  throw new CommandError(command, `was not found in any folder of PATH (${path})${hint === '' ? '; install it, or give its path' : hint}`)
}

async function isProgram(file: string): Promise<boolean> {
  return (await isFile(file)) && access(file, constants.X_OK).then(() => true, () => false)
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false)
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false)
}
