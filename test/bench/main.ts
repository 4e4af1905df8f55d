import { writeFile } from 'node:fs/promises'
import { HELP, parseBenchOptions } from './bench-options.ts'
import { runBench } from './run-bench.ts'
import { formatReport } from './table.ts'

/** `npm run bench`: measures the engine, what limits it and others beside it, all in one run. */
const options = parseBenchOptions(process.argv.slice(2))
if (options === undefined) process.stdout.write(HELP)
else {
  const report = await runBench(options, (line) => process.stderr.write(`${line}\n`))
  process.stdout.write(formatReport(report))
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 1)}\n`)
}
