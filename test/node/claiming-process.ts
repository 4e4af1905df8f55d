import { appendFileSync } from 'node:fs'
import { fileStore } from '../../src/node/file-store.ts'

// Claims and releases a stack until it has had it a number of times; notes when it has it and when it gives it up.
const [dir = '', log = '', times = '0'] = process.argv.slice(2)

async function main(): Promise<void> {
  const store = fileStore(dir)
  for (let won = 0; won < Number(times); ) {
    const lease = await store.claim('s', `process ${process.pid}`).catch((error: { readonly code?: string }) => {
      if (error.code !== 'lease-held') throw error as Error
      return undefined
    })
    if (lease === undefined) continue
    appendFileSync(log, `has ${lease.fence}\n`)
    appendFileSync(log, `gives ${lease.fence}\n`)
    await store.release(lease)
    won += 1
  }
}

void main()
