import { createInterface } from 'node:readline'
import { fileStore } from '../../src/node/file-store.ts'
import { sampleStart, sampleStep } from '../../src/testing/store-sample.ts'

// Claims a stack for a short term, renews it all the time, and appends an entry for each line that it is given; says what came of it.
const [dir = '', termMs = '0'] = process.argv.slice(2)

async function main(): Promise<void> {
  const store = fileStore(dir)
  const lease = await store.claim('s', 'child', { termMs: Number(termMs) })
  await store.append(lease, 'r', [sampleStart('r', lease)])
  const renew = (): void => void store.renew(lease).then(() => setTimeout(renew, Number(termMs) / 3), (error: { readonly code?: string }) => console.log(`renewal: ${error.code}`))
  renew()
  console.log('has it')
  for await (const line of createInterface({ input: process.stdin })) {
    await store.append(lease, 'r', [sampleStep(line)]).then(
      () => console.log(`${line}: kept`),
      (error: { readonly code?: string }) => console.log(`${line}: ${error.code}`),
    )
  }
}

void main()
