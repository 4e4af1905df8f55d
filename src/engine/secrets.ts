import { matchesPath } from '../core/field-rule.ts'
import { canonicalJson, isFields, type Fields, type Path } from '../core/json.ts'
import type { Issue } from '../core/errors.ts'
import { endsPortion } from '../core/portion.ts'
import { addressOf, type Resource } from '../core/resource.ts'
import type { TypeRules } from '../core/rules.ts'
import { holdsSecret } from '../core/comparable.ts'
import { Deferred, Sensitive, isMarker, mapMarkers, visitMarkers, type Marker } from '../core/value.ts'
import { nextTurn } from '../store/turn.ts'
import type { Resolver } from './options.ts'
import type { Sealer } from './sealer.ts'

/** Keyed digest of a secret: HMAC-SHA-256, so that equal values are told without the value being recorded. */
export type Digest = (value: unknown) => Promise<string>

/** Makes digests with the key of a state. */
export async function createDigest(salt: string): Promise<Digest> {
  const bytes = Uint8Array.from(salt.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async (value) => {
    const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(canonicalJson(value)))
    return Array.from(new Uint8Array(signature).subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
}

/** A new key for the digests of a state. */
export function createSalt(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Asks the host's resolver. Throws an Error that names the value and never shows it. */
export async function resolveDeferred(marker: Deferred, resolvers: Readonly<Record<string, Resolver>>): Promise<unknown> {
  const resolver = Object.hasOwn(resolvers, marker.resolver) ? resolvers[marker.resolver] : undefined
  if (resolver === undefined) throw new Error(`no resolver is called "${marker.resolver}"; pass it in the option resolvers`)
  const value = await resolver(marker.key)
  if (value === undefined) throw new Error(`the resolver "${marker.resolver}" has no value for "${marker.key}"`)
  return value
}

/**
 * Brings the secrets of a declaration into the form that planning works with: literals in sensitive fields become
 * sensitive values, deferred values that can be resolved now are compared by what they are, and each has its digest.
 */
export async function prepareSecrets(
  desired: readonly Resource[],
  types: Readonly<Record<string, TypeRules>>,
  resolvers: Readonly<Record<string, Resolver>>,
  digest: Digest | undefined,
  sealer: Sealer | undefined,
  issues: Issue[],
): Promise<readonly Resource[]> {
  const prepared = [...desired]
  const jobs: Promise<void>[] = []
  for (let index = 0; index < desired.length; index++) {
    if (endsPortion(index)) await nextTurn()
    const resource = desired[index] as Resource
    const wrapped = wrapSensitive(resource.inputs, types[resource.type]?.sensitive)
    const secrets: (Deferred | Sensitive)[] = []
    visitMarkers(wrapped, (marker) => {
      if (marker.kind === 'deferred' || marker.kind === 'sensitive') secrets.push(marker)
    })
    // Most hold none, and cost no promise.
    if (secrets.length > 0) jobs.push(prepareResource(resource, wrapped, secrets, resolvers, digest, sealer, issues).then((done) => void (prepared[index] = done)))
  }
  await Promise.all(jobs)
  return jobs.length === 0 ? desired : prepared
}

async function prepareResource(
  resource: Resource,
  wrapped: Fields,
  secrets: readonly (Deferred | Sensitive)[],
  resolvers: Readonly<Record<string, Resolver>>,
  digest: Digest | undefined,
  sealer: Sealer | undefined,
  issues: Issue[],
): Promise<Resource> {
  const prepared = new Map<Marker, Marker>()
  await Promise.all(
    secrets.map(async (marker) => {
      try {
        prepared.set(marker, await prepareSecret(marker, resolvers, digest, sealer))
      } catch (error) {
        issues.push({ address: addressOf(resource), ...(resource.source && { source: resource.source }), code: 'unresolved-deferred', message: (error as Error).message })
      }
    }),
  )
  return { ...resource, inputs: mapMarkers(wrapped, (marker) => prepared.get(marker) ?? marker) as Fields }
}

async function prepareSecret(marker: Deferred | Sensitive, resolvers: Readonly<Record<string, Resolver>>, digest: Digest | undefined, sealer: Sealer | undefined): Promise<Marker> {
  const content = marker.reveal() ?? (marker.kind === 'deferred' ? { value: await resolveDeferred(marker, resolvers) } : undefined)
  if (content === undefined) return marker
  const full = { ...content, ...(digest && { digest: await digest(content.value) }) }
  if (marker.kind === 'deferred') return new Deferred(marker.resolver, marker.key, full)
  // A literal is in no plan file, unless it is sealed: then whoever has the key can apply it.
  return new Sensitive({ ...full, ...(sealer && { sealed: await sealer.seal(JSON.stringify(content.value)) }) })
}

/** Inputs as the state records them: secrets as digests, and sealed where the host has a sealer; references as references. */
export function sealInputs(inputs: Fields, resolved: Fields, rules: TypeRules, digest: Digest, sealer?: Sealer): Fields | Promise<Fields> {
  const wrapped = wrapSensitive(inputs, rules.sensitive)
  return holdsSecret(wrapped) ? sealSecrets(wrapped, resolved, digest, sealer) : wrapped
}

async function sealSecrets(wrapped: Fields, resolved: Fields, digest: Digest, sealer: Sealer | undefined): Promise<Fields> {
  const places: { readonly marker: Deferred | Sensitive; readonly path: Path }[] = []
  visitMarkers(wrapped, (marker, path) => {
    if (marker.kind === 'deferred' || marker.kind === 'sensitive') places.push({ marker, path })
  })
  const sealed = new Map<string, Marker>()
  for (const { marker, path } of places) {
    const value = path.reduce<unknown>((at, part) => (at as Record<string | number, unknown>)?.[part], resolved)
    const content = value === undefined ? {} : { digest: await digest(value), ...(sealer && { sealed: await sealer.seal(JSON.stringify(value)) }) }
    sealed.set(JSON.stringify(path), marker.kind === 'deferred' ? new Deferred(marker.resolver, marker.key, content) : new Sensitive(content))
  }
  return mapMarkers(wrapped, (marker, path) => sealed.get(JSON.stringify(path)) ?? marker) as Fields
}

/** A copy with each literal at a sensitive path wrapped; the same object where there is none. */
function wrapSensitive(inputs: Fields, patterns: readonly string[] = []): Fields {
  if (patterns.length === 0) return inputs
  const wrap = (value: unknown, path: Path): unknown => {
    if (isMarker(value) || value === undefined || value === null) return value
    if (path.length > 0 && patterns.some((pattern) => matchesPath(pattern, path))) return new Sensitive({ value })
    if (Array.isArray(value)) return value.map((child, index) => wrap(child, [...path, index]))
    return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, wrap(child, [...path, key])])) : value
  }
  return wrap(inputs, []) as Fields
}
