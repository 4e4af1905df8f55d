import { describe, expect, it } from 'vitest'
import { kinds } from '../../../../examples/opnsense/kinds.ts'
import { toWireText } from '../../../../examples/opnsense/wire-value.ts'
import { models } from '../../../../examples/opnsense/server/models.ts'
import type { Field } from '../../../../examples/opnsense/server/field.ts'
import type { Kind as ServerKind } from '../../../../examples/opnsense/server/config.ts'

const RENAMED: Readonly<Record<string, string>> = { 'alias.alias_type': 'type' }
/** The local server's model, which is checked against the vendor's. */
const fieldOf = (kind: string, field: string): Field | undefined => models[kind as ServerKind].fields[RENAMED[`${kind}.${field}`] ?? field]

describe.each(kinds.map((kind) => [kind.type, kind] as const))('%s', (type, { fields }) => {
  it('has fields that the firewall has', () => expect(Object.keys(fields).filter((field) => fieldOf(type, field) === undefined)).toEqual([]))

  it('has them in the form that the firewall has them in', () => {
    const wrong = Object.entries(fields).filter(([field, { form }]) => {
      const known = fieldOf(type, field) as Field
      const isList = known.isMultiple === true || known.type === 'aliasContent'
      return (form === 'list') !== isList || (form === 'boolean') !== (known.type === 'boolean')
    })
    expect(wrong).toEqual([])
  })

  it('says what each field falls back to that cannot be empty', () => {
    const wrong = Object.entries(fields).filter(([field, form]) => {
      const { isRequired = false, fallback } = fieldOf(type, field) as Field
      if (!isRequired || fallback === undefined || field === 'alias_type') return form.fallback !== undefined
      return toWireText(null, form, ',') !== fallback
    })
    expect(wrong).toEqual([])
  })
})
