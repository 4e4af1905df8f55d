import type { Kind } from './kind.ts'
import { kind as check } from './kinds/check.ts'
import { kind as database } from './kinds/database.ts'
import { kind as extension } from './kinds/extension.ts'
import { kind as foreignKey } from './kinds/foreign-key.ts'
import { kind as grant } from './kinds/grant.ts'
import { kind as index } from './kinds/index.ts'
import { kind as membership } from './kinds/membership.ts'
import { kind as role } from './kinds/role.ts'
import { kind as schema } from './kinds/schema.ts'
import { kind as sequence } from './kinds/sequence.ts'
import { kind as table } from './kinds/table.ts'
import { kind as unique } from './kinds/unique.ts'
import { kind as view } from './kinds/view.ts'

/** Every kind of this host. */
export const kinds: readonly Kind[] = [role, membership, database, extension, schema, sequence, table, unique, check, foreignKey, index, view, grant]
