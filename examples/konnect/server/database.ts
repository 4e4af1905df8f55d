/** An object as it is stored. `id` and the parent's id are in it. */
export type Row = Record<string, unknown>

/** Tables in memory, rows in the order in which they were made. */
export class Database {
  readonly #tables = new Map<string, Map<string, Row>>()

  all(kind: string): Row[] {
    return [...this.#table(kind).values()]
  }

  get(kind: string, id: string): Row | undefined {
    return this.#table(kind).get(id)
  }

  put(kind: string, id: string, row: Row): void {
    this.#table(kind).set(id, row)
  }

  remove(kind: string, id: string): void {
    this.#table(kind).delete(id)
  }

  /** Every row by kind, for tests. */
  snapshot(): Record<string, Row[]> {
    return Object.fromEntries([...this.#tables].map(([kind, rows]) => [kind, structuredClone([...rows.values()])]))
  }

  #table(kind: string): Map<string, Row> {
    const table = this.#tables.get(kind) ?? new Map<string, Row>()
    this.#tables.set(kind, table)
    return table
  }
}
