import * as z from 'zod'
import type { Singleton } from '../singletons.ts'

const image = z.string().regex(/^data:image\/(png|jpeg|gif|svg\+xml|x-icon|ico|icon|vnd\.microsoft\.icon)(;base64)?,([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be a data URL of a PNG, JPEG, GIF, ICO or SVG image in base64')

const asset = (name: string): Singleton => ({
  name,
  path: `assets/${name}`,
  parent: 'portal',
  // The smallest PNG there is; a PUT of null brings it back.
  defaults: { data: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==' },
  replace: z.strictObject({ data: image }).nullable(),
})

/** The picture of a portal. */
export const logo: Singleton = asset('logo')
/** Its icon. */
export const favicon: Singleton = asset('favicon')
