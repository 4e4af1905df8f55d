import { MissingPeerError } from '../core/errors.ts'

/** Loads an optional package. Throws `missing-peer`, with the install line, when it is not there. */
export async function loadPeer<M>(name: string, load: () => Promise<M>): Promise<M> {
  try {
    return await load()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') throw new MissingPeerError(name, 'convergent/cli')
    throw error
  }
}
