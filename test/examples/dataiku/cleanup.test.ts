import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatGuide } from '../../../examples/dataiku/cleanup-guide.ts'
import { blurTold } from '../newcomer-desk.ts'
import { declare, FLEET, openNewcomer, type Newcomer } from './newcomer/bench.ts'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
  person.write('bad.yaml', declare(...FLEET).replace('recipeType: python', 'recipeType: pyton'))
})
afterEach(() => person.close())

const prod = ['-e', 'prod'] as const
/** What the server refuses for good: once for each attempt would be long. */
const refuseDeletes = (): void => person.server.fault({ fault: 'fail', method: 'DELETE', times: 10 })
const fail = async (): Promise<string> => {
  refuseDeletes()
  const { code, out, err } = await person.run(['apply', '-c', 'bad.yaml', ...prod, '--auto-approve'])
  person.server.heal()
  expect(code).toBe(3)
  const [name = 'none', ...others] = person.list('.convergent').filter((each) => each.startsWith('cleanup-prod-'))
  expect(others).toEqual([])
  expect(out + err).toContain(`Manual cleanup: 3 objects need a person; .convergent/${blurTold(name)} says what to do, with ids and commands.`)
  if (process.platform !== 'win32') expect(statSync(join(person.folder, '.convergent', name)).mode & 0o777).toBe(0o600)
  return person.read(`.convergent/${name}`)
}
const commandsOf = (guide: string): readonly string[] => [...guide.matchAll(/^```sh\n([^]*?)\n```$/gm)].flatMap(([, block = '']) => block.split('\n'))
const sh = (command: string): string => execFileSync('sh', ['-c', command], { env: { PATH: process.env['PATH'], ...person.env }, encoding: 'utf8' })

describe('what a rollback could not take back', () => {
  it('is in a guide with ids, reasons and commands, and the commands do what it says', async () => {
    const guide = await fail()
    expect(person.names()).toEqual(['FLEET', 'FLEET.clean', 'FLEET.raw'])
    expect([...guide.matchAll(/^## \d\. (.*)$/gm)].map(([, title]) => title)).toEqual(['Dataset FLEET.clean (id FLEET.clean)', 'Dataset FLEET.raw (id FLEET.raw)', 'Project FLEET (id FLEET)'])
    expect(guide).toContain('It was to be deleted, since the run had created it: failed. ')
    expect(guide).toContain('The deletion failed')
    expect(guide).not.toContain(person.env['DATAIKU_API_KEY'])
    person.server.store('filesystem_managed/FLEET/clean', [1])
    for (const command of commandsOf(guide)) {
      if (command.startsWith('dataiku ')) {
        expect(command.endsWith(` -e prod --checkpoint-dir ${join(person.folder, '.convergent')}`)).toBe(true)
        expect(await person.run([...command.split(' ').slice(1), '--auto-approve'])).toMatchObject({ code: 0 })
      } else {
        const reply = await sendByHand(command)
        if (!command.includes('DELETE')) expect(JSON.parse(reply)).toMatchObject({ projectKey: 'FLEET' })
      }
    }
    expect([person.names(), person.server.data()]).toEqual([[], { 'filesystem_managed/FLEET/clean': [1] }])
    expect((await person.run(['state', ...prod])).out).toBe('Nothing is recorded of stack prod.')
    expect(await person.run(['doctor', ...prod])).toMatchObject({ code: 0 })
  })

  it('is taken back by the command that the guide names, once the cause is gone', async () => {
    const [, command = ''] = /`dataiku (resume .*?)` tries again/.exec(await fail()) ?? []
    expect(await person.run(command.split(' '))).toMatchObject({ code: 0, err: '' })
    expect(person.names()).toEqual([])
    expect((await person.run(['state', ...prod])).out).toBe('Nothing is recorded of stack prod.')
  })
})

/** Where a server of this process is asked by another one, it has to be free to answer. */
async function sendByHand(command: string): Promise<string> {
  const words = sh(`set -- ${command.replace(/^curl /, '')}; printf '%s\\n' "$@"`).trim().split('\n')
  const url = words.find((word) => word.startsWith('http')) ?? ''
  const user = words[words.indexOf('-u') + 1] ?? ''
  const response = await fetch(url, { method: words.includes('-X') ? String(words[words.indexOf('-X') + 1]) : 'GET', headers: { authorization: `Basic ${btoa(user)}` } })
  expect(response.status).toBe(200)
  return response.text()
}

it('what was to be changed back, or made again, is to be looked at; names of a shell are quoted', () => {
  const guide = formatGuide({ run: 'r', env: 'a b', place: "-e 'a b'" }, [
    { address: 'Recipe/FLEET.tidy', kind: 'update', outcome: 'stale', id: 'FLEET.tidy_1', message: 'somebody changed it', attempts: 0, durationMs: 0 },
  ])
  expect(guide).toContain('The rollback could not take back one object.')
  expect(guide).toContain('## 1. Recipe FLEET.tidy (id FLEET.tidy_1)\n\nIt was to be brought back to what it was: stale. somebody changed it\n')
  expect(commandsOf(guide)).toEqual(['curl -s -u "$DATAIKU_API_KEY:" "$DATAIKU_DSS_URL/dip/publicapi/projects/FLEET/recipes/tidy_1"'])
})
