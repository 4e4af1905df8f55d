import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { findChange, OrderError } from './carry-out.ts'
import type { DirectorOptions, Edit, KeptObject } from './director-app.ts'
import type { ServerFault } from './faults.ts'
import type { TableName } from './kind.ts'
import { describeTable } from './kinds.ts'
import type { Errand, Order, Outcome } from './order.ts'
import { createNode, findId, refreshTable, rowsOf, saveRow, type DirectorData, type NodeTables } from './state.ts'

const DEFAULT_NODE = '11111111-2222-4333-8444-555555555555/0123456789abcdef0123456789abcdef'

/** Everything that the Director keeps. What was due is done before anything else happens. */
export class Store {
  readonly data: DirectorData
  readonly newId: () => string
  readonly #orderMs: number
  readonly #lagMs: number
  readonly #file: string | undefined
  #saved = ''

  constructor({ nodes = [DEFAULT_NODE], token = 'local', secret = 'local-secret', orderMs = 0, lagMs = 0, file, newId = randomId }: DirectorOptions, nowMs: number) {
    this.newId = newId
    this.#orderMs = orderMs
    this.#lagMs = lagMs
    this.#file = file
    this.data =
      file !== undefined && existsSync(file)
        ? (JSON.parse(readFileSync(file, 'utf8')) as DirectorData)
        : { nodes: {}, orders: [], credentials: { token, secret, issuedAtMs: nowMs, isExpired: false } }
    for (const node of nodes) this.data.nodes[node] ??= createNode(newId)
    this.save()
  }

  /** Accepts an order: it has its turn after those of its node. */
  accept(node: string, errand: Errand, nowMs: number, fault: ServerFault | undefined): Order {
    const startAtMs = Math.max(nowMs, ...this.data.orders.filter((order) => order.node === node).map(({ endAtMs }) => endAtMs ?? 0))
    const takesMs = fault?.fault === 'late' || fault?.fault === 'fail-late' ? (fault.afterMs ?? 1_000) : this.#orderMs
    const order: Order = {
      id: this.newId(),
      node,
      errand,
      startAtMs,
      endAtMs: fault?.fault === 'stuck' ? null : startAtMs + takesMs,
      isForgotten: fault?.fault === 'forgotten',
      ...((fault?.fault === 'fail' || fault?.fault === 'fail-late') && { failsWith: 'The LogPoint could not carry out the request' }),
    }
    this.data.orders.push(order)
    return order
  }

  /** Carries out every order that is due. */
  settle(nowMs: number): void {
    for (const order of this.data.orders) {
      if (order.outcome === undefined && order.endAtMs !== null && order.endAtMs <= nowMs) order.outcome = this.#carryOut(order, order.endAtMs, nowMs)
    }
  }

  #carryOut({ node, errand, failsWith }: Order, endAtMs: number, nowMs: number): Outcome {
    const tables = this.data.nodes[node] as NodeTables
    if (failsWith !== undefined) return { isSuccess: false, message: failsWith, errors: [] }
    try {
      if (errand.does === 'refresh-paths') {
        refreshTable(tables, 'RepoPaths', endAtMs)
        return { isSuccess: true, message: 'Repo paths refreshed', errors: [] }
      }
      const { kind, id, row, message } = findChange(errand, tables, this.newId)
      saveRow(tables, kind, id, row, endAtMs + this.#lagMs, nowMs)
      return { isSuccess: true, message, errors: [] }
    } catch (error) {
      if (error instanceof OrderError) return { isSuccess: false, message: 'The request failed', errors: error.errors }
      throw error
    }
  }

  /** Changes an object behind everybody's back. */
  edit({ node, table, name, changes }: Edit, nowMs: number): void {
    const tables = this.data.nodes[node]
    if (tables === undefined) throw new Error(`no node "${node}"`)
    const id = findId(tables, table, name) ?? this.newId()
    const row = { ...rowsOf(tables, table)[id], [describeTable(table).key]: name, ...changes }
    saveRow(tables, table, id, changes === null ? undefined : row, nowMs, nowMs)
  }

  /** What a table holds. */
  objects(node: string, table: TableName): KeptObject[] {
    const tables = this.data.nodes[node]
    return tables === undefined ? [] : Object.entries(rowsOf(tables, table)).map(([id, row]) => ({ id, ...row }))
  }

  /** Writes the file where something changed, whole or not at all. */
  save(): void {
    if (this.#file === undefined) return
    const text = JSON.stringify(this.data)
    if (text === this.#saved) return
    writeFileSync(`${this.#file}.tmp`, text)
    renameSync(`${this.#file}.tmp`, this.#file)
    this.#saved = text
  }
}

function randomId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString('hex')
}
