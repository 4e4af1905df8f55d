import type { Resolver } from '../engine/options.ts'

/**
 * A resolver that reads environment variables: what `env('NAME')` stands for. Throws, naming the variable, when it is not
 * set. An empty variable is a value. `variables`: default `process.env`.
 *
 * @example
 * ```ts
 * import { environment } from 'convergent/node'
 *
 * environment({ TOKEN: 'abc' })('TOKEN') // => 'abc'
 * ```
 */
export function environment(variables: Readonly<Record<string, string | undefined>> = process.env): Resolver {
  return (name) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) throw new Error(`the environment variable ${name} is not set; set it and try again`)
    return value
  }
}
