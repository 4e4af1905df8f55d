import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { declare, FLEET, openNewcomer, type Newcomer } from '../newcomer/bench.ts'

const SALES = [
  '{ type: project, name: SALES, label: Sales, variables: { standard: { unit: EUR } }, permissions: [{ group: sellers, writeProjectContent: true }] }',
  '{ type: dataset, name: SALES.orders, managed: true, connectionId: postgres_managed }',
  '{ type: recipe, name: SALES.join, recipeType: join, inputs: { main: { items: [{ ref: FLEET.clean }] } }, outputs: { main: { items: [{ ref: orders }] } } }',
]

let person: Newcomer
/** What the server held before anybody imported it. */
let before: unknown
beforeEach(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(...FLEET, ...SALES))
  // Made from elsewhere: `made` is nobody's environment afterwards.
  expect(await person.run(['sync', '-c', 'fleet.yaml', '-e', 'made'])).toMatchObject({ code: 0, err: '' })
  person.writes()
  before = person.look()
})
afterEach(() => person.close())

const importing = (...keys: readonly string[]): readonly string[] => ['import', ...keys, '-e', 'prod', '-c', `${keys.join('-').toLowerCase()}-in.yaml`]
const pending = async (...files: readonly string[]): Promise<unknown> => {
  const { code, out, err } = await person.run(['plan', '-e', 'prod', '--mode', 'sync', ...files.flatMap((file) => ['-c', file])])
  return { code, err, said: out.split('\n').at(-1) }
}
const none = (count: number): unknown => ({ code: 0, err: '', said: `Nothing to do: ${count} resources are as declared.` })

describe('import', () => {
  it('writes what is there and records it; the next plan has nothing to do, and nothing was written', async () => {
    expect(await person.run(importing('FLEET', 'SALES'))).toEqual({ code: 0, err: '', out: '2 projects, 3 datasets, 2 recipes of FLEET, SALES are in fleet-sales-in.yaml and recorded for prod; nothing was changed on the server' })
    expect([person.writes(), person.look()]).toEqual([[], before])
    expect((JSON.parse(person.read('.convergent/prod.state.json')) as { readonly resources: readonly unknown[] }).resources.length).toBe(7)
    expect(await pending('fleet-sales-in.yaml')).toEqual(none(7))
    const text = person.read('fleet-sales-in.yaml')
    expect(text).toMatch(/^# Imported from FLEET, SALES; /)
    expect(text).toContain('- ref: FLEET.clean')
    expect(text).not.toContain('dropData')
  })

  it('is what a sync goes on from: one change is one request, and what is taken out goes', async () => {
    await person.run(importing('FLEET'))
    person.write('fleet-in.yaml', person.read('fleet-in.yaml').replace('label: Vehicle fleet', 'label: Fleet').replace(/ {2}- type: recipe[^]*/, ''))
    expect((await person.run(['sync', '-e', 'prod', '-c', 'fleet-in.yaml', '--auto-approve'])).code).toBe(0)
    expect([...person.writes()].sort()).toEqual(['DELETE projects/FLEET/recipes/tidy', 'PUT projects/FLEET/metadata'])
    expect(await pending('fleet-in.yaml')).toEqual(none(3))
  })

  it('adds a project to what an environment has already, and leaves that as it was', async () => {
    await person.run(importing('FLEET'))
    const recorded = async (): Promise<readonly string[]> => (await person.run(['state', '-e', 'prod'])).out.split('\n')
    const first = await recorded()
    // What is somebody else's here is ours in the other file.
    expect((await person.run(importing('SALES'))).code).toBe(0)
    expect((await recorded()).filter((line) => line.includes('FLEET'))).toEqual(first)
    expect((await recorded()).length).toBe(7)
    expect(await pending('fleet-in.yaml', 'sales-in.yaml')).toEqual(none(7))
    expect(person.look()).toEqual(before)
  })

  it('may be of a project that reads what another one has, which stays somebody else\'s', async () => {
    expect((await person.run(importing('SALES'))).code).toBe(0)
    expect(await pending('sales-in.yaml')).toEqual(none(3))
    expect((await person.run(['state', '-e', 'prod'])).out).not.toContain('FLEET.clean (')
    // To take away all that is ours takes nothing of theirs.
    expect((await person.run(['destroy', '-e', 'prod', '--auto-approve'])).code).toBe(0)
    expect(person.names()).toEqual(['FLEET', 'FLEET.clean', 'FLEET.raw', 'FLEET.tidy'])
  })

  it('leaves out what cannot be declared, says so, and never touches it', async () => {
    const { edit } = person.server
    edit({ project: 'FLEET', part: 'recipe', name: 'to_folder', changes: { outputs: { main: { items: [{ ref: 'folder' }] } } } })
    edit({ project: 'FLEET', part: 'recipe', name: 'to_nothing', changes: { inputs: { main: { items: [{ ref: 'raw' }] } } } })
    edit({ project: 'FLEET', part: 'recipe', name: 'tidy', changes: {}, payload: 'print("{{ env.HOME }}")' })
    edit({ project: 'FLEET', part: 'metadata', changes: { description: 'Trips of {{ year }}' } })
    const now = person.look()
    const { code, out, err } = await person.run(importing('FLEET'))
    expect({ code, out: out.split(' of ')[0], err: err.split('\n') }).toEqual({
      code: 0,
      out: '1 project, 2 datasets, 1 recipe',
      err: [
        'left out: Recipe/FLEET.to_folder: FLEET.folder is no dataset',
        'left out: Recipe/FLEET.to_nothing: it writes no dataset',
        'left out: Project/FLEET: its description holds "{{", which stands for a placeholder here',
        'left out: Recipe/FLEET.tidy: its payload holds "{{", which stands for a placeholder here',
      ],
    })
    expect(await pending('fleet-in.yaml')).toEqual(none(4))
    person.write('fleet-in.yaml', person.read('fleet-in.yaml').replace('label: Vehicle fleet', 'label: Fleet'))
    expect((await person.run(['sync', '-e', 'prod', '-c', 'fleet-in.yaml', '--auto-approve'])).code).toBe(0)
    const expected = structuredClone(now) as { projects: { FLEET: { parts: { metadata: { label: string } } } } }
    expected.projects.FLEET.parts.metadata.label = 'Fleet'
    expect(person.look()).toEqual(expected)
  })

  it('does not write over a file unless told to, and records nothing then', async () => {
    person.write('fleet-in.yaml', 'mine: true\n')
    expect(await person.run(importing('FLEET'))).toEqual({ code: 1, out: '', err: 'dataiku: fleet-in.yaml is there already; name another file with --config, or say --overwrite' })
    expect([person.read('fleet-in.yaml'), (await person.run(['state', '-e', 'prod'])).out]).toEqual(['mine: true\n', 'Nothing is recorded of stack prod.'])
    expect((await person.run([...importing('FLEET'), '--overwrite'])).code).toBe(0)
    expect(await pending('fleet-in.yaml')).toEqual(none(4))
    // A second time it is the same file, and the same state.
    const text = person.read('fleet-in.yaml')
    expect((await person.run([...importing('FLEET'), '--overwrite'])).code).toBe(0)
    expect(person.read('fleet-in.yaml')).toBe(text)
  })
})
