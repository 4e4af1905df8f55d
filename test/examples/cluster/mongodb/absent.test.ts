import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PATIENCE_MS, setUpBench, type Bench } from '../bench.ts'

const demo = readFileSync(new URL('../../../../examples/cluster/demo/mongodb.yaml', import.meta.url), 'utf8')

describe('a MongoDB whose programs are nowhere', () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await setUpBench(11)
    let port = 0
    bench.describe(demo.replace('{ onPath: true }', '{ folder: DIR/nowhere }').replace('/tmp/convergent-docs', 'DIR/docs').replaceAll(/port: \d+/g, () => `port: PORT${++port}`).replace(/^user: .*\n/m, process.getuid?.() === 0 ? 'user: nobody\n' : ''))
  })
  afterAll(() => bench.close())

  it('is planned and rehearsed all the same, and stops before anything is done', { timeout: PATIENCE_MS }, async () => {
    const planned = await bench.run(2, 'deploy', '--plan-only')
    expect(planned.out).toContain(`Warning: fetchBinary/mongodb on localhost: binary: mongod is not in ${bench.folder}/nowhere on localhost`)
    const rehearsed = await bench.run(0, 'deploy', '--dry-run', '--concurrency', '1')
    await expect(bench.normalise(`${planned.out}\n$ deploy --dry-run\n${rehearsed.out}`)).toMatchFileSnapshot('golden/absent.txt')
    const stopped = await bench.run(1, 'deploy', '--auto-approve', '--concurrency', '1')
    expect(stopped.out).toContain('fetchBinary/mongodb on localhost: failed: program: mongod is not in')
    expect(await bench.leftovers()).toEqual([])
  })
})
