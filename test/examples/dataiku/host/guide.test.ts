import { afterEach, beforeEach, expect, it } from 'vitest'
import { formatGuide } from '../../../../examples/dataiku/cleanup-guide.ts'
import { declare, FLEET, openNewcomer, type Newcomer } from '../newcomer/bench.ts'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
})
afterEach(() => person.close())

const sync = ['sync', '-c', 'fleet.yaml', '--auto-approve'] as const
const readGuide = (): string => {
  const [name = 'none', ...others] = person.list('.convergent').filter((each) => each.startsWith('cleanup'))
  expect(others).toEqual([])
  return person.read(`.convergent/${name}`)
}
const commandsOf = (guide: string): readonly string[] => [...guide.matchAll(/^```sh\n([^]*?)\n```$/gm)].flatMap(([, block = '']) => block.split('\n'))

it('of a project that others have filled has nothing that would delete what is theirs', async () => {
  person.write('fleet.yaml', declare(FLEET[0]))
  expect((await person.run(sync)).code).toBe(0)
  person.server.edit({ project: 'FLEET', part: 'dataset', name: 'theirs', changes: {} })
  expect((await person.run(['rollback', '--auto-approve'])).code).not.toBe(0)
  const guide = readGuide()
  expect(guide).toContain('Others work in it')
  const commands = commandsOf(guide)
  const url = '"$DATAIKU_DSS_URL/dip/publicapi/projects/FLEET'
  expect(commands.slice(0, 3)).toEqual(['', '/datasets/', '/recipes/'].map((below) => `curl -s -u "$DATAIKU_API_KEY:" ${url}${below}"`))
  expect(commands.slice(3)).toEqual([expect.stringMatching(/^dataiku state rm Project\/FLEET -e default --checkpoint-dir /)])
  // Taken out, it is theirs.
  expect((await person.run([...(commands[3] as string).split(' ').slice(1), '--auto-approve'])).code).toBe(0)
  expect([person.names(), (await person.run(['state'])).out]).toEqual([['FLEET', 'FLEET.theirs'], 'Nothing is recorded of stack default.'])
})

it('of what only a person can settle says nothing that is not so: no run had created it, and there is nothing to resume', () => {
  const lost = { address: 'Dataset/FLEET.clean', kind: 'delete', outcome: 'blocked', id: 'FLEET.clean', message: 'whether the delete happened is unknown', attempts: 0, durationMs: 0 } as const
  const head = { run: 'r1', env: 'prod', place: '-e prod' }
  const guide = formatGuide(head, [lost])
  expect(guide).toContain('It needs a person: whether the delete happened is unknown')
  expect(commandsOf(guide)).toEqual(['curl -s -u "$DATAIKU_API_KEY:" "$DATAIKU_DSS_URL/dip/publicapi/projects/FLEET/datasets/clean"'])
  for (const untrue of ['had created it', 'resume']) expect(guide).not.toContain(untrue)
  const both = formatGuide(head, [lost, { ...lost, outcome: 'failed' }])
  for (const so of ['had created it', '`dataiku resume r1 -e prod` tries again']) expect(both).toContain(so)
})

it('of a project that waits for what is in it says that a delete takes all of it', async () => {
  person.write('fleet.yaml', declare(...FLEET).replace('recipeType: python', 'recipeType: pyton'))
  person.server.fault({ fault: 'fail', method: 'DELETE', path: /datasets/, times: 10 })
  expect((await person.run(sync)).code).toBe(3)
  expect(readGuide()).toMatch(/## 3\. Project FLEET[^]*since the run had created it: skipped[^]*All that is in it goes with it, so only where nothing is listed below/)
})
