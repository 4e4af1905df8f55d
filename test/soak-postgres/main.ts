import { Command, InvalidArgumentError, Option } from 'commander'
import { fightForStack } from './fight.ts'
import type { StoreKind } from './messages.ts'
import { soakPostgres, type SoakMode } from './soak.ts'

const number = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}
const { kills, minutes, resources, mode, store, seed } = new Command('soak:postgres')
  .description('Syncs with a PostgreSQL server of its own, lets hosts, server or connections fail at chosen instants, resumes, and compares the catalogs with what is declared.')
  .option('--kills <number>', 'how many', number, 300)
  .option('--minutes <number>', 'how long hosts fight', number, 10)
  .option('--resources <number>', 'about how many are declared', number, 40)
  .addOption(new Option('--mode <mode>', 'what happens: hosts are killed, the server crashes, connections end or fall silent, or several hosts fight for one stack').choices(['kill', 'restart', 'proxy', 'fight']).default('kill'))
  .addOption(new Option('--store <store>', 'where the state is kept').choices(['file', 'postgres']).default('file'))
  .option('--seed <number>', 'the same seed draws the same declarations and distances', number, 1)
  .parse()
  .opts<{ kills: number; minutes: number; resources: number; mode: SoakMode | 'fight'; store: StoreKind; seed: number }>()

const limitS = 300 + (mode === 'fight' ? minutes * 60 : kills * 10)
setTimeout(() => {
  console.error(`soak:postgres: it has not ended after ${limitS} s`)
  process.exit(1)
}, limitS * 1000).unref()
const onLine = (line: string): void => console.log(line)
const count = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([kind, times]) => `${times} ${kind}`).sort().join(', ')
const faults = mode === 'fight' ? await fight() : await soak(mode)
console.log(`${faults.length} faults`)
for (const fault of faults.slice(0, 50)) console.log(`  ${fault}`)
// The server's package ends a process that ends by itself, and always well.
process.exit(faults.length === 0 ? 0 : 1)

async function soak(way: SoakMode): Promise<readonly string[]> {
  const report = await soakPostgres({ mode: way, store, kills, resources, seed, onRound: onLine })
  console.log(`${way}, ${store} store: ${report.killCount} hits (${count(report.kills)}), ${report.hosts} hosts, ${report.resumes} resumes, ${report.replans} planned once more, ${report.rounds} rounds`)
  console.log(`${report.steps} steps, ${report.adopted} found done, ${report.torn} torn last lines, ${report.changes} changes noted by the database, ${(report.durationMs / 1000).toFixed(1)} s, seed ${seed}`)
  return report.faults
}

async function fight(): Promise<readonly string[]> {
  const report = await fightForStack({ store, minutes, resources, seed, onLine })
  console.log(`fight, ${store} store: ${report.hostCount} hosts (${count(report.ends)}), ${report.killed} killed, ${report.stopped} stopped, ${report.taken} took over, ${report.runs} runs, ${report.resumes} resumes, longest wait ${(report.longestWaitMs / 1000).toFixed(1)} s`)
  console.log(`${report.steps} steps, ${report.adopted} found done, ${report.heard} actions heard of, ${report.changes} changes noted by the database, ${(report.durationMs / 1000).toFixed(1)} s, seed ${seed}`)
  return report.faults
}
