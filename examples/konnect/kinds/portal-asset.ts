import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'

const image = z.string().regex(/^data:image\/(png|jpeg|gif|svg\+xml|x-icon|vnd\.microsoft\.icon|ico);base64,/, 'expected an image as a data URL')

/** The images of a portal, as data URLs: `/v3/portals/{portalId}/assets/logo` and `…/favicon`. */
export const kind = (['logo', 'favicon'] as const).map((asset) =>
  defineKind({
    type: `portal_asset_${asset}`,
    input: { list: `portal_asset_${asset}s`, nested: `assets.${asset}`, holds: { field: 'data' }, parentKey: 'portal' },
    singleton: true,
    schema: z.strictObject({ portal_id: z.string(), data: image }),
    parent: { type: 'portal', field: 'portal_id' },
    collection: (portalId) => `${pathOf`/v3/portals/${portalId}/assets`}/${asset}`,
    update: 'put',
    resetBody: null,
  }),
)
