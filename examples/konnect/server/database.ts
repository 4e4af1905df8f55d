/** An object as it is stored. `id` and the parent's id are in it. */
export type Row = Record<string, unknown>

/** Tables in memory, rows in the order in which they were made. */
export class Database {
  readonly #tables = new Map<string, Map<string, Row>>()
  readonly #bornMs = new Map<string, number>()
  readonly #nowMs: () => number
  readonly #listLagMs: number

  constructor(nowMs: () => number, listLagMs: number) {
    this.#nowMs = nowMs
    this.#listLagMs = listLagMs
  }

  all(kind: string): Row[] {
    return [...this.#table(kind).values()]
  }

  /** Those that lists show by now. */
  shown(kind: string): Row[] {
    const rows = this.all(kind)
    if (this.#listLagMs === 0) return rows
    const now = this.#nowMs()
    return rows.filter(({ id }) => now - (this.#bornMs.get(`${kind}/${String(id)}`) ?? 0) >= this.#listLagMs)
  }

  get(kind: string, id: string): Row | undefined {
    return this.#table(kind).get(id)
  }

  put(kind: string, id: string, row: Row): void {
    if (this.#listLagMs > 0 && !this.#table(kind).has(id)) this.#bornMs.set(`${kind}/${id}`, this.#nowMs())
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
