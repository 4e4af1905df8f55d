import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'

const text = z.string().max(100).optional()
const flag = z.boolean().optional()

/** What a portal reports to: `/v3/portals/{portalId}/integrations`. */
export const kind = defineKind({
  type: 'portal_integrations',
  input: { list: 'portal_integrations', nested: 'integrations', holds: 'entry', parentKey: 'portal' },
  singleton: true,
  schema: z.strictObject({
    portal_id: z.string(),
    google_tag_manager: z
      .strictObject({
        enabled: z.boolean(),
        type: z.literal('tracking'),
        config_data: z.strictObject({ id: z.string().regex(/^GTM-[A-Za-z0-9]+$/).min(5).max(20), l: text, preview: text, cookies_win: flag, debug: flag, npa: flag, data_layer: text, env_name: text, auth_referrer_policy: text }),
      })
      .optional(),
    google_analytics_4: z.strictObject({ enabled: z.boolean(), type: z.literal('analytics'), config_data: z.strictObject({ id: z.string().regex(/^G-[A-Za-z0-9-]+$/).min(5).max(20), l: text }) }).optional(),
    equal_web: z
      .strictObject({ enabled: z.boolean(), type: z.literal('accessibility'), config_data: z.strictObject({ site_key: z.string().regex(/^[A-Za-z0-9]+$/).max(32), widget_config: z.looseObject({}).optional() }) })
      .optional(),
  }),
  parent: { type: 'portal', field: 'portal_id' },
  collection: (portalId) => pathOf`/v3/portals/${portalId}/integrations`,
  merged: ['google_tag_manager', 'google_analytics_4', 'equal_web'],
  resetBody: {},
})
