import { Document } from 'yaml'
import type { Fields, Resource } from 'convergent'
import { shortenRoles } from '../roles.ts'

/** A declaration in the flat format, and what could not be written. */
export interface Written {
  readonly text: string
  readonly leftOut: readonly string[]
}

/** The field that the flat format calls otherwise, by type. */
const TYPE_FIELDS: Readonly<Record<string, string>> = { Dataset: 'datasetType', Recipe: 'recipeType' }
/** Fields that hold code: there, only `{{ env.NAME }}` stands for a variable. */
const CODE = ['payload']

/** Writes resources as the flat list. A text that would be taken for a placeholder cannot be written: its field stays the server's. */
export function writeYaml(resources: readonly Resource[], head: string): Written {
  const leftOut: string[] = []
  const entries = resources.map(({ type, name, protected: isProtected, inputs: { projectKey, name: _, type: sort, ...inputs } }) => {
    const fields: Fields = type === 'Recipe' ? { ...inputs, inputs: shortenRoles(inputs['inputs'], String(projectKey)), outputs: shortenRoles(inputs['outputs'], String(projectKey)) } : inputs
    const kept = Object.entries(fields).filter(([field, value]) => {
      const isTaken = holdsPlaceholder(value, CODE.includes(field))
      if (isTaken) leftOut.push(`${type}/${name}: its ${field} holds "{{", which stands for a placeholder here`)
      return value !== undefined && !isTaken
    })
    const field = TYPE_FIELDS[type]
    return { type: type.toLowerCase(), name, ...(field !== undefined && sort !== undefined && { [field]: sort }), ...Object.fromEntries(kept), ...(isProtected === true && { protected: true }) }
  })
  const document = new Document({ resources: entries })
  document.commentBefore = ` ${head}`
  return { text: document.toString({ lineWidth: 0 }), leftOut }
}

function holdsPlaceholder(value: unknown, isCode: boolean): boolean {
  if (typeof value === 'string') return isCode ? /\{\{\s*env\./.test(value) : value.includes('{{')
  return typeof value === 'object' && value !== null && Object.entries(value).some(([key, child]) => key.includes('{{') || holdsPlaceholder(child, isCode))
}
