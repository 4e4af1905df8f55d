import * as z from 'zod'
import { pathOf } from 'convergent/rest'
import { defineKind } from '../kind.ts'
import { visibility } from '../kind-parts.ts'

const menuItem = z.strictObject({ path: z.string(), title: z.string(), visibility, external: z.boolean() })
const menuSection = z.strictObject({ title: z.string(), items: z.array(menuItem) })

/** How a portal looks: `/v3/portals/{portalId}/customization`. */
export const kind = defineKind({
  type: 'portal_customization',
  input: { list: 'portal_customizations', nested: 'customization', holds: 'entry', parentKey: 'portal' },
  singleton: true,
  schema: z.strictObject({
    portal_id: z.string(),
    theme: z
      .strictObject({ name: z.string().optional(), mode: z.enum(['light', 'dark', 'system']).optional(), colors: z.strictObject({ primary: z.string().regex(/^#([a-fA-F0-9]{6}|[a-fA-F0-9]{3})$/) }).optional() })
      .optional(),
    layout: z.string().optional(),
    css: z.string().optional(),
    menu: z.strictObject({ main: z.array(menuItem).optional(), footer_sections: z.array(menuSection).optional(), footer_bottom: z.array(menuItem).optional() }).optional(),
    spec_renderer: z
      .strictObject({
        try_it_ui: z.boolean().optional(),
        try_it_insomnia: z.boolean().optional(),
        infinite_scroll: z.boolean().optional(),
        show_schemas: z.boolean().optional(),
        hide_internal: z.boolean().optional(),
        hide_deprecated: z.boolean().optional(),
        allow_custom_server_urls: z.boolean().optional(),
      })
      .optional(),
    robots: z.string().optional(),
  }),
  parent: { type: 'portal', field: 'portal_id' },
  collection: (portalId) => pathOf`/v3/portals/${portalId}/customization`,
  merged: ['theme', 'menu', 'spec_renderer'],
  resetBody: {},
})
