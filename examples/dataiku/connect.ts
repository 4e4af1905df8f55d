import type { Provider } from 'convergent'
import type { CliContext } from 'convergent/cli'
import { readTime } from '../parts/read-time.ts'
import { dataiku } from './dataiku.ts'
import { readEnvironment } from './environment.ts'

/** The DSS that the environment or the credentials file names. */
export function connect({ env, flags, remark }: CliContext): Provider {
  const { url, apiKey, owner, warnings } = readEnvironment(env, { ...readText('credentials', flags['credentials']), ...readText('instance', flags['instance']) })
  for (const warning of warnings) remark(`Warning: ${warning}`)
  return dataiku({ url, apiKey, owner, ...readTime('futureTimeoutMs', '--future-timeout', flags['futureTimeout']), ...readTime('pollEveryMs', '--poll-every', flags['pollEvery']) })
}

function readText<Option extends string>(option: Option, value: unknown): Partial<Record<Option, string>> {
  return typeof value === 'string' ? ({ [option]: value } as Record<Option, string>) : {}
}
