import type { Kind } from './kind.ts'
import { api } from './kinds/api.ts'
import { catalogService } from './kinds/catalog-service.ts'
import { controlPlane } from './kinds/control-plane.ts'
import { dcrProvider } from './kinds/dcr-provider.ts'
import { document } from './kinds/document.ts'
import { implementation } from './kinds/implementation.ts'
import { page } from './kinds/page.ts'
import { portalTeamRole } from './kinds/portal-team-role.ts'
import { portalTeam } from './kinds/portal-team.ts'
import { portal } from './kinds/portal.ts'
import { snippet } from './kinds/snippet.ts'
import { strategy } from './kinds/strategy.ts'
import { team } from './kinds/team.ts'
import { version } from './kinds/version.ts'

/** Every kind with endpoints of the usual shape. */
export const kinds: readonly Kind[] = [portal, page, snippet, portalTeam, portalTeamRole, api, version, document, implementation, strategy, dcrProvider, controlPlane, catalogService, team]
