import { isFields, type Fields, type Path } from './json.ts'
import type { Address } from './address.ts'

/**
 * Markers stand inside inputs for values that are not there yet or must not be shown. They are branded with a
 * registered symbol rather than told by shape, so no data from a backend or a file can pass for one.
 */
const MARKER: unique symbol = Symbol.for('convergent.marker') as never

/** The key under which a marker is written as JSON. Inputs must not use it for anything else. */
export const MARKER_KEY = '$convergent'

abstract class MarkerBase<K extends string> {
  /** How it is treated. */
  abstract readonly kind: K
  /** Tells a marker from data, whatever copy of this package made it. */
  readonly [MARKER] = true
}

/** A value that is another resource's id (an empty path) or a place in its outputs. Made by `ref` or a declared resource. */
export class Reference<T = unknown> extends MarkerBase<'reference'> {
  /** Tells markers apart. */
  override readonly kind = 'reference'
  /** For the compiler alone: the type of what it refers to. */
  declare readonly _type?: T
  /** The resource. */
  readonly address: Address
  /** The place in its outputs; empty: its id. */
  readonly path: Path
  constructor(address: Address, path: Path = []) {
    super()
    this.address = address
    this.path = path
  }
  /** How it is written. */
  toJSON(): object {
    if (this.path.length === 0) return { [MARKER_KEY]: 'reference', address: this.address }
    return { [MARKER_KEY]: 'reference', address: this.address, path: this.path }
  }
}

/** What a secret marker carries: the value where this process has it, and its keyed digest. */
export interface SecretContent<T> {
  /** The value itself; absent after a plan or a state was read from bytes. */
  readonly value?: T
  /** Keyed digest of the value: how a change is noticed without recording it. */
  readonly digest?: string
  /** The value as the host's sealer wrote it down: for whoever has the key. */
  readonly sealed?: string
}

abstract class Secret<K extends string, T> extends MarkerBase<K> {
  /** How it is treated. */
  abstract override readonly kind: K
  readonly #content: SecretContent<T>
  constructor(content: SecretContent<T>) {
    super()
    this.#content = content
  }
  /** Keyed digest of the value. */
  get digest(): string | undefined {
    return this.#content.digest
  }
  /** The value as the host's sealer wrote it down. */
  get sealed(): string | undefined {
    return this.#content.sealed
  }
  /** What of it may be written down. */
  protected written(): object {
    const { digest, sealed } = this.#content
    return { ...(digest !== undefined && { digest }), ...(sealed !== undefined && { sealed }) }
  }
  /** The value, where this process has it. */
  reveal(): {
    /** The value itself. */
    readonly value: T
  } | undefined {
    return 'value' in this.#content ? { value: this.#content.value as T } : undefined
  }
  /** What takes the value's place in any text. */
  override toString(): string {
    return `(${this.kind})`
  }
}

/** A value that a resolver of the host's supplies when the action is performed: an environment variable, a vault entry. */
export class Deferred<T = unknown> extends Secret<'deferred', T> {
  /** Tells markers apart. */
  override readonly kind = 'deferred'
  /** The name of the resolver. */
  readonly resolver: string
  /** What the resolver is asked for. */
  readonly key: string
  constructor(resolver: string, key: string, content: SecretContent<T> = {}) {
    super(content)
    this.resolver = resolver
    this.key = key
  }
  /** How it is written. */
  toJSON(): object {
    return { [MARKER_KEY]: 'deferred', resolver: this.resolver, key: this.key, ...this.written() }
  }
}

/** A value that is never shown, written or logged. What is written is its keyed digest, or only that it was set. */
export class Sensitive<T = unknown> extends Secret<'sensitive', T> {
  /** Tells markers apart. */
  override readonly kind = 'sensitive'
  /** How it is written. */
  toJSON(): object {
    return { [MARKER_KEY]: 'sensitive', ...this.written() }
  }
}

/** A value that is known only after apply. Planning makes it; a host never does. */
export class Unknown extends MarkerBase<'unknown'> {
  /** Tells markers apart. */
  override readonly kind = 'unknown'
  /** How it is written. */
  toJSON(): object {
    return { [MARKER_KEY]: 'unknown' }
  }
}

/** Any value that stands for another one. */
export type Marker = Reference | Deferred | Sensitive | Unknown

/** True for a marker, also for one that another copy of this package made. */
export function isMarker(value: unknown): value is Marker {
  return typeof value === 'object' && value !== null && MARKER in value
}

/** Calls `visit` for each marker inside a value, with its place. */
export function visitMarkers(value: unknown, visit: (marker: Marker, path: Path) => void, path: Path = []): void {
  if (typeof value === 'object' && value !== null) visitBelow(value, visit, path.length === 0 ? [] : [...path])
}

/** `at` is where it is right now: copied only for a marker, since most values hold none. */
function visitBelow(value: object, visit: (marker: Marker, path: Path) => void, at: (string | number)[]): void {
  if (isMarker(value)) return visit(value, [...at])
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) visitChild(value[index], visit, at, index)
  } else for (const key in value) if (Object.hasOwn(value, key)) visitChild((value as Fields)[key], visit, at, key)
}

function visitChild(child: unknown, visit: (marker: Marker, path: Path) => void, at: (string | number)[], step: string | number): void {
  if (typeof child !== 'object' || child === null) return
  at.push(step)
  visitBelow(child, visit, at)
  at.pop()
}

/** True when a marker inside a value passes a test. */
export function someMarker(value: unknown, test: (marker: Marker) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (isMarker(value)) return test(value)
  if (Array.isArray(value)) {
    for (const child of value) if (someMarker(child, test)) return true
    return false
  }
  for (const key in value) {
    const child = Object.hasOwn(value, key) ? (value as Fields)[key] : undefined
    if (typeof child === 'object' && someMarker(child, test)) return true
  }
  return false
}

/** A copy of a value with each marker replaced; what holds no marker is returned as it is, not copied. */
export function mapMarkers(value: unknown, replace: (marker: Marker, path: Path) => unknown, path: Path = []): unknown {
  return typeof value === 'object' && value !== null ? mapBelow(value, replace, path.length === 0 ? [] : [...path]) : value
}

function mapBelow(value: object, replace: (marker: Marker, path: Path) => unknown, at: (string | number)[]): unknown {
  if (isMarker(value)) return replace(value, [...at])
  const isList = Array.isArray(value)
  if (!isList && !isFields(value)) return value
  let copy: Record<string | number, unknown> | undefined
  const mapAt = (key: string | number): void => {
    const child = (value as Record<string | number, unknown>)[key]
    if (typeof child !== 'object' || child === null) return
    at.push(key)
    const mapped = mapBelow(child, replace, at)
    at.pop()
    if (mapped !== child) (copy ??= (isList ? [...(value as unknown[])] : { ...value }) as Record<string | number, unknown>)[key] = mapped
  }
  if (isList) for (let index = 0; index < value.length; index++) mapAt(index)
  else for (const key in value) if (Object.hasOwn(value, key)) mapAt(key)
  return copy ?? value
}

/** Turns the JSON form of markers back into markers: for inputs read from a plan or a state, never for what a backend sent. What holds none is returned as it is. */
export function reviveMarkers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isMarker(value)) return value
  if (Array.isArray(value)) {
    const revived = value.map(reviveMarkers)
    return revived.every((child, index) => child === value[index]) ? value : revived
  }
  const fields = value as Fields
  if (Object.hasOwn(fields, MARKER_KEY)) {
    const marker = reviveMarker(fields)
    if (marker !== undefined) return marker
  }
  let revived: [string, unknown][] | undefined
  for (const key of Object.keys(fields)) {
    const child = fields[key]
    if (typeof child !== 'object' || child === null) continue
    const other = reviveMarkers(child)
    if (other !== child) (revived ??= []).push([key, other])
  }
  return revived === undefined ? value : Object.fromEntries([...Object.entries(fields), ...revived])
}

function reviveMarker(fields: Fields): Marker | undefined {
  const text = (key: string): string | undefined => (typeof fields[key] === 'string' ? fields[key] : undefined)
  const [digest, sealed] = [text('digest'), text('sealed')]
  const content = { ...(digest !== undefined && { digest }), ...(sealed !== undefined && { sealed }) }
  switch (fields[MARKER_KEY]) {
    case 'reference':
      return new Reference(text('address') as Address, (fields['path'] as Path | undefined) ?? [])
    case 'deferred':
      return new Deferred(text('resolver') ?? '', text('key') ?? '', content)
    case 'sensitive':
      return new Sensitive(content)
    case 'unknown':
      return new Unknown()
    default:
      return undefined
  }
}
