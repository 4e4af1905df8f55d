import { describeUnset } from '../parts/unset-variables.ts'

const VARIABLES = ['DIRECTOR_URL', 'DIRECTOR_TOKEN', 'DIRECTOR_SECRET'] as const

type Environment = Readonly<Record<string, string | undefined>>

/** Where a Director is, and who asks it. */
export interface DirectorAccess {
  readonly url: string
  readonly token: string
  readonly secret: string
  /** Which objects are ours, by name. Default: what the state has recorded. */
  readonly owned?: (name: string) => boolean
}

/** Reads `DIRECTOR_URL`, `DIRECTOR_TOKEN`, `DIRECTOR_SECRET` and, where it is set, `DIRECTOR_OWNED`. Throws, in words, what is missing or cannot be; what may be a secret is not said. */
export function readEnvironment(env: Environment): DirectorAccess {
  const unset = describeUnset(env, VARIABLES)
  if (unset !== undefined) throw new Error(`${unset}; set DIRECTOR_URL (https://director.example, say), DIRECTOR_TOKEN, and DIRECTOR_SECRET to the secret key of that token`)
  const [url = '', token = '', secret = ''] = VARIABLES.map((name) => env[name])
  checkUrl(url)
  for (const [name, value] of [['DIRECTOR_TOKEN', token], ['DIRECTOR_SECRET', secret]] as const)
    if (!/^[\x21-\x7e]+$/.test(value)) throw new Error(`${name} holds a blank or a character that is not ASCII; set it to what the Director gave you, and nothing else`)
  const owned = env['DIRECTOR_OWNED'] ?? ''
  return { url, token, secret, ...(owned !== '' && { owned: matchNames(owned) }) }
}

function checkUrl(text: string): void {
  if (text.includes('@')) throw new Error('DIRECTOR_URL holds a user name; leave it out, and set DIRECTOR_TOKEN and DIRECTOR_SECRET')
  const url = /^https?:\/\/[^/]/.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw new Error(`DIRECTOR_URL is ${JSON.stringify(text)}, expected an address such as https://director.example`)
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw new Error(`DIRECTOR_URL is ${JSON.stringify(text)}, expected an address without a path: ${url.origin}; pool and logpoint are in the input`)
}

/** Names of a pattern in which `*` stands for any characters; several are parted by commas. */
function matchNames(text: string): (name: string) => boolean {
  const patterns = text.split(',').map((part) => part.trim()).filter((part) => part !== '')
  if (patterns.length === 0 || patterns.some((pattern) => !/[^*]/.test(pattern))) throw new Error(`DIRECTOR_OWNED is ${JSON.stringify(text)}, expected names such as bank-a-*: what they fit is deleted when it is not declared`)
  const forms = patterns.map((pattern) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's'))
  return (name) => forms.some((form) => form.test(name))
}
