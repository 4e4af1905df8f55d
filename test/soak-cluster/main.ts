import { Command, InvalidArgumentError, Option } from 'commander'
import { whyNot } from './can-run.ts'
import type { EngineKind } from './place.ts'
import { describeReport } from './words.ts'
import { soakCluster } from './soak.ts'

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
const { engine, kills, rollbackKills, seed, round, rounds, minutes, lanes, lane } = new Command('soak:cluster')
  .description('Deploys clusters of real processes, kills the host program at chosen instants of the deploy and of the rollback, resumes, and looks at what runs and what is left.')
  .addOption(new Option('--engine <engine>', 'what is deployed; all: one after the other').choices(['postgres', 'redis', 'all']).default('postgres'))
  .option('--kills <number>', 'how many of the deploy', number, 50)
  .option('--rollback-kills <number>', 'how many of the rollback', number, 25)
  .option('--seed <number>', 'the same seed draws the same instants', number, 1)
  .option('--round <number>', 'the first round: to play one of them again', number, 0)
  .option('--rounds <number>', 'at most so many', number)
  .option('--minutes <number>', 'no round begins after so long', number, 30)
  .option('--lanes <number>', 'rounds at once', number, 2)
  .option('--lane <number>', 'number of the first one: each has ports of its own, so another soak can run beside', number, 0)
  .parse()
  .opts<{ engine: EngineKind | 'all'; kills: number; rollbackKills: number; seed: number; round: number; rounds?: number; minutes: number; lanes: number; lane: number }>()

for (const each of engine === 'all' ? (['postgres', 'redis'] as const) : [engine]) {
  const missing = whyNot(each)
  if (missing !== undefined) {
    console.error(`${each} is left out: ${missing}`)
    continue
  }
  const report = await soakCluster({ engine: each, kills, rollbackKills, seed, first: round, lanes, firstLane: lane, limitMs: minutes * 60_000, onRound: (line) => console.log(line), ...(rounds !== undefined && { rounds }) })
  console.log(describeReport(each, seed, report))
  const isShort = rounds === undefined && (report.kills.deploy < kills || report.kills.rollback < rollbackKills)
  if (isShort && report.faults.length === 0) console.error(`soak:cluster: ${minutes} minutes were not enough for so many kills`)
  if (isShort || report.faults.length > 0) process.exitCode = 1
}
