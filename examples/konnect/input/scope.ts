import type { Scope } from 'convergent'

/**
 * Works out what a set of files speaks about: the kinds that it names (also as empty lists), each in the namespaces that
 * it is named with. A namespace that only portals are named with says nothing about the APIs in it.
 */
export class ScopeBuilder {
  readonly #types = new Set<string>()
  /** Types that are named for every parent, and per parent. */
  readonly #everywhere = new Set<string>()
  readonly #under = new Map<string, Set<string>>()
  readonly #namespaces = new Map<string, Set<string>>()
  /** Of the files as a whole: where parents are looked for whose own kind is not named. */
  readonly #ofFiles = new Set<string>()

  /** Says that a kind is spoken about: of one parent, or (undefined) of all. */
  nameKind(type: string, parent: string | undefined): void {
    this.#types.add(type)
    if (parent === undefined) this.#everywhere.add(type)
    else this.#under.set(parent, (this.#under.get(parent) ?? new Set()).add(type))
  }

  /** Says that the objects of a kind in a namespace are spoken about. */
  nameNamespace(type: string, namespace: string): void {
    this.#namespaces.set(type, (this.#namespaces.get(type) ?? new Set()).add(namespace))
  }

  /** Says what a file's entries are in where they do not say it. */
  nameDefault(namespace: string): void {
    this.#ofFiles.add(namespace)
  }

  /** An object without labels goes with its parent; its kind must be named there. An object that lives nowhere needs a namespace of ours. */
  build(): Scope {
    return {
      types: [...this.#types],
      includes: ({ type, observed, parent }) => {
        if (parent !== undefined) return !this.#types.has(type) || this.#everywhere.has(type) || this.#under.get(parent)?.has(type) === true
        const labels = observed.outputs['labels'] as Readonly<Record<string, string>> | undefined
        const namespace = labels?.['KONGCTL-namespace']
        return namespace === undefined || (this.#namespaces.get(type) ?? this.#ofFiles).has(namespace)
      },
    }
  }
}
