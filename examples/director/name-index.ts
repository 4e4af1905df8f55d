import { ProviderError, suggestName, type Fields, type ReadContext } from 'convergent'
import { fetchAll, type HttpClient } from 'convergent/rest'
import { pathOfNode } from './node-path.ts'

/** What the names and ids of one node stand for. `list`: where they are listed, `RoutingPolicies`. */
export interface NodeNames {
  /** Throws `provider` (fatal) where there is no such name, with the nearest one. */
  readonly idOf: (list: string, name: string) => Promise<string>
  /** What has no name any more is shown by its id. */
  readonly nameOf: (list: string, id: string) => Promise<string>
}

/** One list, as it was read. */
interface Listing {
  readonly ids: ReadonlyMap<string, string>
  readonly names: ReadonlyMap<string, string>
}

/**
 * Names to ids and back, for each node and kind. Each list is read once, however many ask at once; it is read again for what
 * it does not know, and forgotten when this provider writes that kind.
 */
export class NameIndex {
  readonly #client: HttpClient
  readonly #listings = new Map<string, Promise<Listing>>()

  constructor(client: HttpClient) {
    this.#client = client
  }

  /** The names of one node, asked for by one call. */
  at(node: string, context: ReadContext): NodeNames {
    const look = async (list: string, find: (listing: Listing) => string | undefined): Promise<string | Listing> => {
      const known = this.#listings.get(keyOf(node, list))
      // Who asked first may have given up since: that is no answer.
      const found = known && find(await known.catch(() => EMPTY))
      if (found !== undefined) return found
      const fresh = await this.#read(node, list, context, known)
      return find(fresh) ?? fresh
    }
    return {
      idOf: async (list, name) => {
        const found = await look(list, ({ ids }) => ids.get(name))
        if (typeof found === 'string') return found
        throw new ProviderError('fatal', `there is no ${kindIn(list)} of the name "${name}" on the LogPoint ${node.split('/').at(-1)}${suggestName(name, found.ids.keys()) || '; correct the name, or declare it'}`)
      },
      nameOf: async (list, id) => {
        const found = await look(list, ({ names }) => names.get(id))
        return typeof found === 'string' ? found : id
      },
    }
  }

  /** What was read of this list counts no more, also where it is on its way. */
  forget(node: string, list: string): void {
    this.#listings.delete(keyOf(node, list))
  }

  /** Reads a list again, unless somebody did so since `known`. */
  async #read(node: string, list: string, context: ReadContext, known: Promise<Listing> | undefined): Promise<Listing> {
    const key = keyOf(node, list)
    const other = this.#listings.get(key)
    if (other !== undefined && other !== known) {
      const found = await other.catch(() => undefined)
      if (found !== undefined) return found
    }
    const reading = this.#fetch(node, list, context)
    this.#listings.set(key, reading)
    reading.catch(() => this.#listings.get(key) === reading && this.#listings.delete(key))
    return reading
  }

  async #fetch(node: string, list: string, context: ReadContext): Promise<Listing> {
    const items = await fetchAll(this.#client, { method: 'GET', path: `${pathOfNode(node)}/${list}` }, { style: 'none' }, idIn, context)
    const pairs = items.map((item) => [nameIn(item), idIn(item)] as const)
    return { ids: new Map(pairs), names: new Map(pairs.map(([name, id]) => [id, name])) }
  }
}

const EMPTY: Listing = { ids: new Map(), names: new Map() }

function keyOf(node: string, list: string): string {
  return `${node}\0${list}`
}

/** What a list holds: some are called by one of it, others by many. */
function kindIn(list: string): string {
  return list.replace(/ies$/, 'y').replace(/s$/, '')
}

function idIn(item: Fields): string {
  return String(item['id'] ?? '')
}

/** Some kinds call it so, others so. */
function nameIn(item: Fields): string {
  return String(item['policy_name'] ?? item['name'] ?? '')
}
