import { appendFileSync } from 'node:fs'
import { acquireLease } from '../../src/engine/acquire-lease.ts'
import { systemClock } from '../../src/engine/clock.ts'
import { postgresStore } from '../../src/postgres/postgres-store.ts'
import { sampleStep } from '../../src/testing/store-sample.ts'

// Waits for a stack, appends an entry and gives it back, a number of times; notes when it has it and when it gives it up.
const [url = '', log = '', times = '0'] = process.argv.slice(2)

async function main(): Promise<void> {
  const store = postgresStore({ connectionString: url })
  for (let won = 0; won < Number(times); won++) {
    const keeper = await acquireLease({ store, stack: 's', clock: systemClock, options: { holder: `process ${process.pid}`, leaseWaitMs: 60_000, timeoutMs: 1 } })
    appendFileSync(log, `has ${keeper.lease.fence}\n`)
    await store.append(keeper.lease, 'r', [sampleStep(`${keeper.lease.fence}`)])
    appendFileSync(log, `gives ${keeper.lease.fence}\n`)
    await keeper.release()
  }
  await store.close()
}

void main()
