import { deferred, ref } from '../../src/core/reference.ts'
import type { Resource } from '../../src/core/resource.ts'
import type { Fields } from '../../src/core/json.ts'
import { rollOf } from './chance.ts'

/** Which declaration: every process that is told the same declares the same. */
export interface Generation {
  readonly seed: number
  /** About how many resources. */
  readonly resources: number
  /** Another number, another declaration of the same names: edits, removals, additions and replaces lie between two. */
  readonly generation: number
}

/** What the resolver `soak` supplies. */
export function resolveSecret(key: string): string {
  return `secret ${key}`
}

/** APIs with versions, documents, publications and implementations, and two portals with all that lives in them. */
export function declareGeneration({ seed, resources, generation }: Generation): readonly Resource[] {
  const declared: Resource[] = []
  const roll = (what: string, below: number): number => rollOf(`${seed} ${generation} ${what}`, below)
  const one = <T>(what: string, ...of: readonly T[]): T => of[roll(what, of.length)] as T
  const add = (type: string, name: string, inputs: Fields): void => {
    declared.push({ type, name, inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined)) })
  }
  const labels = (what: string): Fields => ({ 'KONGCTL-namespace': 'default', ...(roll(`${what} tier`, 2) === 0 && { tier: one(`${what} tier of`, 'gold', 'silver') }) })
  const describe = (what: string): string | undefined => one(`${what} description`, undefined, 'one', 'two')

  for (const name of ['dev', 'partner']) {
    const portal_id = ref(`portal/${name}`)
    add('portal', name, { name, description: describe(`portal ${name}`), labels: labels(`portal ${name}`), default_api_visibility: one(`portal ${name}`, 'public', 'private') })
    add('portal_customization', name, { portal_id, theme: { name: 'plain', mode: one(`theme ${name}`, 'light', 'dark'), colors: { primary: one(`colour ${name}`, '#111111', '#222222') } }, css: one(`css ${name}`, undefined, 'a {}', 'b {}') })
    for (let index = 0; index < 3; index++)
      if (roll(`team ${name} ${index}`, 4) > 0) {
        const team = `${name}-${index}`
        add('portal_team', team, { portal_id, name: `Team ${index}`, can_own_applications: one(`owns ${team}`, true, false) })
        for (let api = 0; api < 2; api++) add('portal_team_role', `${team}-${api}`, { team_id: ref(`portal_team/${team}`), role_name: one(`role ${team} ${api}`, 'API Viewer', 'API Consumer'), entity_id: ref(`api/a${api}`), entity_type_name: 'APIs', entity_region: 'eu' })
      }
    for (let index = 0; index < 3; index++)
      if (roll(`snippet ${name} ${index}`, 4) > 0) add('portal_snippet', `${name}-${index}`, { portal_id, name: `snippet-${index}`, content: one(`snippet content ${name} ${index}`, 'a', 'b'), description: describe(`snippet ${name} ${index}`) })
  }
  for (let index = 0; index < 6; index++)
    if (roll(`dcr ${index}`, 5) > 0) add('dcr_provider', `d${index}`, { name: `d${index}`, provider_type: 'okta', issuer: 'https://login.example', dcr_config: { dcr_token: deferred('soak', one(`token ${index}`, 'a', 'b')) }, labels: labels(`dcr ${index}`) })
  const portal_id = ref('portal/dev')
  add('portal_auth_settings', 'dev', { portal_id, basic_auth_enabled: one('basic', true, false), oidc_auth_enabled: true, oidc_issuer: 'https://login.example', oidc_client_id: 'soak', oidc_client_secret: deferred('soak', one('secret', 'a', 'b', 'c')) })
  for (let index = 0; index < 8; index++) {
    const above = index < 2 ? undefined : one(`above ${index}`, undefined, 0, 1)
    if (index < 2 || roll(`page ${index}`, 4) > 0)
      add('portal_page', `p${index}`, { portal_id, slug: `p${index}`, content: one(`page content ${index}`, '# One', '# Two'), visibility: 'public', status: one(`page ${index}`, 'published', 'unpublished'), description: describe(`page ${index}`), ...(above !== undefined && { parent_page_id: ref(`portal_page/p${above}`) }) })
  }
  for (let index = 0; index < 2; index++) {
    add('application_auth_strategy', `s${index}`, { name: `s${index}`, display_name: one(`strategy ${index}`, 'One', 'Two'), strategy_type: 'key_auth', configs: { 'key-auth': { key_names: [one(`key ${index}`, 'apikey', 'key')] } }, labels: labels(`strategy ${index}`) })
    add('control_plane', `cp${index}`, { name: `cp${index}`, description: describe(`plane ${index}`), labels: labels(`plane ${index}`) })
  }
  for (let index = 0; index < 4; index++) {
    if (roll(`service ${index}`, 4) > 0) add('catalog_service', `s${index}`, { name: `s${index}`, display_name: one(`service ${index}`, 'One', 'Two'), description: describe(`service ${index}`), labels: labels(`service ${index}`) })
    if (roll(`organization ${index}`, 4) > 0) add('organization_team', `t${index}`, { name: `t${index}`, labels: labels(`organization ${index}`) })
  }
  const apis = Math.max(2, Math.round((resources - declared.length) / 3.7))
  for (let index = 0; index < apis; index++) if (index < 2 || roll(`api ${index}`, 6) > 0) declareApi(`a${index}`)
  return declared

  function declareApi(name: string): void {
    const api_id = ref(`api/${name}`)
    add('api', name, { name: `API ${name}${one(`named ${name}`, '', '', ' renamed')}`, description: describe(name), version: one(`version ${name}`, undefined, 'v1', 'v2'), labels: labels(name) })
    add('api_version', name, { api_id, version: one(`number ${name}`, '1', '1', '2'), spec: { content: one(`spec ${name}`, 'openapi: 3.0.0', 'openapi: 3.1.0') } })
    add('api_document', `${name}-guide`, { api_id, slug: 'guide', title: one(`title ${name}`, 'Guide', 'The guide'), content: one(`guide ${name}`, '# Guide', '# A guide'), status: one(`guide status ${name}`, 'published', 'unpublished') })
    if (roll(`faq ${name}`, 3) > 0) add('api_document', `${name}-faq`, { api_id, slug: 'faq', title: 'FAQ', content: one(`faq ${name}`, '# FAQ', '# Answers'), parent_document_id: ref(`api_document/${name}-guide`) })
    if (roll(`published ${name}`, 5) > 0) {
      const strategy = one(`strategy of ${name}`, undefined, 0, 1)
      add('api_publication', name, { api_id, portal_id: ref(`portal/${one(`portal of ${name}`, 'dev', 'dev', 'partner')}`), visibility: one(`visibility ${name}`, 'public', 'private'), ...(strategy !== undefined && { auth_strategy_ids: [ref(`application_auth_strategy/s${strategy}`)] }) })
    }
    if (roll(`implemented ${name}`, 2) > 0) add('api_implementation', name, { api_id, control_plane: { control_plane_id: ref(`control_plane/${one(`plane of ${name}`, 'cp0', 'cp1')}`) } })
  }
}
