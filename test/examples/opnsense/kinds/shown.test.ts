import { describe, expect, it } from 'vitest'
import { createHttpClient, type HttpClient } from 'convergent/rest'
import { findProblem } from '../../../../examples/opnsense/find-problem.ts'
import type { Kind } from '../../../../examples/opnsense/kind.ts'
import { kind as alias } from '../../../../examples/opnsense/kinds/alias.ts'
import { kind as rule } from '../../../../examples/opnsense/kinds/rule.ts'
import { kind as vlan } from '../../../../examples/opnsense/kinds/vlan.ts'
import { contextOf } from '../../../provider/rest/script-api.ts'

const id = '6f9619ff-8b86-4011-b42d-00c04fc964ff'
const answering = (body: unknown, status = 200): HttpClient => createHttpClient({ baseUrl: 'http://firewall.invalid/api', findProblem, fetch: async () => new Response(JSON.stringify(body), { status }) })
const list = (kind: Kind, ...rows: readonly object[]) => kind.define(answering({ rows, total: rows.length, rowCount: rows.length, current: 1 })).list?.({}, contextOf())
const read = (kind: Kind, body: unknown, status?: number) => kind.define(answering(body, status)).read({ id }, contextOf())

describe('what the firewall shows', () => {
  it('in a list is an object as a person would write it', async () => {
    const row = { uuid: id, enabled: '1', '%enabled': 'Yes', name: 'ports', type: 'port', '%type': 'Port(s)', content: '22\n2200:2210', proto: '', updatefreq: '0.5', current_items: '2', description: '' }
    expect(await list(alias, row)).toEqual([{ id, outputs: { enabled: true, name: 'ports', alias_type: 'port', content: ['22', '2200:2210'], updatefreq: 0.5 } }])
  })
  it('alone is the same, out of its options', async () => {
    const shown = { enabled: '1', name: 'ports', type: { host: { value: 'Host(s)', selected: 0 }, port: { value: 'Port(s)', selected: 1 } }, content: { 22: { value: '22', selected: 1 }, other: { value: 'other', selected: 0 } }, proto: { IPv4: { value: 'IPv4', selected: 0 } }, interface: [], updatefreq: '' }
    expect(await read(alias, { alias: shown })).toEqual({ id, outputs: { enabled: true, name: 'ports', alias_type: 'port', content: ['22'] } })
  })
  it('of a device that is assigned has the interface behind it, which is no part of its name', async () => {
    expect((await list(vlan, { uuid: id, if: 'igb0', tag: '7', pcp: '0', vlanif: 'vlan01 [LAN]' }))?.[0]?.outputs).toEqual({ if: 'igb0', tag: 7, pcp: 0, vlanif: 'vlan01' })
  })
  it('of its own rules is nobody’s', async () => {
    expect(await list(rule, { uuid: '02f4bab031b57d1e30553ce08e0ec131', description: 'Default deny', legacy: true }, { uuid: id, description: 'ours' })).toEqual([{ id, outputs: { description: 'ours' } }])
  })
})

describe('an object', () => {
  it('that is not there is an empty list', async () => expect(await read(rule, [])).toBeUndefined())
  it.each([
    ['an endpoint that is not there', { errorMessage: 'Endpoint not found' }, 404, 'fatal', '404 the firewall has no such endpoint; is the plugin installed, and the version one that has it?'],
    ['nothing of what belongs there', { status: 'ok', more: 1 }, 200, 'fatal', 'the reply is none that the firewall gives here: {"status":"ok","more":1}'],
    ['a warning', { errorMessage: 'Try later' }, 200, 'ambiguous', 'Try later'],
    ['a failure that it does not explain', { errorMessage: 'Unexpected error, check log for details' }, 500, 'retryable', '500 Unexpected error, check log for details'],
    ['a list that is not empty', [1], 200, 'fatal', 'the reply is none that the firewall gives here: [1]'],
    ['wrong credentials', { status: 401, message: 'Authentication Failed' }, 401, 'fatal', '401 Authentication Failed: the firewall does not know this key and secret'],
  ])('is not taken for gone because of %s', async (_, body, status, kind, message) => {
    await expect(read(rule, body, status)).rejects.toMatchObject({ kind, message: `GET /firewall/filter/getRule/${id}: ${message}` })
  })
})

describe('a write', () => {
  const write = (body: unknown, status?: number) => rule.define(answering(body, status)).delete({ id, name: 'r', outputs: {} }, contextOf())
  it.each([
    ['not found', { result: 'not found' }, 200, 'not-found', 'there is no such object'],
    ['refused without a reason', { result: 'failed' }, 200, 'fatal', 'the firewall refuses it and does not say why'],
    ['refused for several reasons', { result: 'failed', validations: { 'rule.log': ['is odd', 'is long'] } }, 200, 'fatal', 'the firewall refuses it: log is odd is long'],
    ['answered with something else', { result: 'maybe' }, 200, 'ambiguous', 'the reply is none that the firewall gives here: {"result":"maybe"}'],
    ['refused by a person’s word', { errorMessage: 'Used by\n a \n b', errorTitle: 'In use' }, 500, 'conflict', '500 In use: Used by; a; b'],
    ['failed', { errorMessage: 'Unexpected error, check log for details' }, 500, 'ambiguous', '500 Unexpected error, check log for details'],
  ])('that is %s is a fault', async (_, body, status, kind, message) => {
    await expect(write(body, status)).rejects.toMatchObject({ kind, message: `POST /firewall/filter/delRule/${id}: ${message}` })
  })
  it('is a success when the body says so', async () => expect(await write({ result: 'deleted' })).toBeUndefined())
})
