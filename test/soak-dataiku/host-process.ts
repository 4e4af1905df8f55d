import { dataiku } from '../../examples/dataiku/dataiku.ts'
import { beHost } from '../soak-parts/host-work.ts'
import { breakFetch, breakProvider } from './breaks.ts'
import { declareResources } from './declaration.ts'
import { API_KEY, type HostJob } from './messages.ts'
import { RETRY, TIMEOUT_MS, TIMES } from './times.ts'

/** A host in a process of its own. */
beHost<HostJob>(({ url, declaration, broken }) => {
  const fetch = breakFetch(broken)
  const provider = dataiku({ url, apiKey: API_KEY, ...TIMES, ...(fetch && { fetch }) })
  return { provider: breakProvider(provider, broken, url, API_KEY), desired: declareResources(declaration), retry: RETRY, timeoutMs: TIMEOUT_MS }
})
