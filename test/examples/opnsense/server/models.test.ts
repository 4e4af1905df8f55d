import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { models } from '../../../../examples/opnsense/server/models.ts'
import type { Kind } from '../../../../examples/opnsense/server/config.ts'
import type { Field } from '../../../../examples/opnsense/server/field.ts'
import { root } from '../../../architecture/sources.ts'

const folder = join(root, '../shared/vendor/opnsense')
const hasVendor = existsSync(folder)

/** Where the vendor's model has each kind. */
const PLACES: Readonly<Record<Kind, readonly [file: string, ...tags: readonly string[]]>> = {
  alias: ['Alias.xml', 'aliases', 'alias'],
  rule: ['Filter.xml', 'rules', 'rule'],
  vlan: ['Vlan.xml', 'items', 'vlan'],
  server: ['HAProxy.xml', 'servers', 'server'],
  backend: ['HAProxy.xml', 'backends', 'backend'],
}

interface Tag {
  readonly name: string
  readonly attributes: string
  readonly inside: string
}

/** The tags right below, whatever is deeper in them. */
function tagsOf(xml: string): Tag[] {
  const tags: Tag[] = []
  const opening = /<([\w.-]+)((?:\s[^<>]*?)?)(\/?)>/g
  for (let found = opening.exec(xml); found !== null; found = opening.exec(xml)) {
    const [all, name = '', attributes = '', isEmpty] = found
    const from = found.index + all.length
    if (isEmpty === '/') {
      tags.push({ name, attributes, inside: '' })
      continue
    }
    let depth = 1
    const same = new RegExp(`<${name}(?:\\s[^<>]*?)?(/?)>|</${name}>`, 'g')
    same.lastIndex = from
    let end = from
    while (depth > 0) {
      const next = same.exec(xml)
      if (next === null) throw new Error(`<${name}> has no end`)
      if (next[0].startsWith('</')) depth--
      else if (next[1] !== '/') depth++
      end = next.index
    }
    tags.push({ name, attributes, inside: xml.slice(from, end) })
    opening.lastIndex = same.lastIndex
  }
  return tags
}

const within = (xml: string, name: string): string => tagsOf(xml).find((tag) => tag.name === name)?.inside ?? ''
const attribute = ({ attributes }: Tag, name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1]

/** What the vendor says of a field, in our words. */
function describeVendor({ inside }: Tag): Partial<Field> {
  const has = (name: string): string | undefined => {
    const tag = tagsOf(inside).find((each) => each.name === name)
    return tag?.inside.trim()
  }
  const options = tagsOf(within(inside, 'OptionValues')).flatMap((option) => {
    const below = tagsOf(option.inside)
    return below.length > 0 ? below.map((each) => attribute(each, 'value') ?? each.name) : [attribute(option, 'value') ?? option.name]
  })
  const [min, max, fallback] = [has('MinimumValue'), has('MaximumValue'), has('Default')]
  return {
    ...(has('Required')?.toUpperCase() === 'Y' && { isRequired: true }),
    ...(has('Multiple')?.toUpperCase() === 'Y' && { isMultiple: true }),
    ...(fallback !== undefined && { fallback }),
    ...(min !== undefined && { min: Number(min) }),
    ...(max !== undefined && { max: Number(max) }),
    ...(options.length > 0 && { options }),
    ...(has('ChangeCase') === 'lower' && { isLowerCase: true }),
  }
}

/** The vendor's types that say more than text, and ours. */
const TYPES: Readonly<Record<string, Field['type']>> = {
  BooleanField: 'boolean',
  OptionField: 'option',
  IntegerField: 'integer',
  NumericField: 'integer',
  InterfaceField: 'interface',
  NetworkAliasField: 'network',
  PortField: 'port',
  ProtocolField: 'protocol',
  ModelRelationField: 'relation',
  DescriptionField: 'description',
  TextField: 'text',
}

function vendorFields(kind: Kind): Tag[] {
  const [file, ...tags] = PLACES[kind]
  const xml = readFileSync(join(folder, file), 'utf8').replaceAll(/<!--[\s\S]*?-->/g, '')
  const items = within(within(xml, 'model'), 'items')
  const inside = tags.filter((tag) => tag !== 'items').reduce((at, tag) => within(at, tag), items)
  return tagsOf(inside).filter((tag) => attribute(tag, 'volatile') !== 'true')
}

describe('the rules of fields', () => {
  if (!hasVendor) console.log(`${folder} is absent: the fields are not compared with the vendor's models`)
  it.runIf(hasVendor).each(Object.keys(PLACES) as Kind[])('of %s are those of the vendor', (kind) => {
    const vendor = vendorFields(kind)
    expect(vendor.length).toBeGreaterThan(5)
    expect(Object.keys(models[kind].fields)).toEqual(vendor.map(({ name }) => name))
    for (const tag of vendor) {
      const { type, mask: _, relatesTo: __, ...ours } = models[kind].fields[tag.name] as Field
      expect({ field: tag.name, ...ours }).toEqual({ field: tag.name, ...describeVendor(tag) })
      const expected = TYPES[attribute(tag, 'type') ?? '']
      if (expected !== undefined) expect([tag.name, type]).toEqual([tag.name, expected])
    }
  })
  it.runIf(hasVendor).each(Object.keys(PLACES) as Kind[])('of %s take the same texts as the vendor', (kind) => {
    const masks = vendorFields(kind).flatMap((tag) => {
      const mask = /^\/(.*)\/u$/.exec(within(tag.inside, 'Mask').trim())?.[1]
      return mask === undefined ? [] : [[tag.name, new RegExp(mask.replaceAll('\\_', '_'))] as const]
    })
    const ours = models[kind].fields
    expect(masks.map(([name]) => name)).toEqual(Object.keys(ours).filter((name) => ours[name]?.mask !== undefined))
    for (const [name, mask] of masks)
      for (const text of ['a', 'a b', 'a.b_c-d', 'a:80', '10s', '5', '5-10', '50k', 'x'.repeat(256), 'x'.repeat(1025), 'ä', '*:80', '10.0.0.1,10.0.0.2', 'new\nline'])
        expect([name, text, ours[name]?.mask?.test(text)]).toEqual([name, text, mask.test(text)])
  })
})
