import type { Path } from './json.ts'

/** The part of Standard Schema (standardschema.dev, version 1) that is used here: zod 4, valibot, arktype and others have it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** Standard Schema, version 1. */
  readonly '~standard': {
    /** Of the format. */
    readonly version: 1
    /** Who made the schema. */
    readonly vendor: string
    /** Judges a value. */
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    /** For the compiler alone. */
    readonly types?: {
      /** What it accepts. */
      readonly input: Input
      /** What it makes of it. */
      readonly output: Output
    } | undefined
  }
}

/** What a Standard Schema says of a value. */
export type SchemaResult<Output> =
  | {
      /** The value itself. */
      readonly value: Output
      /** What is wrong. */
      readonly issues?: undefined
    }
  | {
      /** What is wrong. */
      readonly issues: readonly SchemaIssue[]
    }

/** One thing that a Standard Schema found wrong. */
export interface SchemaIssue {
  /** For people: what was found, and what to do. */
  readonly message: string
  /** Where in the value. */
  readonly path?: readonly (PropertyKey | {
    /** A field name or an index. */
    readonly key: PropertyKey
  })[] | undefined
}

/** The type of what a schema accepts. */
export type InferInput<S> = S extends StandardSchema<infer I, unknown> ? I : never

/** The path of a schema issue as field names and indexes. */
export function pathOf(issue: SchemaIssue): Path {
  return (issue.path ?? []).map((part) => {
    const key = typeof part === 'object' ? part.key : part
    return typeof key === 'number' ? key : String(key)
  })
}
