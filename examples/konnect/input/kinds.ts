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
  /** The list at the top of a file. */
  readonly list: string
  /** The list inside an entry of the parent; absent: it is never nested. */
  readonly nested?: string
  /** The field that names the parent, where the kind has one. */
  readonly parentField?: string
  /** Keys of an entry, beside `ref`, the parent field and nested lists. */
  readonly fields: readonly string[]
  /** Fields that name another entry by its ref. */
  readonly references?: Readonly<Record<string, ReferenceField>>
  /** True: it has labels, and with them namespace and protection. Default: false. */
  readonly isLabelled?: boolean
  /** A key that holds entries of the same kind below this one, and the field that then names it. */
  readonly tree?: { readonly key: string; readonly field: string }
  /** Fields that hold a specification: a document is sent as text, under this key. */
  readonly documents?: Readonly<Record<string, string>>
  /** Keys that the input language has and this release refuses. */
  readonly later?: readonly string[]
}

/** Every kind that this host knows, parents first. */
export const inputKinds: readonly InputKind[] = [
  {
    type: 'portal',
    list: 'portals',
    fields: ['name', 'display_name', 'description', 'authentication_enabled', 'rbac_enabled', 'sipr_enabled', 'default_api_visibility', 'default_page_visibility', 'default_application_auth_strategy_id', 'auto_approve_developers', 'auto_approve_applications', 'labels'],
    references: { default_application_auth_strategy_id: { type: 'application_auth_strategy' } },
    isLabelled: true,
    later: ['assets', 'audit_log_webhook', 'auth_settings', 'custom_domain', 'customization', 'email_config', 'email_templates', 'identity_providers', 'integrations', 'ip_allow_list', 'pages', 'snippets', 'teams'],
  },
  {
    type: 'application_auth_strategy',
    list: 'application_auth_strategies',
    fields: ['name', 'display_name', 'strategy_type', 'configs', 'labels'],
    isLabelled: true,
    later: ['dcr_provider_id'],
  },
  {
    type: 'api',
    list: 'apis',
    fields: ['name', 'description', 'version', 'slug', 'attributes', 'labels'],
    isLabelled: true,
    later: ['implementations', 'spec_content'],
  },
  { type: 'api_version', list: 'api_versions', nested: 'versions', parentField: 'api', fields: ['version', 'spec'], documents: { spec: 'content' } },
  {
    type: 'api_document',
    list: 'api_documents',
    nested: 'documents',
    parentField: 'api',
    fields: ['title', 'slug', 'status', 'content', 'parent_document_id'],
    references: { parent_document_id: { type: 'api_document' } },
    tree: { key: 'children', field: 'parent_document_id' },
  },
  {
    type: 'api_publication',
    list: 'api_publications',
    nested: 'publications',
    parentField: 'api',
    fields: ['portal_id', 'visibility', 'auth_strategy_ids', 'auto_approve_registrations'],
    references: { portal_id: { type: 'portal' }, auth_strategy_ids: { type: 'application_auth_strategy', isList: true } },
  },
]

/** The parent of each nested kind is an API in this release; its wire field: */
export const PARENT = { type: 'api', field: 'api_id' } as const

/** Kinds that the input language has and this release refuses. */
export const LATER_KINDS: readonly string[] = [
  'ai_gateways', 'analytics', 'api_implementations', 'audit_logs', 'catalog_services', 'control_plane_data_plane_certificates', 'control_planes', 'dashboards', 'dcr_providers',
  'event_gateways', 'gateway_services', 'organization', 'portal_assets', 'portal_auth_settings', 'portal_custom_domains', 'portal_customizations', 'portal_identity_providers',
  'portal_pages', 'portal_snippets', 'portal_teams', 'system_accounts',
]

/** Names in configurations that the wire spells otherwise. */
export const CONFIG_NAMES: Readonly<Record<string, string>> = { key_auth: 'key-auth', openid_connect: 'openid-connect' }
