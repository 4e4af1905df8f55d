import type { Kind } from './kind.ts'
import { kind as alias } from './kinds/alias.ts'
import { kind as backend } from './kinds/backend.ts'
import { kind as rule } from './kinds/rule.ts'
import { kind as server } from './kinds/server.ts'
import { kind as vlan } from './kinds/vlan.ts'

/** Every kind that this host knows. */
export const kinds: readonly Kind[] = [alias, backend, rule, server, vlan]
