import { ref } from 'convergent'

/** The inputs of an entry, with each name of something else that is declared as a reference to it. Other names may be the node's own. `find`: the address of what is declared. */
export function toInputs(fields: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>, find: (type: string, name: string) => string | undefined): Readonly<Record<string, unknown>> {
  const replace = (value: unknown, steps: readonly string[], type: string): unknown => {
    const [step, ...rest] = steps
    if (step === undefined) {
      const address = typeof value === 'string' ? find(type, value) : undefined
      return address === undefined ? value : ref(address, 'name')
    }
    if (step === '*') return Array.isArray(value) ? value.map((each) => replace(each, rest, type)) : value
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value
    return { ...value, [step]: replace((value as Readonly<Record<string, unknown>>)[step], rest, type) }
  }
  return Object.entries(names).reduce((inputs, [path, type]) => replace(inputs, path.split('.'), type) as typeof inputs, fields)
}
