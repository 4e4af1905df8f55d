import * as z from 'zod'
import type { Singleton } from '../singletons.ts'

const menuItem = z.strictObject({ path: z.string().max(512), title: z.string(), visibility: z.enum(['public', 'private']), external: z.boolean() })
const body = z.strictObject({
  theme: z
    .strictObject({
      name: z.string().optional(),
      mode: z.enum(['light', 'dark', 'system']).optional(),
      colors: z.strictObject({ primary: z.string().regex(/^#([a-fA-F0-9]{6}|[a-fA-F0-9]{3})$/, 'must be a colour such as #0a2b44').optional() }).optional(),
    })
    .optional(),
  layout: z.string().optional(),
  css: z.string().nullable().optional(),
  menu: z
    .strictObject({
      main: z.array(menuItem).optional(),
      footer_sections: z.array(z.strictObject({ title: z.string().max(512), items: z.array(menuItem) })).optional(),
      footer_bottom: z.array(menuItem).optional(),
    })
    .optional(),
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
  robots: z.string().nullable().optional(),
})

export const customization: Singleton = {
  name: 'customization',
  path: 'customization',
  parent: 'portal',
  defaults: {
    theme: { name: 'plain', mode: 'light', colors: { primary: '#000000' } },
    layout: 'topnav',
    css: null,
    menu: { main: [], footer_sections: [], footer_bottom: [] },
    spec_renderer: { try_it_ui: true, try_it_insomnia: true, infinite_scroll: true, show_schemas: true, hide_internal: false, hide_deprecated: false, allow_custom_server_urls: true },
    robots: null,
  },
  update: body,
  replace: body,
}
