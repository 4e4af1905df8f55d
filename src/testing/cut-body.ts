import { isFields } from '../core/json.ts'

/** True for JSON with a list of objects in it, or an empty one. */
export function holdsList(text: string): boolean {
  const body = parse(text)
  return findList(body, 1) !== undefined || findList(body, 0) !== undefined
}

/**
 * The same reply with a list that is not whole, such that it can be told: without its last item where a number says how many
 * there are, else torn in two. Undefined where there is no item to leave out.
 */
export function cutBody(text: string): string | undefined {
  const body = parse(text)
  const list = findList(body, 1)
  if (list === undefined) return undefined
  if (!hasTotal(body, list)) return text.slice(0, text.length / 2)
  list.pop()
  return JSON.stringify(body)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The outermost list of at least so many objects: a list inside an item is a field. */
function findList(value: unknown, atLeast: number): unknown[] | undefined {
  if (Array.isArray(value)) return value.length >= atLeast && value.every(isFields) ? value : undefined
  if (!isFields(value)) return undefined
  for (const child of Object.values(value)) {
    const list = findList(child, atLeast)
    if (list !== undefined) return list
  }
  return undefined
}

/** A number beside the list, in an object around it or next to it, that could be its total. */
function hasTotal(value: unknown, list: readonly unknown[]): boolean {
  if (value === list || !isFields(value)) return false
  return Object.entries(value).some(([name, child]) => (/total|count/i.test(name) && typeof child === 'number' && child >= list.length) || hasTotal(child, list))
}
