import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseDataiku } from '../../../../examples/dataiku/input/load.ts'
import { blurTold } from '../../newcomer-desk.ts'
import { declare, openNewcomer, type Newcomer } from '../newcomer/bench.ts'

const PROJECT = '{ type: project, name: FLEET, label: Fleet, settings: { limits: { maxOpenedStreams: 20 } }, dropData: true, protected: true }'
const TABLE = '{ type: dataset, name: FLEET.t, managed: true, connectionId: postgres_managed, schema: { columns: [{ name: id, type: bigint }], userModified: true }, dropData: true }'

let person: Newcomer
beforeEach(async () => {
  person = await openNewcomer()
  person.write('fleet.yaml', declare(PROJECT, TABLE))
  expect(await person.run(['sync', '-c', 'fleet.yaml', '-e', 'prod', '--auto-approve'])).toMatchObject({ code: 0, err: '' })
})
afterEach(() => person.close())

const again = ['import', 'FLEET', '-e', 'prod', '-c', 'fleet.yaml', '--overwrite']
const recorded = async (): Promise<unknown> => JSON.parse(blurTold((await person.run(['state', '-e', 'prod', '--output', 'json'])).out))
const copied = (): unknown => JSON.parse(blurTold(person.read('.convergent/prod.state.json')))
const inputsOf = async (address: string): Promise<unknown> => (JSON.parse((await person.run(['state', 'show', address, '-e', 'prod'])).out) as { readonly inputs: unknown }).inputs

describe('an import of what is recorded already', () => {
  it('keeps what no server shows, and what is declared of what else is the server\'s, as it is now', async () => {
    person.server.edit({ project: 'FLEET', part: 'settings', changes: { limits: { maxOpenedStreams: 30, other: 1 }, theirs: true } })
    person.server.edit({ project: 'FLEET', part: 'metadata', changes: { label: 'Theirs' } })
    expect(await person.run(again)).toMatchObject({ code: 0, err: '' })
    const text = person.read('fleet.yaml')
    expect(parseDataiku(text)).toMatchObject([
      { name: 'FLEET', inputs: { label: 'Theirs', settings: { limits: { maxOpenedStreams: 30 } }, dropData: true }, protected: true },
      { name: 'FLEET.t', inputs: { schema: { columns: [{ name: 'id', type: 'bigint' }], userModified: true }, dropData: true } },
    ])
    expect(await inputsOf('Project/FLEET')).toMatchObject({ dropData: true })
    expect(await inputsOf('Dataset/FLEET.t')).toEqual({ projectKey: 'FLEET', name: 't', managed: true, connectionId: 'postgres_managed', schema: { columns: [{ name: 'id', type: 'bigint' }], userModified: true }, dropData: true })
    expect((await recorded()) as object).toMatchObject({ resources: [{}, { address: 'Project/FLEET', protected: true }] })
    expect([text.includes('theirs'), text.includes('other')]).toEqual([false, false])
    expect((await person.run(['plan', '-c', 'fleet.yaml', '--mode', 'sync', '-e', 'prod'])).out).toContain('Nothing to do: 2 resources are as declared.')
    // A second time it is the same.
    expect((await person.run(again)).code).toBe(0)
    expect(person.read('fleet.yaml')).toBe(text)
  })

  it('that cannot be recorded says which field is the cause, and leaves file and state as they were', async () => {
    const unprotected = PROJECT.replace('protected: true', 'protected: false')
    for (const entry of [unprotected, unprotected.replace('label', 'description: Trips, label')]) {
      person.write('fleet.yaml', declare(entry, TABLE))
      expect((await person.run(['sync', '-c', 'fleet.yaml', '-e', 'prod', '--auto-approve'])).code).toBe(0)
    }
    person.server.edit({ project: 'FLEET', part: 'metadata', changes: { description: 'Trips of {{ year }}' } })
    const before = [person.read('fleet.yaml'), await recorded()]
    const { code, out, err } = await person.run(again)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('what is recorded has fields that could not be taken from the server, and they would be cleared: Project/FLEET (description); nothing was recorded')
    expect([person.read('fleet.yaml'), await recorded()]).toEqual(before)
  })

  it.skipIf(process.platform === 'win32')('writes a file that is for its owner alone: variables may be secrets', async () => {
    for (const command of [again, ['import', 'FLEET', '-e', 'dev', '-c', 'new.yaml']]) {
      expect((await person.run(command)).code).toBe(0)
      expect(statSync(join(person.folder, String(command[5]))).mode & 0o777).toBe(0o600)
    }
  })
})

describe('the readable copy of the state', () => {
  it('knows of an import and of a rebuild at once, and has no salt', async () => {
    const commands = [['rebuild', 'FLEET', '-e', 'prod'], ['state', 'reset', '-e', 'prod', '--auto-approve'], again, ['rebuild', '-e', 'prod', '-c', 'fleet.yaml']]
    for (const command of commands) {
      const before = copied()
      expect((await person.run(command)).code).toBe(0)
      if (command[0] === 'state') continue
      expect(copied()).toEqual(await recorded())
      expect(copied()).not.toEqual(before)
      if (command[1] === 'FLEET' && command[0] === 'rebuild') expect(await inputsOf('Dataset/FLEET.t')).toMatchObject({ dropData: true })
    }
    expect(person.read('.convergent/prod.state.json')).not.toContain('salt')
  })
})
