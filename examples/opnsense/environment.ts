import { describeUnset } from '../parts/unset-variables.ts'

const VARIABLES = ['OPNSENSE_URL', 'OPNSENSE_KEY', 'OPNSENSE_SECRET'] as const

type Environment = Readonly<Record<string, string | undefined>>

/** Where a firewall is, and who asks it. */
export interface FirewallAccess {
  readonly url: string
  readonly key: string
  readonly secret: string
}

/** Which variables are not set, in words. */
export function findMissing(env: Environment): string | undefined {
  return describeUnset(env, VARIABLES)
}

/** Reads `OPNSENSE_URL`, `OPNSENSE_KEY` and `OPNSENSE_SECRET`. Throws, in words, what is missing or cannot be; what may be a secret is not said. */
export function readEnvironment(env: Environment): FirewallAccess {
  const missing = findMissing(env)
  if (missing !== undefined) throw new Error(`${missing}; set OPNSENSE_URL (https://192.0.2.1, say), OPNSENSE_KEY and OPNSENSE_SECRET`)
  const [url = '', key = '', secret = ''] = VARIABLES.map((name) => env[name])
  checkUrl(url)
  // A key and a secret are letters and digits; what a placeholder or a file has around them cannot be sent at all.
  for (const [name, value] of [['OPNSENSE_KEY', key], ['OPNSENSE_SECRET', secret]] as const)
    if (!/^[\x21-\x7e]+$/.test(value)) throw new Error(`${name} holds a blank or a character that is not ASCII; set it to what the firewall gave you, and nothing else`)
  if (key.includes(':')) throw new Error('OPNSENSE_KEY holds ":"; key and secret are two variables, OPNSENSE_KEY and OPNSENSE_SECRET')
  return { url, key, secret }
}

function checkUrl(text: string): void {
  if (text.includes('@')) throw new Error('OPNSENSE_URL holds a user name; leave it out, and put key and secret into OPNSENSE_KEY and OPNSENSE_SECRET')
  const url = /^https?:\/\/[^/]/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw new Error(`OPNSENSE_URL is ${JSON.stringify(text)}, expected an address such as https://192.0.2.1`)
  if (!/^\/(api\/?)?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw new Error(`OPNSENSE_URL is ${JSON.stringify(text)}, expected an address without a path, or with /api: ${url.origin}`)
}
