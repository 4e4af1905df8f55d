import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { findLack } from '../../../../examples/cluster/faults/needs.ts'
import { loadScript } from '../../../../examples/cluster/faults/load-script.ts'
import { runFault } from '../../../../examples/cluster/faults/run-script.ts'
import { sharedHosts } from '../../../../examples/cluster/hosts/shared-hosts.ts'
import { normalise } from './normalise.ts'

/** Long enough on a busy machine. */
const PATIENCE_MS = 240_000

const folder = fileURLToPath(new URL('../../../../examples/cluster/faults/', import.meta.url))
const scripts = await Promise.all(readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort().map(async (name) => ({ name, script: await loadScript(`${folder}${name}`) })))

/** For real: processes, disks, connections. Each script says itself what must come of it; what people read is kept beside. */
describe('a cluster meets a fault', () => {
  afterAll(() => sharedHosts.close())

  for (const { name, script } of scripts) {
    const lack = findLack(script.needs)
    if (lack !== undefined) console.log(`skipped: ${name}, since ${lack}`)
    it.skipIf(lack !== undefined)(script.fault, { timeout: PATIENCE_MS }, async ({ signal }) => {
      let transcript = ''
      const { problems, places } = await runFault(`${folder}${name}`, (text) => void (transcript += text), signal)
      expect(problems, transcript).toEqual([])
      // Databases run as whoever is not root himself: then some checks read otherwise.
      if (process.getuid?.() === 0) await expect(normalise(transcript, places)).toMatchFileSnapshot(`golden/${name.replace('.yaml', '.txt')}`)
    })
  }

  it('takes every decision at least once', () => {
    const told = scripts.flatMap(({ script }) => script.steps.flatMap(({ run = '' }) => [...run.matchAll(/--on-(?:failure|failed-check) (\w+)/g)].map(([, choice]) => choice)))
    expect([...new Set(told)].sort()).toEqual(['abort', 'pause', 'retry', 'rollback', 'skip'])
  })
})
