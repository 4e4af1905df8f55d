import { createCli, processIo } from 'convergent/cli'
import { cliOptions } from '../cli.ts'
import type { Step } from './script.ts'
import type { World } from './world.ts'

/** What of these databases nobody may read. */
const PASSWORD = 'only-for-the-faults'
/** No command takes so long. */
const MOST_MS = 60_000

/** How the command line of the cluster is called. */
export interface CommandLine {
  /** The topology. */
  readonly file: string
  readonly stateDir: string
  readonly print: (text: string) => void
}

/** Runs a command as a person would, and gives what is not as the step expects it. */
export async function runCommandLine({ file, stateDir, print }: CommandLine, { run, exit, says = [], saysNot = [], meanwhile = [] }: Step & { readonly run: string }, world: World): Promise<readonly string[]> {
  print(`\n$ cluster ${run}\n\n`)
  let said = ''
  const waiting = [...meanwhile]
  const done: Promise<string>[] = []
  const listen = (text: string): void => {
    said += text
    print(text)
    for (const deed of waiting.filter(({ once }) => said.includes(once))) {
      waiting.splice(waiting.indexOf(deed), 1)
      // At once: what comes next must meet it.
      const told = attempt(() => world.perform(deed))
      done.push(told.then((what) => (print(`* meanwhile: ${what}\n`), what)))
    }
  }
  const interrupts = new Set<() => void>()
  const io = processIo()
  const timer = setTimeout(() => interrupts.forEach((interrupt) => interrupt()), MOST_MS)
  const code = await createCli(cliOptions)
    .run([...run.split(/\s+/), '-f', file, '--state-dir', stateDir], {
      ...io,
      stdout: listen,
      stderr: listen,
      isTTY: false,
      isInteractive: false,
      columns: 100,
      env: { ...process.env, PASSWORD },
      onInterrupt: (listener) => {
        const forget = io.onInterrupt(listener)
        interrupts.add(listener)
        return () => {
          forget()
          interrupts.delete(listener)
        }
      },
    })
    .finally(() => clearTimeout(timer))
  const failed = (await Promise.allSettled(done)).flatMap((each) => (each.status === 'rejected' ? [(each.reason as Error).message] : []))
  print(`(exit code ${code})\n`)
  return [
    ...failed,
    ...(exit === undefined || code === exit ? [] : [`${run}: exit code ${code}, expected ${exit}`]),
    ...says.filter((text) => !said.includes(text)).map((text) => `${run}: it did not say: ${text}`),
    ...saysNot.filter((text) => said.includes(text)).map((text) => `${run}: it said: ${text}`),
    ...waiting.map(({ once }) => `${run}: it never said: ${once}`),
    ...(said.includes(PASSWORD) ? [`${run}: it told the password`] : []),
  ]
}

async function attempt(deed: () => string | Promise<string>): Promise<string> {
  return deed()
}
