import { isMap, isScalar, type YAMLMap } from 'yaml'
import { suggestName } from 'convergent'
import { toValue, type Conversion } from './convert.ts'
import { sourceOf } from './place.ts'

/** What `kongctl:` says of an entry. */
export interface KongctlSettings {
  readonly namespace: string
  readonly protected: boolean
}

const BUILT_IN: KongctlSettings = { namespace: 'default', protected: false }

/** The `_defaults` of a file. */
export function readDefaults(conversion: Conversion, contents: YAMLMap): KongctlSettings {
  const node = contents.get('_defaults', true)
  if (node === undefined) return BUILT_IN
  if (!isMap(node)) {
    conversion.issues.add('invalid-defaults', '_defaults: expected a map', sourceOf(conversion.file, node))
    return BUILT_IN
  }
  for (const { key } of node.items) {
    const name = String(isScalar(key) ? key.value : key)
    if (name !== 'kongctl') conversion.issues.add('unknown-field', `unknown field "${name}" in _defaults${suggestName(name, ['kongctl'])}`, sourceOf(conversion.file, key))
  }
  return readNamespace(conversion, node, BUILT_IN)
}

/** `kongctl: {namespace, protected}` of an entry, over the defaults. */
export function readNamespace(conversion: Conversion, entry: YAMLMap, defaults: KongctlSettings): KongctlSettings {
  const node = entry.get('kongctl', true)
  if (node === undefined) return defaults
  const { file, issues } = conversion
  if (!isMap(node)) {
    issues.add('invalid-kongctl', 'kongctl: expected a map with namespace or protected', sourceOf(file, node))
    return defaults
  }
  const settings = { ...defaults }
  for (const { key, value } of node.items) {
    const name = String(isScalar(key) ? key.value : key)
    const found = toValue(conversion, value)
    if (name === 'namespace' && typeof found === 'string' && /^[a-z0-9A-Z]([a-z0-9A-Z._-]*[a-z0-9A-Z])?$/.test(found)) settings.namespace = found
    else if (name === 'protected' && typeof found === 'boolean') settings.protected = found
    else if (name === 'namespace' || name === 'protected') issues.add('invalid-kongctl', `kongctl.${name}: expected ${name === 'protected' ? 'true or false' : 'a name of letters, digits, ".", "_" and "-"'}, found ${JSON.stringify(found)}`, sourceOf(file, value))
    else issues.add('unknown-field', `unknown field "kongctl.${name}"${suggestName(name, ['namespace', 'protected'])}`, sourceOf(file, key))
  }
  return settings
}
