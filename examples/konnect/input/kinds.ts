/** A field that names other entries. */
export interface ReferenceField {
  /** The resource type that it names. */
  readonly type: string
  /** True: it is a list of names. Default: false. */
  readonly isList?: boolean
}

/** How one kind of the input becomes a resource type. */
export interface InputKind {
  /** The resource type. */
  readonly type: string
  /** The list at the top of a file; `a.b`: the list `b` in the map `a`. */
  readonly list: string
  /** Keys of an entry, beside `ref`, the parent and nested kinds. */
  readonly fields: readonly string[]
  /** What an entry lives in: the type, the key that names it in a list of its own, and the field of the wire. */
  readonly parent?: { readonly type: string; readonly key: string; readonly field: string }
  /** The key inside an entry of the parent; `a.b`: the key `b` in the map `a`. Absent: it is never nested. */
  readonly nested?: string
  /** What stands there: a list of entries, one entry, or the value of one field. Default: `list`. */
  readonly holds?: 'list' | 'entry' | { readonly field: string }
  /** Fields that name another entry by its ref; `a.b`: inside of a map. */
  readonly references?: Readonly<Record<string, ReferenceField>>
  /** True: it has labels, and with them namespace and protection. Default: false. */
  readonly isLabelled?: boolean
  /** A key that holds entries of the same kind below this one, and the field that then names it. */
  readonly tree?: { readonly key: string; readonly field: string }
  /** Fields that hold a specification: a document is sent as text, under this key. */
  readonly documents?: Readonly<Record<string, string>>
  /** Keys that the input language has and this host refuses. */
  readonly later?: readonly string[]
}

const inPortal = { type: 'portal', key: 'portal', field: 'portal_id' } as const
const inApi = { type: 'api', key: 'api', field: 'api_id' } as const

/** Every kind that this host knows, parents first. */
export const inputKinds: readonly InputKind[] = [
  { type: 'control_plane', list: 'control_planes', fields: ['name', 'description', 'cluster_type', 'auth_type', 'cloud_gateway', 'proxy_urls', 'labels'], isLabelled: true, later: ['_deck', 'gateway_services', 'data_plane_certificates'] },
  { type: 'catalog_service', list: 'catalog_services', fields: ['name', 'display_name', 'description', 'custom_fields', 'labels'], isLabelled: true },
  { type: 'organization_team', list: 'organization.teams', fields: ['name', 'description', 'labels'], isLabelled: true },
  { type: 'dcr_provider', list: 'dcr_providers', fields: ['name', 'display_name', 'provider_type', 'issuer', 'dcr_config', 'labels'], isLabelled: true },
  {
    type: 'application_auth_strategy',
    list: 'application_auth_strategies',
    fields: ['name', 'display_name', 'strategy_type', 'configs', 'dcr_provider_id', 'labels'],
    references: { dcr_provider_id: { type: 'dcr_provider' } },
    isLabelled: true,
  },
  {
    type: 'portal',
    list: 'portals',
    fields: ['name', 'display_name', 'description', 'authentication_enabled', 'rbac_enabled', 'sipr_enabled', 'default_api_visibility', 'default_page_visibility', 'default_application_auth_strategy_id', 'auto_approve_developers', 'auto_approve_applications', 'labels'],
    references: { default_application_auth_strategy_id: { type: 'application_auth_strategy' } },
    isLabelled: true,
    later: ['audit_log_webhook', 'custom_domain', 'email_config', 'email_templates', 'identity_providers', 'ip_allow_list'],
  },
  { type: 'portal_customization', list: 'portal_customizations', parent: inPortal, nested: 'customization', holds: 'entry', fields: ['theme', 'layout', 'css', 'menu', 'spec_renderer', 'robots'] },
  {
    type: 'portal_auth_settings',
    list: 'portal_auth_settings',
    parent: inPortal,
    nested: 'auth_settings',
    holds: 'entry',
    fields: ['basic_auth_enabled', 'oidc_auth_enabled', 'saml_auth_enabled', 'oidc_team_mapping_enabled', 'konnect_mapping_enabled', 'idp_mapping_enabled', 'oidc_issuer', 'oidc_client_id', 'oidc_client_secret', 'oidc_scopes', 'oidc_claim_mappings'],
  },
  { type: 'portal_integrations', list: 'portal_integrations', parent: inPortal, nested: 'integrations', holds: 'entry', fields: ['google_tag_manager', 'google_analytics_4', 'equal_web'] },
  { type: 'portal_asset_logo', list: 'portal_asset_logos', parent: inPortal, nested: 'assets.logo', holds: { field: 'data' }, fields: ['data'] },
  { type: 'portal_asset_favicon', list: 'portal_asset_favicons', parent: inPortal, nested: 'assets.favicon', holds: { field: 'data' }, fields: ['data'] },
  {
    type: 'portal_page',
    list: 'portal_pages',
    parent: inPortal,
    nested: 'pages',
    fields: ['slug', 'content', 'title', 'visibility', 'status', 'description', 'parent_page_id'],
    references: { parent_page_id: { type: 'portal_page' } },
    tree: { key: 'children', field: 'parent_page_id' },
  },
  { type: 'portal_snippet', list: 'portal_snippets', parent: inPortal, nested: 'snippets', fields: ['name', 'content', 'title', 'visibility', 'status', 'description'] },
  { type: 'portal_team', list: 'portal_teams', parent: inPortal, nested: 'teams', fields: ['name', 'description', 'can_own_applications'] },
  {
    type: 'portal_team_role',
    list: 'portal_team_roles',
    parent: { type: 'portal_team', key: 'team', field: 'team_id' },
    nested: 'roles',
    fields: ['role_name', 'entity_id', 'entity_type_name', 'entity_region'],
    references: { entity_id: { type: 'api' } },
  },
  { type: 'api', list: 'apis', fields: ['name', 'description', 'version', 'slug', 'attributes', 'labels'], isLabelled: true, later: ['spec_content'] },
  { type: 'api_version', list: 'api_versions', parent: inApi, nested: 'versions', fields: ['version', 'spec'], documents: { spec: 'content' } },
  {
    type: 'api_document',
    list: 'api_documents',
    parent: inApi,
    nested: 'documents',
    fields: ['title', 'slug', 'status', 'content', 'parent_document_id'],
    references: { parent_document_id: { type: 'api_document' } },
    tree: { key: 'children', field: 'parent_document_id' },
  },
  {
    type: 'api_publication',
    list: 'api_publications',
    parent: inApi,
    nested: 'publications',
    fields: ['portal_id', 'visibility', 'auth_strategy_ids', 'auto_approve_registrations'],
    references: { portal_id: { type: 'portal' }, auth_strategy_ids: { type: 'application_auth_strategy', isList: true } },
  },
  {
    type: 'api_implementation',
    list: 'api_implementations',
    parent: inApi,
    nested: 'implementations',
    fields: ['service', 'control_plane'],
    references: { 'service.control_plane_id': { type: 'control_plane' }, 'control_plane.control_plane_id': { type: 'control_plane' } },
  },
]

/** The kinds that live in entries of a type. */
export function childKindsOf(type: string): readonly InputKind[] {
  return inputKinds.filter(({ parent }) => parent?.type === type)
}

/** Kinds that the input language has and this host refuses. */
export const LATER_KINDS: readonly string[] = [
  'ai_gateways', 'analytics', 'audit_logs', 'control_plane_data_plane_certificates', 'dashboards', 'event_gateways', 'gateway_services', 'portal_assets', 'portal_custom_domains', 'portal_identity_providers', 'system_accounts',
]

/** Names in configurations that the wire spells otherwise. */
export const CONFIG_NAMES: Readonly<Record<string, string>> = { key_auth: 'key-auth', openid_connect: 'openid-connect' }
