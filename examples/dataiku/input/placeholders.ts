import { isMap, isPair, isScalar, isSeq, visit, type Pair, type Scalar } from 'yaml'
import { suggestName } from 'convergent'
import { keyOf } from '../../parts/nodes.ts'
import { refuse, type Page } from './page.ts'

/** A document whose texts are as they were written. */
type Unfilled = Omit<Page, 'unfilled'>

/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Fields that hold code, in which braces may be anything. */
const CODE = ['code', 'payload']
const ANY = /\{\{(.*?)(\}\}|$)/gs
const VARIABLE = /\{\{\s*env\.([A-Za-z_]\w*)\s*\}\}/g
const EXPECTED = 'there is {{ env.NAME }}, for a variable of the environment'

/** Puts the values of variables in the place of `{{ env.NAME }}` in every text. The text is parsed by then: a value is a text, whatever stands in it. Gives the texts that could not be filled. */
export function fillPlaceholders(page: Unfilled, env: Environment): ReadonlySet<unknown> {
  const unfilled = new Set<unknown>()
  const code = new Set<unknown>()
  visit(page.document, {
    Pair: (_, pair) => {
      checkKey(pair, page)
      if (isScalar(pair.key) && CODE.includes(String(pair.key.value))) code.add(pair.value)
    },
    Scalar: (at, scalar, outer) => {
      if (at === 'key' || typeof scalar.value !== 'string') return
      const filled = fill(scalar as Scalar<string>, [...outer, scalar], code.has(scalar), page, env)
      if (filled === undefined) unfilled.add(scalar)
      else scalar.value = filled
    },
  })
  return unfilled
}

function checkKey({ key }: Pair, page: Unfilled): void {
  if (isMap(key)) refuse(page, 'unquoted-placeholder', `a map cannot be a key; for a placeholder write quotes around it: "{{ ${key.items.map((pair) => String(pair.key)).join(', ')} }}"`, key)
  else if (isSeq(key)) refuse(page, 'invalid-key', 'a list cannot be a key', key)
  else if (isScalar(key) && typeof key.value === 'string' && key.value.includes('{{')) refuse(page, 'invalid-placeholder', `a key holds no placeholder, found ${JSON.stringify(key.value)}`, key)
}

function fill(scalar: Scalar<string>, outer: readonly unknown[], isCode: boolean, page: Unfilled, env: Environment): string | undefined {
  let isWhole = true
  const add = (code: string, message: string): string => {
    isWhole = false
    refuse(page, code, message, scalar, { path: pathTo(outer) })
    return ''
  }
  const read = (name: string): string => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    const known = Object.keys(env).filter((each) => env[each] !== undefined)
    return value ?? add('unset-variable', `{{ env.${name} }}: the environment variable ${name} is not set${suggestName(name, known) || '; set it'}`)
  }
  const filled = isCode
    ? scalar.value.replace(VARIABLE, (_, name: string) => read(name))
    : scalar.value.replace(ANY, (found: string, inside: string, end: string) => {
        const name = /^env\.([A-Za-z_]\w*)$/.exec(inside.trim())?.[1]
        if (end === '') return add('invalid-placeholder', `a placeholder that is not closed: found ${JSON.stringify(found)}; ${EXPECTED}`)
        return name === undefined ? add('invalid-placeholder', `unknown placeholder ${found}; ${EXPECTED}`) : read(name)
      })
  return isWhole ? filled : undefined
}

/** The keys and positions that lead to the last of these nodes, each of which stands in the one before it. */
function pathTo(nodes: readonly unknown[]): readonly (string | number)[] {
  return nodes.flatMap((node, at): readonly (string | number)[] => {
    const next = nodes[at + 1]
    return isPair(node) ? [keyOf(node)] : isSeq(node) && next !== undefined ? [node.items.indexOf(next)] : []
  })
}
