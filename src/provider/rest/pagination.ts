import { ProviderError } from '../../core/errors.ts'
import { getPath, isFields, type Fields } from '../../core/json.ts'
import type { ReadContext } from '../context.ts'
import type { HttpClient } from './http.ts'
import { addParameters, type HttpRequest } from './request.ts'

/** How an API shows a list in parts. Places in replies are dotted paths; servers may give less than was asked for. Parameters are in the query, or in the body where the request has one. */
export type Pagination =
  /** All at once. */
  | {
      /** Tells the styles apart. */
      readonly style: 'none'
      /** Where the list is in a reply. Default: the reply itself. */
      readonly items?: string
      /** Where the number of all objects is in a reply: a list of another length is an error. Default: it does not say. */
      readonly total?: string
    }
  /** Numbered pages and a total. */
  | {
      /** Tells the styles apart. */
      readonly style: 'page'
      /** Where the list is in a reply. */
      readonly items: string
      /** Where the number of all objects is in a reply. */
      readonly total: string
      /** The query parameter of the page number, from 1. */
      readonly number: string
      /** The query parameter of the page size. */
      readonly size: string
      /** How many are asked for at once. */
      readonly pageSize: number
    }
  /** Each reply says where the next one begins. */
  | {
      /** Tells the styles apart. */
      readonly style: 'cursor'
      /** Where the list is in a reply. */
      readonly items: string
      /** Where a reply says how it goes on. */
      readonly next: string
      /** The query parameter of the cursor. */
      readonly cursor: string
      /** The query parameter of the page size. */
      readonly size: string
      /** How many are asked for at once. */
      readonly pageSize: number
    }
  /** From an offset on; `next` in the reply is the next offset, absent at the end. */
  | {
      /** Tells the styles apart. */
      readonly style: 'offset'
      /** Where the list is in a reply. */
      readonly items: string
      /** Where a reply says how it goes on. */
      readonly next: string
      /** The query parameter of the offset. */
      readonly offset: string
      /** The query parameter of the page size. */
      readonly size: string
      /** How many are asked for at once. */
      readonly pageSize: number
    }

const MOST_PAGES = 100_000

/**
 * Fetches a whole list, or throws: a list that misses its own total, shows an object twice, repeats a cursor or has no
 * list where one belongs is an error (`provider`, fatal), never a shorter list.
 */
export async function fetchAll(client: HttpClient, request: HttpRequest, pagination: Pagination, identify: (item: Fields) => string, context: ReadContext): Promise<readonly Fields[]> {
  const what = `${request.method} ${request.path}`
  if (pagination.style === 'none') {
    const reply = await client.request(request, context)
    const items = itemsOf(reply, pagination.items, what)
    const total = pagination.total === undefined ? items.length : totalOf(reply, pagination.total, what)
    if (items.length !== total) throw lie(what, `it says that it has ${total} and shows ${items.length}`)
    return items
  }
  const found: Fields[] = []
  const seen = new Set<string>()
  const cursors = new Set<string>()
  let position: string | number | undefined = pagination.style === 'page' ? 1 : undefined
  let total: number | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const parameter = pagination.style === 'page' ? pagination.number : pagination.style === 'cursor' ? pagination.cursor : pagination.offset
    const reply = await client.request(addParameters(request, { [pagination.size]: pagination.pageSize, [parameter]: position }), context)
    const items = itemsOf(reply, pagination.items, what)
    for (const item of items) {
      const id = identify(item)
      if (seen.has(id)) throw lie(what, `${id} is shown twice, so something else may not be shown at all`)
      seen.add(id)
      found.push(item)
    }
    if (pagination.style === 'page') {
      const stated = totalOf(reply, pagination.total, what)
      if (total !== undefined && stated !== total) throw lie(what, `its total went from ${total} to ${stated} between two pages`)
      total = stated
      if (found.length === total) return found
      if (found.length > total) throw lie(what, `it says that it has ${total} and shows ${found.length}`)
      if (items.length === 0) throw lie(what, `it says that it has ${total} and shows ${found.length}`)
      position = (position as number) + 1
      continue
    }
    const next = getPath(reply, pagination.next.split('.'))
    if (next === undefined || next === null || next === '') return found
    const cursor = cursorOf(String(next), parameter)
    if (cursors.has(cursor)) throw lie(what, `it repeats the cursor ${JSON.stringify(cursor)}`)
    cursors.add(cursor)
    position = cursor
  }
  throw lie(what, `it does not end after ${MOST_PAGES} pages`)
}

/** Some APIs give the next page as a link: the cursor is a parameter of it. */
function cursorOf(next: string, parameter: string): string {
  const query = next.includes('?') ? new URLSearchParams(next.slice(next.indexOf('?'))) : undefined
  return query?.get(parameter) ?? next
}

function totalOf(reply: unknown, path: string, what: string): number {
  const stated = getPath(reply, path.split('.'))
  if (typeof stated !== 'number') throw lie(what, `expected a number at ${path}, found ${typeof stated}`)
  return stated
}

function itemsOf(reply: unknown, path: string | undefined, what: string): readonly Fields[] {
  const items = path === undefined || path === '' ? reply : getPath(reply, path.split('.'))
  if (!Array.isArray(items) || !items.every(isFields)) throw lie(what, `expected a list of objects${path === undefined ? '' : ` at ${path}`}, found ${Array.isArray(items) ? 'something else in it' : items === null ? 'null' : typeof items}`)
  return items
}

function lie(what: string, problem: string): ProviderError {
  return new ProviderError('fatal', `${what}: the list cannot be trusted: ${problem}; nothing is planned from it`)
}
