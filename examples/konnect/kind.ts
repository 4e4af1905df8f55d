import * as z from 'zod'
import { restType, type HttpClient, type RestDescription } from 'convergent/rest'
import type { ResourceType } from 'convergent'
import type { InputKind } from './input/input-kind.ts'

/** What a kind says of the input language; the fields, references and labels follow from its schema. */
export interface KindInput extends Pick<InputKind, 'list' | 'nested' | 'holds' | 'tree' | 'documents' | 'later'> {
  /** The key that names the parent in a list of its own, where the kind has a parent. */
  readonly parentKey?: string
}

/** One kind of object: how the input says it, and how the wire has it. */
export interface Kind {
  /** The resource type. */
  readonly type: string
  /** For the loader. */
  readonly input: InputKind
  /** For the provider. */
  readonly define: (client: HttpClient) => ResourceType
}

/** Defines a kind: what the input language calls it, and the endpoints of its objects. */
export function defineKind<S extends z.ZodObject>(kind: Omit<RestDescription<S>, 'client'> & { readonly type: string; readonly input: KindInput }): Kind {
  const { type, input, ...description } = kind
  const { parentKey, ...rest } = input
  const { schema, parent, references = {} } = description
  const fields = Object.keys(schema.shape).filter((field) => field !== parent?.field)
  const isList = (field: string): boolean => unwrap(schema.shape[field]) instanceof z.ZodArray
  return {
    type,
    input: {
      ...rest,
      type,
      fields,
      ...(parent && parentKey !== undefined && { parent: { ...parent, key: parentKey } }),
      references: Object.fromEntries(Object.entries(references).map(([field, target]) => [field, { type: typeof target === 'string' ? target : target.type, isList: isList(field) }])),
      isLabelled: fields.includes('labels'),
    },
    define: (client) => restType({ ...description, client } as unknown as RestDescription<S>) as unknown as ResourceType,
  }
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrap(schema.unwrap()) : schema
}
