import { postgresStore } from '../../src/postgres/postgres-store.ts'
import { sampleStart, sampleStep } from '../../src/testing/store-sample.ts'

// Claims a stack and appends for ever, at most 20 at a time; prints the number of each append that resolved.
const [url = '', stack = '', termMs = '0'] = process.argv.slice(2)

async function main(): Promise<void> {
  const store = postgresStore({ connectionString: url })
  const lease = await store.claim(stack, 'child', { termMs: Number(termMs) })
  await store.append(lease, 'r', [sampleStart('r', lease)])
  let next = 0
  const worker = async (): Promise<void> => {
    for (;;) {
      const mine = next++
      await store.append(lease, 'r', [sampleStep(String(mine))])
      process.stdout.write(`${mine}\n`)
    }
  }
  await Promise.all(Array.from({ length: 20 }, worker))
}

void main()
