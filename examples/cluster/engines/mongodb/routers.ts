import type { Document } from 'mongodb'
import type { Instance } from '../../cluster.ts'
import { ask, isSilence } from './ask.ts'

/** Asks the routers, one after the other, until one of them answers: they all know the same. */
export async function askRouter(routers: readonly Instance[], command: Document, signal: AbortSignal, replyMs?: number): Promise<Document> {
  let fault: unknown
  for (const router of routers) {
    try {
      return await ask(router, command, signal, replyMs)
    } catch (error) {
      signal.throwIfAborted()
      if (!isSilence(error)) throw error
      fault = error
    }
  }
  throw fault
}
