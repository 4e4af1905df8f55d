import { isMap, type YAMLMap } from 'yaml'
import { suggestName } from 'convergent'
import { sourceOf } from '../../parts/input-file.ts'
import { at, describeNode, hasKey, keyOf } from '../../parts/nodes.ts'
import { toValue, type Conversion } from './convert.ts'

/** What `kongctl:` says of an entry. */
export interface KongctlSettings {
  readonly namespace: string
  readonly protected: boolean
}

const BUILT_IN: KongctlSettings = { namespace: 'default', protected: false }

/** The `_defaults` of a document. */
export interface Defaults extends KongctlSettings {
  /** True: it names a namespace, rather than to leave that to this host. */
  readonly isNamed: boolean
}

/** Reads the `_defaults` of a document. */
export function readDefaults(conversion: Conversion, contents: YAMLMap): Defaults {
  if (!hasKey(contents, '_defaults')) return { ...BUILT_IN, isNamed: false }
  const { aliases, issues, file } = conversion
  const node = aliases.resolve(at(contents, '_defaults'))
  if (!isMap(node)) {
    issues.add('invalid-defaults', `_defaults: expected a map, found ${describeNode(node)}`, sourceOf(file, node))
    return { ...BUILT_IN, isNamed: false }
  }
  for (const pair of node.items) {
    const name = keyOf(pair)
    if (name !== 'kongctl') issues.add('unknown-field', `unknown field "${name}" in _defaults${suggestName(name, ['kongctl'])}`, sourceOf(file, pair.key))
  }
  const kongctl = aliases.resolve(at(node, 'kongctl'))
  return { ...readNamespace(conversion, node, BUILT_IN), isNamed: isMap(kongctl) && hasKey(kongctl, 'namespace') }
}

/** A label's value holds 63 characters. */
const NAMESPACE = /^(?=.{1,63}$)[a-z0-9A-Z]([a-z0-9A-Z._-]*[a-z0-9A-Z])?$/

/** `kongctl: {namespace, protected}` of an entry, over the defaults. */
export function readNamespace(conversion: Conversion, entry: YAMLMap, defaults: KongctlSettings): KongctlSettings {
  if (!hasKey(entry, 'kongctl')) return { namespace: defaults.namespace, protected: defaults.protected }
  const { file, issues, aliases } = conversion
  const node = aliases.resolve(at(entry, 'kongctl'))
  const settings = { namespace: defaults.namespace, protected: defaults.protected }
  if (!isMap(node)) {
    issues.add('invalid-kongctl', `kongctl: expected a map with namespace or protected, found ${describeNode(node)}`, sourceOf(file, node))
    return settings
  }
  for (const pair of node.items) {
    const name = keyOf(pair)
    const known = issues.count
    const found = toValue(conversion, pair.value)
    if (issues.count > known) continue
    if (name === 'namespace' && typeof found === 'string' && NAMESPACE.test(found)) settings.namespace = found
    else if (name === 'protected' && typeof found === 'boolean') settings.protected = found
    else if (name === 'namespace' || name === 'protected')
      issues.add('invalid-kongctl', `kongctl.${name}: expected ${name === 'protected' ? 'true or false' : 'a name of 1 to 63 letters, digits, ".", "_" and "-"'}, found ${describeNode(pair.value)}`, sourceOf(file, pair.value))
    else issues.add('unknown-field', `unknown field "kongctl.${name}"${suggestName(name, ['namespace', 'protected'])}`, sourceOf(file, pair.key))
  }
  return settings
}
