import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ProviderError } from 'convergent'
import type { PairStore, TokenPair } from './session.ts'

/** What a file holds. */
interface KeptPair extends TokenPair {
  /** A hash of the Director and of the secret key that it all began with. */
  readonly begunFrom: string
}

/**
 * Keeps a pair in a file that nobody else may read. It counts for as long as the same secret key is given for the same
 * Director: a new one has been made for a reason, and wins.
 */
export function pairFile(path: string, url: string, secret: string): PairStore {
  const begunFrom = createHash('sha256').update(`${url.replace(/\/+$/, '')}\0${secret}`).digest('hex')
  return {
    name: `kept in ${path}`,
    read: async () => {
      const kept = readPair(await readFile(path, 'utf8').catch(noFile))
      return kept?.begunFrom === begunFrom ? { token: kept.token, secret: kept.secret } : undefined
    },
    replace: async (renew) => {
      const draft = `${path}.${randomUUID()}`
      const file = await openDraft(draft, path)
      try {
        const { token, secret: next } = await renew()
        await file.writeFile(`${JSON.stringify({ begunFrom, token, secret: next } satisfies KeptPair)}\n`)
        await file.sync()
        await file.close()
        await rename(draft, path)
      } catch (error) {
        await file.close().catch(() => undefined)
        await rm(draft, { force: true })
        throw error
      }
    },
  }
}

async function openDraft(draft: string, path: string): ReturnType<typeof open> {
  try {
    await mkdir(dirname(path), { recursive: true })
    return await open(draft, 'wx', 0o600)
  } catch (error) {
    throw new ProviderError('fatal', `the token has to be renewed, and the new one cannot be kept in ${path}: ${(error as Error).message}; nothing was renewed`, { cause: error })
  }
}

function noFile(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw new ProviderError('fatal', `the renewed token cannot be read: ${error.message}`, { cause: error })
}

/** A file that was torn or edited says nothing. */
function readPair(text: string | undefined): KeptPair | undefined {
  try {
    const { begunFrom, token, secret } = JSON.parse(text ?? '') as Readonly<Record<string, unknown>>
    return typeof begunFrom === 'string' && typeof token === 'string' && typeof secret === 'string' ? { begunFrom, token, secret } : undefined
  } catch {
    return undefined
  }
}
