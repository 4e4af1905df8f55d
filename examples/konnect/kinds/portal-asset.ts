import * as z from 'zod'
import { pathOf, restType, type HttpClient } from 'convergent/rest'

/** An image of a portal, as a data URL: `/v3/portals/{portalId}/assets/logo` and `…/favicon`. */
export const portalAsset = (asset: 'logo' | 'favicon') => (client: HttpClient) =>
  restType({
    client,
    singleton: true,
    schema: z.strictObject({ portal_id: z.string(), data: z.string().regex(/^data:image\/(png|jpeg|gif|svg\+xml|x-icon|vnd\.microsoft\.icon|ico);base64,/, 'expected an image as a data URL') }),
    parent: { type: 'portal', field: 'portal_id' },
    collection: (portalId) => `${pathOf`/v3/portals/${portalId}/assets`}/${asset}`,
    update: 'put',
    resetBody: null,
  })
