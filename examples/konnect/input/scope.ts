import type { Resource, Scope } from 'convergent'

/** Works out what a set of files speaks about: the kinds that it names (also as empty lists), in the namespaces that it names. */
export class ScopeBuilder {
  readonly #types = new Set<string>()
  /** Types that are named for every parent, and per parent. */
  readonly #everywhere = new Set<string>()
  readonly #under = new Map<string, Set<string>>()
  readonly #namespaces = new Set<string>()

  /** Says that a kind is spoken about: of one parent, or (undefined) of all. */
  nameKind(type: string, parent: string | undefined): void {
    this.#types.add(type)
    if (parent === undefined) this.#everywhere.add(type)
    else this.#under.set(parent, (this.#under.get(parent) ?? new Set()).add(type))
  }

  /** Says that the objects of a namespace are spoken about. */
  nameNamespace(namespace: string): void {
    this.#namespaces.add(namespace)
  }

  /** An object without labels goes with its parent; its kind must be named there. An object that lives nowhere needs a namespace of ours. */
  build(desired: readonly Resource[]): Scope {
    const namespaces = desired.length === 0 && this.#namespaces.size === 0 ? new Set(['default']) : this.#namespaces
    return {
      types: [...this.#types],
      includes: ({ type, observed, parent }) => {
        if (parent !== undefined) return !this.#types.has(type) || this.#everywhere.has(type) || this.#under.get(parent)?.has(type) === true
        const labels = observed.outputs['labels'] as Readonly<Record<string, string>> | undefined
        const namespace = labels?.['KONGCTL-namespace']
        return namespace === undefined || namespaces.has(namespace)
      },
    }
  }
}
