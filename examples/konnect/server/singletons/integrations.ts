import * as z from 'zod'
import type { Singleton } from '../singletons.ts'

const text = z.string().max(100).nullable().optional()
const flag = z.boolean().nullable().optional()
const tagManager = z.strictObject({
  id: z.string().min(5).max(20).regex(/^GTM-[A-Za-z0-9]+$/, 'must be an id such as GTM-XXXXXX'),
  l: text,
  preview: text,
  cookies_win: flag,
  debug: flag,
  npa: flag,
  data_layer: text,
  env_name: text,
  auth_referrer_policy: text,
})
const analytics = z.strictObject({ id: z.string().min(5).max(20).regex(/^G-[A-Za-z0-9-]+$/, 'must be an id such as G-XXXXXXX'), l: text })
const equalWeb = z.strictObject({ site_key: z.string().length(32).regex(/^[A-Za-z0-9]+$/, 'must be a site key'), widget_config: z.looseObject({}).optional() })

const integration = <Name extends string, Config extends z.ZodRawShape>(type: Name, config: z.ZodObject<Config>) => z.strictObject({ enabled: z.boolean(), type: z.literal(type), config_data: config }).nullable().optional()
const changes = <Name extends string, Config extends z.ZodRawShape>(type: Name, config: z.ZodObject<Config>) =>
  z.strictObject({ enabled: z.boolean().optional(), type: z.literal(type).optional(), config_data: config.partial().optional() }).nullable().optional()

const whole = z.strictObject({ google_tag_manager: integration('tracking', tagManager), google_analytics_4: integration('analytics', analytics), equal_web: integration('accessibility', equalWeb) })

export const integrations: Singleton = {
  name: 'integrations',
  path: 'integrations',
  parent: 'portal',
  defaults: {},
  update: z.strictObject({ google_tag_manager: changes('tracking', tagManager), google_analytics_4: changes('analytics', analytics), equal_web: changes('accessibility', equalWeb) }),
  replace: whole,
  // An update names a part; what comes out must be a whole integration.
  whole,
}
