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
  /** Fields that name another entry by its ref, and that entry's type. */
  readonly references?: Readonly<Record<string, string>>
  /** True: it has labels, and with them namespace and protection. Default: false. */
  readonly isLabelled?: boolean
  /** A key that holds entries of the same kind below this one, and the field that then names it. */
  readonly tree?: { readonly key: string; readonly field: string }
  /** Fields that hold a specification: a document is sent as text, under this key. */
  readonly documents?: Readonly<Record<string, string>>
}

/** Every kind that this host knows, parents first. */
export const inputKinds: readonly InputKind[] = [
  {
    type: 'portal',
    list: 'portals',
    fields: ['name', 'display_name', 'description', 'authentication_enabled', 'rbac_enabled', 'sipr_enabled', 'default_api_visibility', 'default_page_visibility', 'default_application_auth_strategy_id', 'auto_approve_developers', 'auto_approve_applications', 'labels'],
    references: { default_application_auth_strategy_id: 'application_auth_strategy' },
    isLabelled: true,
  },
  { type: 'application_auth_strategy', list: 'application_auth_strategies', fields: ['name', 'display_name', 'strategy_type', 'configs', 'labels'], isLabelled: true },
  { type: 'api', list: 'apis', fields: ['name', 'description', 'version', 'slug', 'attributes', 'labels'], isLabelled: true },
  { type: 'api_version', list: 'api_versions', nested: 'versions', parentField: 'api', fields: ['version', 'spec'], documents: { spec: 'content' } },
  {
    type: 'api_document',
    list: 'api_documents',
    nested: 'documents',
    parentField: 'api',
    fields: ['title', 'slug', 'status', 'content', 'parent_document_id'],
    references: { parent_document_id: 'api_document' },
    tree: { key: 'children', field: 'parent_document_id' },
  },
  {
    type: 'api_publication',
    list: 'api_publications',
    nested: 'publications',
    parentField: 'api',
    fields: ['portal_id', 'visibility', 'auth_strategy_ids', 'auto_approve_registrations'],
    references: { portal_id: 'portal', auth_strategy_ids: 'application_auth_strategy' },
  },
]

/** The parent of each nested kind is an API in this release; its wire field: */
export const PARENT = { type: 'api', field: 'api_id' } as const

/** Names in configurations that the wire spells otherwise. */
export const CONFIG_NAMES: Readonly<Record<string, string>> = { key_auth: 'key-auth', openid_connect: 'openid-connect' }
