import { describe, expect, it } from 'vitest'
import type { ReadContext } from 'convergent'
import type { HttpClient } from 'convergent/rest'
import { NameIndex } from '../../../../examples/director/name-index.ts'

const context: ReadContext = { signal: new AbortController().signal, trace: () => undefined, admit: async () => undefined, refused: () => undefined, wait: async () => undefined, elapsedMs: () => 0 }

/** Lists that answer when they are told to. */
function open(lists: Record<string, readonly object[]>) {
  const asked: string[] = []
  const held: (() => void)[] = []
  let isHeld = false
  const client: HttpClient = {
    request: async ({ path }) => {
      asked.push(path)
      const found = lists[path]
      if (isHeld) await new Promise<void>((resolve) => void held.push(resolve))
      if (found === undefined) throw new Error('gone')
      return found
    },
  }
  return { asked, index: new NameIndex(client), hold: () => void (isHeld = true), release: () => ((isHeld = false), held.splice(0).forEach((each) => each())) }
}

const packages = '/configapi/p/l/Packages'
const windows = { id: '1', name: 'Windows' }

describe('names of a node', () => {
  it('are asked for once, however many ask at once, on each node apart', async () => {
    const { asked, index } = open({ [packages]: [windows, { id: '2', policy_name: 'Linux' }], '/configapi/p/m/Packages': [{ id: '9', name: 'Windows' }] })
    const names = index.at('p/l', context)
    expect(await Promise.all([names.idOf('Packages', 'Windows'), names.nameOf('Packages', '2'), names.idOf('Packages', 'Linux')])).toEqual(['1', 'Linux', '2'])
    expect(await index.at('p/m', context).idOf('Packages', 'Windows')).toBe('9')
    expect(asked).toEqual([packages, '/configapi/p/m/Packages'])
  })

  it('are asked for again where one is not known', async () => {
    const lists: Record<string, readonly object[]> = { [packages]: [windows] }
    const { asked, index } = open(lists)
    const names = index.at('p/l', context)
    await names.idOf('Packages', 'Windows')
    lists[packages] = [windows, { id: '2', name: 'Linux' }]
    expect(await Promise.all([names.nameOf('Packages', '2'), names.idOf('Packages', 'Linux')])).toEqual(['Linux', '2'])
    expect(asked.length).toBe(2)
  })

  it('that are unknown are an error which names the kind, the node and the nearest; an id stays what it is', async () => {
    const names = open({ [packages]: [windows] }).index.at('p/l', context)
    await expect(names.idOf('Packages', 'Windos')).rejects.toMatchObject({ kind: 'fatal', message: 'there is no Package of the name "Windos" on the LogPoint l; did you mean "Windows"?' })
    await expect(names.idOf('Packages', 'zzzzzzzzz')).rejects.toMatchObject({ message: 'there is no Package of the name "zzzzzzzzz" on the LogPoint l; correct the name, or declare it' })
    expect(await names.nameOf('Packages', '77')).toBe('77')
  })

  it.each([['RoutingPolicies', 'RoutingPolicy'], ['EnrichmentPolicy', 'EnrichmentPolicy'], ['Repos', 'Repo']])('that %s do not have are told by the kind', async (list, kind) => {
    await expect(open({ [`/configapi/p/l/${list}`]: [] }).index.at('p/l', context).idOf(list, 'x')).rejects.toMatchObject({ message: `there is no ${kind} of the name "x" on the LogPoint l; correct the name, or declare it` })
  })

  it('that were on their way when they were forgotten are not kept', async () => {
    const lists: Record<string, readonly object[]> = { [packages]: [windows] }
    const { index, hold, release } = open(lists)
    const names = index.at('p/l', context)
    hold()
    const early = names.idOf('Packages', 'Windows')
    index.forget('p/l', 'Packages')
    lists[packages] = [{ id: '5', name: 'Windows' }]
    release()
    expect(await early).toBe('1')
    expect(await names.idOf('Packages', 'Windows')).toBe('5')
  })

  it('are asked for anew after an error, and by who joined one that failed', async () => {
    const lists: Record<string, readonly object[]> = {}
    const { index, hold, release } = open(lists)
    const names = index.at('p/l', context)
    hold()
    const first = names.idOf('Packages', 'Windows')
    const second = names.idOf('Packages', 'Windows')
    lists[packages] = [windows]
    release()
    await expect(first).rejects.toThrow('gone')
    expect(await second).toBe('1')
    expect(await names.idOf('Packages', 'Windows')).toBe('1')
  })
})
