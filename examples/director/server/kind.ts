import type { z } from 'zod'

/** The kinds that can be written, by their name in paths. */
export const kindNames = ['Repos', 'RoutingPolicies', 'NormalizationPolicy', 'EnrichmentPolicy', 'ProcessingPolicy'] as const
/** One of them. */
export type KindName = (typeof kindNames)[number]
/** What a node has besides: objects name it, and no order changes it. */
export const catalogueNames = ['RepoPaths', 'NormalizationPackage', 'CompiledNormalizers', 'EnrichmentSource'] as const
/** One of them. */
export type CatalogueName = (typeof catalogueNames)[number]
/** Everything that a node keeps. */
export type TableName = KindName | CatalogueName

/** The fields of an object as a write brings them, with lists in the place of CSV. */
export type Row = Readonly<Record<string, unknown>>

/** The name or the id of another object, somewhere in a row. */
export interface Reference {
  readonly field: string
  readonly table: TableName
  readonly by: 'id' | 'name'
  readonly value: string
}

/** Finds the id that an object of this node has. */
export type FindId = (table: TableName, name: string) => string

/** How a kind is written, checked and shown. */
export interface KindOf<Fields> {
  readonly name: KindName
  /** As messages call one of them. */
  readonly label: string
  /** The field with its name. */
  readonly key: 'name' | 'policy_name'
  /** The body of a POST: what it does not fit is answered with 400. Fields that it does not know are ignored. */
  readonly create: z.ZodType<Fields>
  /** The body of a PUT. One without the key cannot rename. */
  readonly edit: z.ZodType<Partial<Fields>>
  /** What is wrong with the values: it makes the order fail. */
  readonly findFaults: (row: Fields) => readonly string[]
  readonly listReferences: (row: Fields) => readonly Reference[]
  /** The read shape. `readCount` moves what moves by itself. */
  readonly show: (row: Fields, id: string, readCount: number) => Row
  /** What every node has from the beginning, and nobody may change. */
  readonly builtIns: (find: FindId) => readonly Fields[]
}

/** A kind whose rows are what its own schema let in. */
export type ServerKind = KindOf<Row>

/** Makes a kind of rows out of one that knows its fields. */
export function defineKind<Fields extends Row>(kind: KindOf<Fields>): ServerKind {
  return kind as unknown as ServerKind
}
