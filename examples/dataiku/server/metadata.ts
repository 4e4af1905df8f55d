import { z } from 'zod'
import { readJson, type Body } from './read-body.ts'
import { nextTag, type Fields } from './state.ts'

const fields = z.record(z.string(), z.unknown())
const metadata = z.looseObject({
  label: z.string().optional(),
  description: z.string().optional(),
  shortDesc: z.string().optional(),
  tags: z.array(z.string()).optional(),
  checklists: fields.optional(),
  custom: z.looseObject({ kv: fields }).optional(),
})

/** What people wrote about a dataset or a recipe. It is a part of the thing itself. */
export function showMetadata({ label, name, description, shortDesc, tags, checklists, customMeta }: Fields): Fields {
  return { label: label ?? name, description: description ?? '', shortDesc: shortDesc ?? '', tags, checklists: checklists ?? { checklists: [] }, custom: customMeta ?? { kv: {} } }
}

/** A dataset or a recipe with the body of a request in the place of all that people wrote about it. */
export function replaceMetadata(kept: Fields, body: Body, login: string, nowMs: number): Fields {
  const { label: _label, description: _description, shortDesc: _shortDesc, tags: _tags, checklists: _checklists, customMeta: _customMeta, ...others } = kept
  const { label, description, shortDesc, tags = [], checklists, custom } = readJson(metadata, body)
  const given = { label, description, shortDesc, tags, checklists, customMeta: custom }
  return { ...others, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), versionTag: nextTag(login, nowMs, kept['versionTag']) }
}
