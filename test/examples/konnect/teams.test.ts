import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { setUpBench, type Bench, type Outcome } from './bench.ts'

let bench: Bench
beforeEach(async () => void (bench = await setUpBench()))
afterEach(() => bench.close())

/** The platform team owns the portal and a strategy. */
const platform = ({ title = 'Portal' } = {}): string => `
_defaults: { kongctl: { namespace: platform } }
portals: [{ ref: shared, name: shared, display_name: ${title}, customization: { theme: { mode: dark } } }]
application_auth_strategies: [{ ref: key, name: key, display_name: Key, strategy_type: key_auth, configs: { key_auth: { key_names: [apikey] } } }]
`

/** Another team has an API of its own, shows it in that portal, and adds a page to it. */
const guest = (name: string, { page = `# ${name}`, hasPage = true, hasApi = true } = {}): string => `
_defaults: { kongctl: { namespace: ${name} } }
portals:
  - ref: theirs
    _external: { selector: { matchFields: { name: shared } } }
    pages: ${hasPage ? `[{ ref: ${name}-page, slug: ${name}, content: "${page}" }]` : '[]'}
apis:
${hasApi ? `  - { ref: ${name}, name: ${name}, publications: [{ ref: ${name}-shown, portal_id: theirs, auth_strategy_ids: [!lookup name:key] }] }` : '  []'}
`

async function sync(team: string, text: string, ...more: readonly string[]): Promise<Outcome> {
  const file = join(bench.folder, `${team}.yaml`)
  writeFileSync(file, text)
  return bench.run('sync', '-f', file, '--auto-approve', '--state-dir', join(bench.folder, `state-${team}`), ...more)
}

const names = (kind: string, field: string): unknown[] => (bench.server.objects()[kind] ?? []).map((row) => row[field]).sort()

it('three teams share a portal that one of them owns, and none deletes what is another’s', async () => {
  expect((await sync('platform', platform())).code).toBe(0)
  for (const team of ['red', 'blue']) {
    const { code, out, err } = await sync(team, guest(team))
    expect(`${code} ${out}${err}`).toMatch(/^0 /)
  }
  expect([names('portal', 'name'), names('api', 'name'), names('page', 'slug'), names('publication', 'visibility').length]).toEqual([['shared'], ['blue', 'red'], ['blue', 'red'], 2])

  // Each again: nothing to do. Each edits its own: nobody else's moves.
  bench.writes()
  for (const [team, text] of [['platform', platform()], ['red', guest('red')], ['blue', guest('blue')]] as const) expect((await sync(team, text)).out).toContain('Nothing to do')
  expect(bench.writes()).toEqual([])
  expect((await sync('platform', platform({ title: 'Shared portal' }))).code).toBe(0)
  expect((await sync('red', guest('red', { page: '# Red again' }))).code).toBe(0)
  expect(bench.writes().map((write) => write.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…'))).toEqual(['PATCH /v3/portals/…', 'PATCH /v3/portals/…/pages/…'])

  // One leaves: its own goes, the portal and what the others have in it stays.
  const left = await sync('red', guest('red', { hasPage: false, hasApi: false }), '--allow-empty')
  expect(`${left.code} ${left.err}`).toBe('0 Warning: this sync removes 2 objects.\n')
  expect([names('portal', 'display_name'), names('api', 'name'), names('page', 'slug'), names('publication', 'visibility').length, names('strategy', 'name')]).toEqual([['Shared portal'], ['blue'], ['blue'], 1, ['key']])

  // The owner cannot pull the portal from under the one that is left.
  const pulled = await sync('platform', '_defaults: { kongctl: { namespace: platform } }\nportals: []\napplication_auth_strategies: []\n', '--allow-empty')
  expect(pulled.code).not.toBe(0)
  expect([names('portal', 'name'), names('page', 'slug'), names('strategy', 'name')]).toEqual([['shared'], ['blue'], ['key']])
})

it('what belongs to somebody else must be there', async () => {
  const { code, err } = await sync('red', guest('red'))
  expect(code).toBe(1)
  expect(err).toContain('portal/theirs: there is no portal with name "shared"; it belongs to somebody else, so it is not created here')
  expect(err).toContain('red.yaml')
})
