import { Command, InvalidArgumentError, Option } from 'commander'
import type { SoakOptions, SoakReport } from './play-rounds.ts'

/** A soak as a command. */
export interface SoakCommand<Broken extends string> {
  readonly name: string
  readonly description: string
  /** What can be wrong with a host on purpose. Default: nothing. */
  readonly breaks?: readonly Broken[]
  readonly soak: (options: SoakOptions & { readonly broken: Broken | undefined }) => Promise<SoakReport>
  readonly describe: (seed: number, report: SoakReport) => string
}

/** Soaks as the command line says, and sets the exit code. */
export async function runSoak<Broken extends string>({ name, description, breaks = [], soak, describe }: SoakCommand<Broken>): Promise<void> {
  const number = (text: string): number => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
    return Number(text)
  }
  const command = new Command(name)
    .description(description)
    .option('--kills <number>', 'how many', number, 100)
    .option('--seed <number>', 'the same seed draws the same rounds', number, 1)
    .option('--round <number>', 'plays this one only, again', number)
    .option('--first <number>', 'the number of the first round', number, 0)
    .option('--rounds <number>', 'at most so many', number)
    .option('--minutes <number>', 'no round begins after so long', number, 30)
    .option('--lanes <number>', 'rounds at once', number, 2)
    .option('--goes-on', 'goes on after a round that went wrong', false)
  if (breaks.length > 0) command.addOption(new Option('--broken <what>', 'breaks the host on purpose, to see that it is found').choices(breaks))
  const { kills, seed, round, first, rounds, minutes, lanes, broken, goesOn } = command.parse().opts<{ kills: number; seed: number; round?: number; first: number; rounds?: number; minutes: number; lanes: number; goesOn: boolean; broken?: Broken }>()
  const isOne = round !== undefined
  const most = isOne ? 1 : rounds
  const report = await soak({ kills, seed, first: round ?? first, lanes, tellsAll: isOne, goesOn, broken, limitMs: minutes * 60_000, onRound: (line) => console.log(line), ...(most !== undefined && { rounds: most }) })
  console.log(describe(seed, report))
  const isShort = most === undefined && report.killCount < kills
  if (isShort && report.faults.length === 0) console.error(`${name}: ${minutes} minutes were not enough for so many kills`)
  process.exitCode = isShort || report.faults.length > 0 ? 1 : 0
}
