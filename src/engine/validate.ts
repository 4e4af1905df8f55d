import { DeclarationError, type Issue } from '../core/errors.ts'
import { getPath, isFields, type Fields, type Path } from '../core/json.ts'
import { suggest } from '../core/nearest.ts'
import { checkDeclaration, type Declaration } from '../core/planning/declaration.ts'
import { endsPortion } from '../core/portion.ts'
import { addressOf, type Resource } from '../core/resource.ts'
import { pathOf, type SchemaIssue, type StandardSchema } from '../core/schema.ts'
import { isMarker, visitMarkers } from '../core/value.ts'
import type { Provider } from '../provider/provider.ts'
import { nextTurn, runInTurns } from '../store/turn.ts'

/** An issue about one field. */
export type FieldIssue = Pick<Issue, 'code' | 'path' | 'message'>

/**
 * Checks a declaration without any backend: addresses, types, references, cycles, and each type's schema. What a
 * reference or a deferred value will be is checked when it is known. Throws `declaration` with every issue at once.
 */
export async function validate(desired: readonly Resource[], provider: Provider): Promise<void> {
  await checkDesired(desired, provider)
}

/** The same, for what goes on with what the declaration comes to. */
export async function checkDesired(desired: readonly Resource[], provider: Provider): Promise<Declaration> {
  const issues: Issue[] = []
  let declaration: Declaration | undefined
  try {
    declaration = await runInTurns(checkDeclaration(desired, provider.types))
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error
    issues.push(...error.issues)
  }
  for (let index = 0; index < desired.length; index++) {
    if (endsPortion(index)) await nextTurn()
    const resource = desired[index] as Resource
    const schema = Object.hasOwn(provider.types, resource.type) ? provider.types[resource.type]?.schema : undefined
    if (schema === undefined) continue
    const about = (): Pick<Issue, 'address' | 'source'> => ({ address: `${resource.type}/${resource.name}`, ...(resource.source && { source: resource.source }) })
    if (resource.external === true) {
      issues.push(...checkSelector(resource.inputs, listKnownFields(schema)).map((issue) => ({ ...about(), ...issue })))
      continue
    }
    const found = checkFields(schema, resource.inputs)
    for (const issue of found instanceof Promise ? await found : found) issues.push({ ...about(), ...issue })
  }
  if (declaration === undefined || issues.length > 0) throw new DeclarationError(issues)
  return declaration
}

/** What an object of somebody else is found by: its id, or fields that the type has. */
function checkSelector(inputs: Fields, known: readonly string[]): FieldIssue[] {
  const fields = Object.keys(inputs)
  if (fields.length === 0) return [{ code: 'empty-selector', path: [], message: 'expected fields to find it by, found none' }]
  return fields.filter((field) => field !== 'id' && known.length > 0 && !known.includes(field.split('.')[0] as string)).map((field) => unknownField([field], ['id', ...known]))
}

/** Checks inputs that are fully resolved, what is about to be sent; at once where the schema answers at once. Throws `declaration`. */
export function checkResolved(resource: { readonly type: string; readonly name: string }, schema: StandardSchema, inputs: Fields): void | Promise<void> {
  const refuse = (issues: readonly FieldIssue[]): void => {
    if (issues.length > 0) throw new DeclarationError(issues.map((issue) => ({ address: addressOf(resource), ...issue })))
  }
  const found = checkFields(schema, inputs)
  return found instanceof Promise ? found.then(refuse) : refuse(found)
}

/**
 * Runs a schema for its issues alone: what it outputs is never compared or sent. A declared `null` means unset, so it is
 * judged as absent. Fields that the schema strips are misspelt, and an error all the same.
 */
export function checkFields(schema: StandardSchema, inputs: Fields): FieldIssue[] | Promise<FieldIssue[]> {
  const markers: Path[] = []
  visitMarkers(inputs, (marker, path) => {
    if (marker.kind !== 'sensitive' || marker.reveal() === undefined) markers.push(path)
  })
  const judged = omitUnset(inputs)
  const result = schema['~standard'].validate(judged)
  const judge = (settled: Awaited<typeof result>): FieldIssue[] => listIssues(settled, schema, judged as Fields, markers)
  return result instanceof Promise ? result.then(judge) : judge(result)
}

function listIssues(result: Awaited<ReturnType<StandardSchema['~standard']['validate']>>, schema: StandardSchema, judged: Fields, markers: readonly Path[]): FieldIssue[] {
  if (result.issues === undefined) return isFields(result.value) ? findStripped(judged, result.value, schema, []) : []
  const known = listKnownFields(schema)
  return result.issues.flatMap((issue) => {
    const path = pathOf(issue)
    if (isPostponed(issue, path, markers)) return []
    const keys = unknownKeys(issue)
    if (keys.length > 0) return keys.map((key) => unknownField([...path, key], path.length === 0 ? known : []))
    return [{ code: 'invalid-field', path, message: issue.message }]
  })
}

/** Issues at or under a value that is not known yet wait; so do unions that hold one, which no validator can judge. */
function isPostponed(issue: SchemaIssue, path: Path, markers: readonly Path[]): boolean {
  const starts = (long: Path, short: Path): boolean => short.every((part, index) => String(long[index]) === String(part))
  if (markers.some((marker) => path.length >= marker.length && starts(path, marker))) return true
  return 'code' in issue && issue.code === 'invalid_union' && markers.some((marker) => starts(marker, path))
}

function unknownKeys(issue: SchemaIssue): readonly string[] {
  return 'code' in issue && issue.code === 'unrecognized_keys' && 'keys' in issue && Array.isArray(issue.keys) ? (issue.keys as string[]) : []
}

function unknownField(path: Path, known: readonly string[]): FieldIssue {
  return { code: 'unknown-field', path, message: `unknown field${suggest(String(path.at(-1)), known)}` }
}

function findStripped(inputs: Fields, output: Fields, schema: StandardSchema, path: Path): FieldIssue[] {
  const known = listKnownFields(schema)
  return Object.keys(inputs)
    .filter((key) => inputs[key] !== undefined && getPath(output, [key]) === undefined && known.length > 0 && !known.includes(key))
    .map((key) => unknownField([...path, key], known))
}

/** Field names, where the validator shows them as zod does. */
export function listKnownFields(schema: StandardSchema): readonly string[] {
  const shape: unknown = 'shape' in schema ? schema.shape : undefined
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : []
}

/** What holds nothing unset and no secret is returned as it is. */
function omitUnset(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isMarker(value)) return value.kind === 'sensitive' ? (value.reveal()?.value ?? value) : value
  if (Array.isArray(value)) return value.map(omitUnset)
  if (!isFields(value)) return value
  for (const key in value) if (isUnset(value[key]) || omitUnset(value[key]) !== value[key]) return omitUnsetFields(value)
  return value
}

function omitUnsetFields(value: Fields): Fields {
  const kept = Object.entries(value).filter(([, child]) => !isUnset(child))
  return Object.fromEntries(kept.map(([key, child]) => [key, omitUnset(child)]))
}

function isUnset(value: unknown): boolean {
  return value === null || value === undefined
}
