import type { Resolver } from '../engine/options.ts'

/**
 * Supplies deferred values from this process's environment: pass it as `resolvers: { env: environment() }`. An unset
 * variable is an error that names it.
 *
 * @example
 * ```ts
 * import { environment } from 'convergent/node'
 * environment({ TOKEN: 'x' })('TOKEN') // => 'x'
 * ```
 */
export function environment(variables: Readonly<Record<string, string | undefined>> = process.env): Resolver {
  return (name) => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) throw new Error(`the environment variable ${name} is not set`)
    return value
  }
}
