import { describeUnset } from '../parts/unset-variables.ts'
import { findCredentialsFile, readCredentials } from './credentials-file.ts'

const VARIABLES = ['DATAIKU_DSS_URL', 'DATAIKU_API_KEY'] as const
const ADVICE = 'set DATAIKU_DSS_URL (https://dss.example, say) and DATAIKU_API_KEY, or name a credentials file with --credentials'

type Environment = Readonly<Record<string, string | undefined>>

/** Where a DSS is, and who asks it. */
export interface DataikuAccess {
  readonly url: string
  readonly apiKey: string
  /** The login that owns new projects. */
  readonly owner: string
  /** What a person should know. */
  readonly warnings: readonly string[]
}

/** What the command line says of credentials. */
export interface CredentialOptions {
  /** A file. Default: `~/.dataiku/config.json`, where there is one. */
  readonly credentials?: string
  /** An instance in it. Default: the default of the file. */
  readonly instance?: string
}

/** Reads `DATAIKU_DSS_URL` and `DATAIKU_API_KEY`, or a credentials file where neither is set, and `DATAIKU_OWNER`. Throws, in words, what is missing or cannot be; the key is not said. */
export function readEnvironment(env: Environment, { credentials, instance }: CredentialOptions = {}): DataikuAccess {
  const owner = readOwner(env)
  const set = VARIABLES.filter((name) => (env[name] ?? '') !== '')
  if (set.length === VARIABLES.length) {
    const [url, apiKey] = [env['DATAIKU_DSS_URL'] ?? '', env['DATAIKU_API_KEY'] ?? '']
    const unused = [credentials !== undefined && '--credentials', instance !== undefined && '--instance'].filter((flag) => flag !== false)
    const warnings = unused.length === 0 ? [] : [`DATAIKU_DSS_URL and DATAIKU_API_KEY are set, so ${unused.join(' and ')} ${unused.length === 1 ? 'says' : 'say'} nothing; unset both to use a credentials file`]
    return { url: readUrl('DATAIKU_DSS_URL', url), apiKey: checkKey('DATAIKU_API_KEY', apiKey), owner, warnings }
  }
  const [one] = set
  // Half of it from another place would send a key to a server that it is not for.
  if (one !== undefined) throw new Error(`${one} is set and ${VARIABLES.find((name) => name !== one) ?? ''} is not; set both, or unset it to use a credentials file`)
  const path = credentials ?? findCredentialsFile(env['HOME'])
  if (path === undefined) throw new Error(`${describeUnset(env, VARIABLES)}${instance === undefined ? '' : `, and there is no credentials file for --instance ${instance}`}; ${ADVICE}`)
  const { url, apiKey, from, warnings } = readCredentials(path, instance)
  return { url: readUrl(`${from}: url`, url), apiKey: checkKey(`${from}: api_key`, apiKey), owner, warnings }
}

function readOwner(env: Environment): string {
  const owner = env['DATAIKU_OWNER'] ?? ''
  if (/\s/.test(owner)) throw new Error(`DATAIKU_OWNER is ${JSON.stringify(owner)}, expected the login that owns new projects, without blanks`)
  return owner === '' ? 'admin' : owner
}

function readUrl(from: string, text: string): string {
  if (text.includes('@')) throw new Error(`${from} holds a user name; leave it out: the API key says who asks`)
  const url = /^https?:\/\/[^/]/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw new Error(`${from} is ${JSON.stringify(text)}, expected an address such as https://dss.example`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw new Error(`${from} is ${JSON.stringify(text)}, expected an address without a path: ${url.origin}`)
  return url.origin
}

function checkKey(from: string, key: string): string {
  // It is sent as a user name, which ends at a colon.
  if (!/^[\x21-\x39\x3b-\x7e]+$/.test(key)) throw new Error(`${from} holds a blank, a colon or a character that is not ASCII; set it to the API key as DSS shows it, and nothing else`)
  return key
}
