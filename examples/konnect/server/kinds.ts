import type { Kind } from './kind.ts'
import { api } from './kinds/api.ts'
import { document } from './kinds/document.ts'
import { portal } from './kinds/portal.ts'
import { strategy } from './kinds/strategy.ts'
import { version } from './kinds/version.ts'

/** Every kind with endpoints of the usual shape. */
export const kinds: readonly Kind[] = [portal, api, version, document, strategy]
