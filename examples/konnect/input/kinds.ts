import { kinds } from '../kinds.ts'
import type { InputKind } from './input-kind.ts'

/** Every kind that this host reads, parents first. */
export const inputKinds: readonly InputKind[] = kinds.map(({ input }) => input)

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
