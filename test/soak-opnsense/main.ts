import { Command, InvalidArgumentError } from 'commander'
import { soakFirewall } from './soak.ts'
import { describeReport } from './words.ts'

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
const { kills, seed, round, rounds, minutes, lanes } = new Command('soak:opnsense')
  .description('Configures local firewalls, kills the host at chosen instants while the wire fails, resumes or takes back, and compares what is saved, live and recorded with what is declared.')
  .option('--kills <number>', 'how many', number, 100)
  .option('--seed <number>', 'the same seed draws the same rounds', number, 1)
  .option('--round <number>', 'plays this one only, again')
  .option('--rounds <number>', 'at most so many', number)
  .option('--minutes <number>', 'no round begins after so long', number, 30)
  .option('--lanes <number>', 'rounds at once', number, 2)
  .parse()
  .opts<{ kills: number; seed: number; round?: string; rounds?: number; minutes: number; lanes: number }>()

const isOne = round !== undefined
const most = isOne ? 1 : rounds
const report = await soakFirewall({ kills, seed, first: isOne ? number(round) : 0, lanes, tellsAll: isOne, limitMs: minutes * 60_000, onRound: (line) => console.log(line), ...(most !== undefined && { rounds: most }) })
console.log(describeReport(seed, report))
const isShort = most === undefined && report.killCount < kills
if (isShort && report.faults.length === 0) console.error(`soak:opnsense: ${minutes} minutes were not enough for so many kills`)
process.exitCode = isShort || report.faults.length > 0 ? 1 : 0
