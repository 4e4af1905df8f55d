import { Command, InvalidArgumentError, Option } from 'commander'
import { breaks, type Break } from './breaks.ts'
import { soakDirector } from './soak.ts'
import { describeReport } from './words.ts'

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
const { kills, seed, round, first, rounds, minutes, lanes, broken, goesOn } = new Command('soak:director')
  .description('Configures nodes behind local Directors, kills the host at chosen instants while orders and replies go wrong, resumes or takes back, and compares what is there and recorded with what is declared.')
  .option('--kills <number>', 'how many', number, 100)
  .option('--seed <number>', 'the same seed draws the same rounds', number, 1)
  .option('--round <number>', 'plays this one only, again', number)
  .option('--first <number>', 'the number of the first round', number, 0)
  .option('--rounds <number>', 'at most so many', number)
  .option('--minutes <number>', 'no round begins after so long', number, 30)
  .option('--lanes <number>', 'rounds at once', number, 2)
  .option('--goes-on', 'goes on after a round that went wrong', false)
  .addOption(new Option('--broken <what>', 'breaks the host on purpose, to see that it is found').choices(breaks))
  .parse()
  .opts<{ kills: number; seed: number; round?: number; first: number; rounds?: number; minutes: number; lanes: number; goesOn: boolean; broken?: Break }>()

const isOne = round !== undefined
const most = isOne ? 1 : rounds
const report = await soakDirector({ kills, seed, first: round ?? first, lanes, tellsAll: isOne, goesOn, broken, limitMs: minutes * 60_000, onRound: (line) => console.log(line), ...(most !== undefined && { rounds: most }) })
console.log(describeReport(seed, report))
const isShort = most === undefined && report.killCount < kills
if (isShort && report.faults.length === 0) console.error(`soak:director: ${minutes} minutes were not enough for so many kills`)
process.exitCode = isShort || report.faults.length > 0 ? 1 : 0
