import { isMap, type YAMLMap } from 'yaml'
import { formatAddress, ref, type Resource } from 'convergent'
import { sourceOf } from '../../parts/input-file.ts'
import { at, describeNode, keyOf } from '../../parts/nodes.ts'
import { toValue, type Conversion } from './convert.ts'

/** Objects that fields look up by name (`!lookup`): each becomes one resource of somebody else, however often it is named. */
export class Lookups {
  readonly #byAddress = new Map<string, Resource>()

  /** A reference to the object of this type that has these fields. */
  refer(type: string, match: Readonly<Record<string, unknown>>): ReturnType<typeof ref> {
    const name = `lookup ${Object.entries(match).map(([field, value]) => `${field}=${String(value)}`).join(', ')}`
    const address = formatAddress(type, name)
    this.#byAddress.set(address, { type, name, inputs: match, external: true })
    return ref(address)
  }

  /** All that was looked up. */
  get resources(): readonly Resource[] {
    return [...this.#byAddress.values()]
  }
}

/** Reads `_external: {id}` or `_external: {selector: {matchFields: {…}}}`; undefined (and an issue) where it says neither. */
export function readExternal(conversion: Conversion, entry: YAMLMap, address: string): Readonly<Record<string, unknown>> | undefined {
  const { file, issues, aliases } = conversion
  const node = at(entry, '_external')
  const wrong = (found: unknown): undefined => void issues.add('invalid-external', `_external: expected id, or selector: {matchFields: {…}}, found ${describeNode(found)}`, sourceOf(file, found ?? node ?? entry), { address })
  const external = aliases.resolve(node)
  if (!isMap(external)) return wrong(external)
  const [first, ...others] = external.items.map(keyOf)
  if (others.length > 0) return wrong(external)
  if (first === 'id') {
    const id = toValue(conversion, at(external, 'id'))
    return typeof id === 'string' && id !== '' ? { id } : wrong(at(external, 'id'))
  }
  const selector = aliases.resolve(at(external, 'selector'))
  const fields = isMap(selector) && selector.items.length === 1 ? aliases.resolve(at(selector, 'matchFields')) : undefined
  if (!isMap(fields) || fields.items.length === 0) return wrong(selector ?? external)
  return toValue(conversion, fields) as Readonly<Record<string, unknown>>
}
