import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReadContext } from 'convergent'
import { createHttpClient } from 'convergent/rest'
import { findProblem } from '../../../../examples/director/find-problem.ts'
import { pairFile } from '../../../../examples/director/pair-file.ts'
import { openSession, type PairStore } from '../../../../examples/director/session.ts'
import { createDirector } from '../../../../examples/director/server/app.ts'
import { nodes } from './bench.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'director-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const url = 'http://director.invalid'
const fileIn = (secret = 's', at = 'state'): PairStore => pairFile(join(folder, at, 'token.json'), url, secret)
const context = (wait: () => Promise<void> = async () => undefined): ReadContext => ({ signal: new AbortController().signal, trace: () => undefined, admit: async () => undefined, refused: () => undefined, wait, elapsedMs: () => 0 })

/** What happens when a call waits, or before it has its turn. */
interface Moments {
  readonly wait?: () => Promise<void>
  readonly admit?: () => void
}

/** The context of a call that has no turn any more once it was given up on. */
function giveUpBy(signal: AbortSignal, { wait, admit }: Moments): ReadContext {
  const turn = async (): Promise<void> => {
    admit?.()
    signal.throwIfAborted()
  }
  return { ...context(wait), signal, admit: turn }
}

/** A process of its own that asks a Director. */
function begin(server: Pick<ReturnType<typeof createDirector>, 'fetch'>, pairs: PairStore | undefined, secret = 's', token = 't', renewWithinMs?: number) {
  const session = openSession({ url, token, secret, pairs, renewWithinMs, fetch: (input, init) => server.fetch(new Request(input, init)) })
  const client = createHttpClient({ baseUrl: url, headers: session.headers, refresh: session.refresh, fetch: session.fetch, findProblem })
  const path = `/configapi/${nodes.a}/Repos`
  const ask = (wait?: () => Promise<void>) => client.request({ method: 'GET', path }, context(wait))
  const body = { data: { name: 'r', hiddenrepopath: [{ path: '/opt/immune/storage/', retention: 9 }], repoha: [] } }
  return Object.assign(ask, {
    write: () => client.request({ method: 'POST', path, body }, context()),
    /** By a call that may be given up on. */
    until: (signal: AbortSignal, moments: Moments) => client.request({ method: 'GET', path }, giveUpBy(signal, moments)),
  })
}
const open = () => createDirector({ nodes: [nodes.a], token: 't', secret: 's' })
const refreshes = ({ requests }: ReturnType<typeof createDirector>): number => requests.filter(({ path }) => path === '/refreshToken').length

describe('a pair in a file', () => {
  it('survives the process, and is for nobody else to read', async () => {
    const server = open()
    server.expire()
    await begin(server, fileIn())()
    expect(statSync(join(folder, 'state/token.json')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(folder, 'state/token.json'), 'utf8')).not.toContain('"s"')
    await begin(server, fileIn())()
    server.expire()
    await begin(server, fileIn())()
    expect(refreshes(server)).toBe(2)
    expect(server.requests.filter(({ status }) => status === 401).length).toBe(2)
  })

  it('gives way to a secret key that was made anew, and to another Director', async () => {
    const server = open()
    server.expire()
    await begin(server, fileIn())()
    const fresh = createDirector({ nodes: [nodes.a], token: 't2', secret: 's2' })
    await begin(fresh, fileIn('s2'), 's2', 't2')()
    expect(fresh.requests.map(({ status }) => status)).toEqual([200])
    expect(await pairFile(join(folder, 'state/token.json'), 'http://other.invalid', 's').read()).toBeUndefined()
    expect(await pairFile(join(folder, 'state/token.json'), `${url}/`, 's').read()).toMatchObject({ token: server.credentials().token })
  })

  it('is met when another process has renewed it meanwhile', async () => {
    const server = open()
    const [first, second] = [begin(server, fileIn()), begin(server, fileIn())]
    await Promise.all([first(), second()])
    server.expire()
    await first()
    await second()
    await first()
    expect(refreshes(server)).toBe(1)
  })

  it('is looked for again when somebody was faster, and has not written it yet', async () => {
    const server = open()
    server.expire()
    const late = fileIn()
    let letGo: () => void = () => undefined
    const written = new Promise<void>((resolve) => void (letGo = resolve))
    // It has the reply, and writes it only later.
    const faster = begin(server, { ...late, replace: (renew) => late.replace(async () => { const pair = await renew(); await written; return pair }) })()
    while (server.credentials().token === 't') await new Promise((resolve) => setImmediate(resolve))
    const slower = begin(server, fileIn())(async () => {
      letGo()
      await faster
    })
    await Promise.all([faster, slower])
    expect(refreshes(server)).toBe(2)
  })

  it('is renewed where the one that was met has expired too', async () => {
    const server = open()
    const [first, second] = [begin(server, fileIn()), begin(server, fileIn())]
    await Promise.all([first(), second()])
    server.expire()
    await first()
    server.expire()
    await second()
    expect(refreshes(server)).toBe(2)
    await first()
    expect(refreshes(server)).toBe(2)
  })

  it('is met for a write too, which is not carried out to see whether it is good', async () => {
    const server = open()
    const [first, second] = [begin(server, fileIn()), begin(server, fileIn())]
    await Promise.all([first(), second()])
    server.expire()
    await first()
    server.expire()
    await second.write()
    expect(server.orders().length).toBe(1)
  })

  it('that cannot be kept is not renewed', async () => {
    const server = open()
    server.expire()
    writeFileSync(join(folder, 'taken'), '')
    await expect(begin(server, fileIn('s', 'taken'))()).rejects.toMatchObject({ kind: 'fatal', message: expect.stringMatching(/the new one cannot be kept in .*nothing was renewed/) as string })
    expect(refreshes(server)).toBe(0)
  })

  it('is left as it was where the renewal fails, without a draft beside it', async () => {
    const server = open()
    server.expire()
    server.fault({ fault: 'unavailable', path: /refreshToken/, times: 5 })
    await expect(begin(server, fileIn())()).rejects.toMatchObject({ kind: 'retryable' })
    expect(readdirSync(join(folder, 'state'))).toEqual([])
    server.heal()
    await begin(server, fileIn())()
    expect(refreshes(server)).toBe(2)
  })

  it('that was torn says nothing', async () => {
    const pairs = fileIn()
    await pairs.replace(async () => ({ token: 'x', secret: 'y' }))
    writeFileSync(join(folder, 'state/token.json'), '{"begunFrom":')
    expect(await pairs.read()).toBeUndefined()
  })
})

describe('a renewal', () => {
  it('is one for all that were refused, however late they hear of it', async () => {
    const server = open()
    const ask = begin(server, undefined)
    await ask()
    server.expire()
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    expect(refreshes(server)).toBe(1)
    expect(server.credentials().isExpired).toBe(false)
  })

  it('is not made again for a refusal of an older token that comes late', async () => {
    const server = open()
    let letGo: () => void = () => undefined
    const late = new Promise<void>((resolve) => void (letGo = resolve))
    let refusals = 0
    const slow: Pick<typeof server, 'fetch'> = {
      fetch: async (request) => {
        const response = await server.fetch(request)
        if (response.status === 401 && ++refusals === 2) await late
        return response
      },
    }
    server.expire()
    const ask = begin(slow, undefined)
    const both = [ask(), ask()]
    await Promise.race(both)
    letGo()
    await Promise.all(both)
    expect(refreshes(server)).toBe(1)
  })

  it.each([
    ['was used by somebody else', (server: ReturnType<typeof createDirector>) => server.fault({ fault: 'hang', path: /never/ }), 'its secret key is dead: it was used by somebody else'],
    ['has a reply that is lost', (server: ReturnType<typeof createDirector>) => server.fault({ fault: 'reset-after', path: /refreshToken/ }), 'the reply with the new token was lost'],
  ])('with a secret key that %s asks for a new token', async (what, spoil, message) => {
    const server = open()
    server.expire()
    spoil(server)
    if (what.startsWith('was used')) await begin(server, undefined)()
    await expect(begin(server, undefined)()).rejects.toMatchObject({ kind: 'fatal', message: expect.stringMatching(new RegExp(`${message}.*make a new token in the Director Console`)) as string })
  })

  it.each([['while its reply is on its way'], ['before it is sent']])('whose call is given up on %s is kept, for those who wait for it and for all that come later', async (when) => {
    const server = open()
    server.expire()
    const first = new AbortController()
    const giveUp = (): void => first.abort(new Error('the call was aborted'))
    const ask = begin({
      fetch: async (request) => {
        const response = await server.fetch(request)
        if (when.startsWith('while') && request.url.endsWith('/refreshToken')) giveUp()
        request.signal.throwIfAborted()
        return response
      },
    }, fileIn())
    let turns = 0
    const admit = (): void => void (when.startsWith('before') && ++turns === 2 && giveUp())
    const [aborted, bystander] = await Promise.allSettled([ask.until(first.signal, { admit }), ask()])
    expect([aborted, bystander]).toMatchObject([{ reason: first.signal.reason as Error }, { status: 'fulfilled' }])
    expect(first.signal.aborted).toBe(true)
    await ask()
    await begin(server, fileIn())()
    expect(refreshes(server)).toBe(1)
  })

  it('whose call is given up on goes on looking for what somebody faster has not written yet', async () => {
    const server = open()
    server.expire()
    await begin(server, { ...fileIn(), replace: async (renew) => void (await renew()) })()
    const first = new AbortController()
    const late = fileIn()
    let written: Promise<void> | undefined
    const ask = begin(server, fileIn())
    const wait = async (): Promise<void> => {
      first.abort(new Error('the call was aborted'))
      written ??= late.replace(async () => server.credentials())
      throw first.signal.reason
    }
    const [aborted, bystander] = await Promise.allSettled([ask.until(first.signal, { wait }), ask()])
    await written
    expect([aborted, bystander]).toMatchObject([{ reason: first.signal.reason as Error }, { status: 'fulfilled' }])
  })

  it('that nobody answers counts as one whose reply is lost: the old secret key tells', async () => {
    const server = open()
    server.expire()
    server.fault({ fault: 'hang', path: /refreshToken/ })
    await begin(server, undefined, 's', 't', 20)()
    expect(refreshes(server)).toBe(2)
    server.expire()
    server.fault({ fault: 'hang', path: /refreshToken/, times: 2 })
    const { secret, token } = server.credentials()
    await expect(begin(server, undefined, secret, token, 20)()).rejects.toMatchObject({ kind: 'fatal', message: expect.stringMatching(/reply with the new token was lost/) as string })
  })

  it('tells no secret', async () => {
    const server = createDirector({ nodes: [nodes.a], token: 'other', secret: 'other' })
    const error = await begin(server, undefined, 'canary-secret', 'canary-token')().catch((caught: unknown) => caught)
    expect(String(error)).not.toContain('canary')
  })
})
