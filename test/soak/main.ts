import { Command, InvalidArgumentError, Option } from 'commander'
import { soakCrashes, type SoakMode } from './soak.ts'

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
const MODES = ['host', 'server', 'suspend'] as const
const { kills, resources, mode, seed } = new Command('soak:crash')
  .description('Syncs with a local Konnect, kills one of the two at chosen instants, resumes, and compares what is there with what is declared.')
  .option('--kills <number>', 'how many, in each mode', number, 300)
  .option('--resources <number>', 'about how many are declared', number, 200)
  .addOption(new Option('--mode <mode>', 'what dies, or is stopped past its lease; all: one after the other').choices([...MODES, 'all']).default('host'))
  .option('--seed <number>', 'the same seed draws the same declarations and distances', number, 1)
  .parse()
  .opts<{ kills: number; resources: number; mode: SoakMode | 'all'; seed: number }>()

const modes = mode === 'all' ? MODES : [mode]
const limitS = (120 + kills * 8) * modes.length
setTimeout(() => {
  console.error(`soak:crash: it has not ended after ${limitS} s`)
  process.exit(1)
}, limitS * 1000).unref()
let faultCount = 0
for (const each of modes) {
  const report = await soakCrashes({ mode: each, kills, resources, seed, onRound: (line) => console.log(line) })
  faultCount += report.faults.length
  const kinds = Object.entries(report.kills).map(([kind, count]) => `${count} ${kind}`)
  console.log(`${report.killCount} ${each === 'suspend' ? 'suspensions of the host' : `kills of the ${each}`} (${kinds.sort().join(', ')}), ${report.resumes} resumes, ${report.rounds} rounds`)
  console.log(`${report.steps} steps, ${report.adopted} found done, ${report.torn} torn last lines, ${report.late} late writes, ${report.writes} writes in ${report.requests} requests, ${(report.durationMs / 1000).toFixed(1)} s, seed ${seed}`)
  console.log(`${report.faults.length} faults`)
  for (const fault of report.faults.slice(0, 50)) console.log(`  ${fault}`)
}
process.exitCode = faultCount === 0 ? 0 : 1
