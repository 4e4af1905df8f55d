import { setTimeout as pause } from 'node:timers/promises'
import { ProviderError, type ReadContext } from 'convergent'
import { createHttpClient, type HttpClient } from 'convergent/rest'

/** A token, and the secret key that makes the next one. Both are new then, and the old ones are dead. */
export interface TokenPair {
  readonly token: string
  readonly secret: string
}

/** Where the newest pair is kept, so that it survives the process. */
export interface PairStore {
  /** For messages. */
  readonly name: string
  /** The newest pair; undefined where none was ever kept. */
  readonly read: () => Promise<TokenPair | undefined>
  /** Keeps what `renew` gives. It proves first that it can: a pair that nobody keeps locks everybody out. */
  readonly replace: (renew: () => Promise<TokenPair>) => Promise<void>
}

/** How to begin. */
export interface SessionOptions extends TokenPair {
  readonly url: string
  /** Default: the pair is kept by this process alone. */
  readonly pairs?: PairStore | undefined
  /** How long the reply to a renewal is waited for. Default: 30 000. */
  readonly renewWithinMs?: number | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

/** What a client needs of a session. */
export interface Session {
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  readonly refresh: (context: ReadContext) => Promise<void>
  /** Notes which tokens were refused, and where. */
  readonly fetch: typeof fetch
}

/** How often, and how far apart, what another process may just be writing is looked for. */
const LOOKS = 10
const LOOK_EVERY_MS = 200

const NEW_TOKEN = 'make a new token in the Director Console, and set DIRECTOR_TOKEN and DIRECTOR_SECRET to it and to its secret key'

/** Keeps a token that expires: it is renewed when it was refused, once however many requests were. */
export function openSession({ url, token, secret, pairs = keepInMemory(), renewWithinMs = 30_000, fetch: send = fetch }: SessionOptions): Session {
  const headers = async (): Promise<Readonly<Record<string, string>>> => ({ authorization: `Bearer ${(await open()).token}` })
  const sendInTime: typeof fetch = async (input, init) => send(input, { ...init, signal: AbortSignal.timeout(renewWithinMs) })
  const client = createHttpClient({ baseUrl: url, fetch: sendInTime, headers })
  const refused = new Set<string>()
  let refusedAt = ''
  let current: TokenPair | undefined
  let opening: Promise<TokenPair> | undefined
  const open = async (): Promise<TokenPair> => current ?? (opening ??= pairs.read().then((kept) => (current ??= kept ?? { token, secret })))
  const meetOther = async (): Promise<boolean> => {
    const kept = await pairs.read()
    if (kept === undefined || refused.has(kept.token)) return false
    current = kept
    return true
  }
  /** Whoever was refused tries once more only: a pair that was met may have expired too, so a look at the same place tells. */
  const meetGood = async (context: ReadContext): Promise<boolean> => {
    while (await meetOther()) {
      const { token: met } = await open()
      const status = await client.request({ method: 'GET', path: refusedAt }, context).catch((error: unknown) => (error instanceof ProviderError ? error.status : undefined))
      if (status !== 401) return true
      refused.add(met)
    }
    return false
  }
  return {
    headers,
    fetch: async (input, init) => {
      const response = await send(input, init)
      if (response.status === 401) {
        refused.add(tokenIn(init))
        refusedAt = String(input).slice(url.replace(/\/+$/, '').length)
      }
      return response
    },
    refresh: async (asking) => {
      const context = outlive(asking)
      await open()
      // Another process has renewed it; or this one has, and this is a late refusal of the old one.
      if (await meetGood(context)) return
      const old = await open()
      try {
        // It counts even where it is then not kept: what goes on in this process still can.
        await pairs.replace(async () => (current = await renew(client, old, context)))
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        for (let look = 0; look < LOOKS; look++) {
          if (await meetOther()) return
          await context.wait(LOOK_EVERY_MS)
        }
        throw new ProviderError('fatal', `the token has expired and is not renewed: ${error.message} (${pairs.name}); ${NEW_TOKEN}`, { cause: error })
      }
    },
  }
}

/**
 * The context of a renewal. It is for all that were refused, and its reply is there once: should the call that asked for
 * it be given up on, it goes on, by the clock of this machine. That call ends at its next request.
 */
function outlive({ trace, admit, refused, wait, elapsedMs }: ReadContext): ReadContext {
  return {
    signal: new AbortController().signal,
    trace,
    admit: () => admit().catch(() => pause(LOOK_EVERY_MS)),
    refused,
    wait: (ms) => wait(ms).catch(() => pause(ms)),
    elapsedMs,
  }
}

/** The pair of a process that keeps it nowhere else. */
export function keepInMemory(): PairStore {
  let kept: TokenPair | undefined
  return { name: 'kept in memory', read: async () => kept, replace: async (renew) => void (kept = await renew()) }
}

/** The secret key is dead: somebody has used it. */
class Refusal extends Error {}

/** Makes a new pair. Where the reply is lost, the old secret tells: it is dead if it was used. */
async function renew(client: HttpClient, { secret }: TokenPair, context: ReadContext): Promise<TokenPair> {
  const ask = async (): Promise<TokenPair> => readPair(await client.request({ method: 'POST', path: '/refreshToken', body: { secretKey: secret } }, context))
  try {
    return await ask().catch((error: unknown) => {
      if (!isLost(error)) throw error
      return ask().catch((second: unknown) => {
        const wasUsed = isLost(second) || isRefused(second)
        throw wasUsed ? new Refusal(`the reply with the new token was lost (${(error as Error).message}), and its secret key is dead by now`, { cause: second }) : second
      })
    })
  } catch (error) {
    throw isRefused(error) ? new Refusal('its secret key is dead: it was used by somebody else, or is older than 72 hours', { cause: error }) : error
  }
}

function readPair(reply: unknown): TokenPair {
  const { tokenDetails } = (reply ?? {}) as { readonly tokenDetails?: { readonly token?: unknown; readonly secretKey?: unknown } }
  const { token, secretKey } = tokenDetails ?? {}
  if (typeof token !== 'string' || typeof secretKey !== 'string') throw new Refusal('the reply to refreshToken holds no new token and secret key')
  return { token, secret: secretKey }
}

function isLost(error: unknown): boolean {
  return error instanceof ProviderError && error.kind === 'ambiguous'
}

function isRefused(error: unknown): boolean {
  return error instanceof ProviderError && typeof error.status === 'number' && [400, 401, 403].includes(error.status)
}

function tokenIn(init: RequestInit | undefined): string {
  return new Headers(init?.headers).get('authorization')?.replace(/^Bearer /, '') ?? ''
}
