import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { readEnvironment, type CredentialOptions } from '../../../examples/dataiku/environment.ts'

const SECRET = 'dkuaps-very-secret'
const home = mkdtempSync(join(tmpdir(), 'dataiku-'))
const file = join(home, '.dataiku/config.json')
afterEach(() => rmSync(join(home, '.dataiku'), { recursive: true, force: true }))
afterAll(() => rmSync(home, { recursive: true }))

/** Writes a credentials file. */
function write(content: unknown, mode = 0o600, path = file): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  chmodSync(path, mode)
}

/** Says why it is refused; the key is never in it. */
function refusal(env: Readonly<Record<string, string>>, options?: CredentialOptions): string {
  try {
    readEnvironment(env, options)
  } catch (error) {
    const { message } = error as Error
    expect(message).not.toContain('secret')
    return message.replaceAll(home, '~')
  }
  return 'nothing'
}

const set = { DATAIKU_DSS_URL: 'https://dss.example', DATAIKU_API_KEY: SECRET }
const prod = { url: 'https://prod.example/', api_key: `${SECRET}-prod`, no_check_certificate: false }
const instances = { dss_instances: { default: { url: 'http://127.0.0.1:11200', api_key: SECRET }, prod }, default_instance: 'default' }
const advice = 'set DATAIKU_DSS_URL (https://dss.example, say) and DATAIKU_API_KEY, or name a credentials file with --credentials'

describe('the environment', () => {
  it('says where a DSS is, who asks it, and who owns what is new', () => {
    expect(readEnvironment(set)).toEqual({ url: 'https://dss.example', apiKey: SECRET, owner: 'admin', warnings: [] })
    expect(readEnvironment({ ...set, DATAIKU_DSS_URL: 'http://dss.example:11200/', DATAIKU_OWNER: 'mobility' })).toMatchObject({ url: 'http://dss.example:11200', owner: 'mobility' })
  })

  it('comes before a credentials file, and says so where one was asked for', () => {
    write(instances)
    expect(readEnvironment({ ...set, HOME: home })).toMatchObject({ url: 'https://dss.example', warnings: [] })
    expect(readEnvironment(set, { credentials: file, instance: 'prod' })).toMatchObject({ url: 'https://dss.example', warnings: ['DATAIKU_DSS_URL and DATAIKU_API_KEY are set, so --credentials and --instance say nothing; unset both to use a credentials file'] })
    expect(readEnvironment(set, { instance: 'prod' }).warnings).toEqual(['DATAIKU_DSS_URL and DATAIKU_API_KEY are set, so --instance says nothing; unset both to use a credentials file'])
  })

  it.each([
    ['nothing', {}, `DATAIKU_DSS_URL and DATAIKU_API_KEY are not set; ${advice}`],
    ['an address alone, also beside a file', { DATAIKU_DSS_URL: 'https://dss.example', DATAIKU_API_KEY: '', HOME: home }, 'DATAIKU_DSS_URL is set and DATAIKU_API_KEY is not; set both, or unset it to use a credentials file'],
    ['a key alone', { DATAIKU_API_KEY: SECRET }, 'DATAIKU_API_KEY is set and DATAIKU_DSS_URL is not; set both, or unset it to use a credentials file'],
    ['an address without scheme', { ...set, DATAIKU_DSS_URL: 'dss.example' }, 'DATAIKU_DSS_URL is "dss.example", expected an address such as https://dss.example'],
    ['another scheme', { ...set, DATAIKU_DSS_URL: 'ftp://dss.example' }, 'DATAIKU_DSS_URL is "ftp://dss.example", expected an address such as https://dss.example'],
    ['the address of the API', { ...set, DATAIKU_DSS_URL: 'https://dss.example/dip/publicapi' }, 'DATAIKU_DSS_URL is "https://dss.example/dip/publicapi", expected an address without a path: https://dss.example'],
    ['a key in the address', { ...set, DATAIKU_DSS_URL: `https://${SECRET}:@dss.example` }, 'DATAIKU_DSS_URL holds a user name; leave it out: the API key says who asks'],
    ['a key with a line feed', { ...set, DATAIKU_API_KEY: `${SECRET}\n` }, 'DATAIKU_API_KEY holds a blank, a colon or a character that is not ASCII; set it to the API key as DSS shows it, and nothing else'],
    ['a key with a colon', { ...set, DATAIKU_API_KEY: `${SECRET}:` }, 'DATAIKU_API_KEY holds a blank, a colon or a character that is not ASCII; set it to the API key as DSS shows it, and nothing else'],
    ['a placeholder for a key', { ...set, DATAIKU_API_KEY: '…' }, 'DATAIKU_API_KEY holds a blank, a colon or a character that is not ASCII; set it to the API key as DSS shows it, and nothing else'],
    ['an owner of two words', { ...set, DATAIKU_OWNER: 'the admin' }, 'DATAIKU_OWNER is "the admin", expected the login that owns new projects, without blanks'],
  ])('is refused: %s', (_, env, message) => {
    write(instances)
    expect(refusal(env)).toBe(message)
  })
})

describe('a credentials file', () => {
  it('is the one at home, or the one that is named, and its instance the default or the one that is named', () => {
    write(instances)
    expect(readEnvironment({ HOME: home })).toEqual({ url: 'http://127.0.0.1:11200', apiKey: SECRET, owner: 'admin', warnings: [] })
    expect(readEnvironment({ DATAIKU_OWNER: 'me' }, { credentials: file, instance: 'prod' })).toEqual({ url: 'https://prod.example', apiKey: `${SECRET}-prod`, owner: 'me', warnings: [] })
    write({ dss_instances: { prod } })
    expect(readEnvironment({ HOME: home })).toMatchObject({ url: 'https://prod.example' })
  })

  it.skipIf(process.platform === 'win32')('is warned of where others may use it', () => {
    write(instances, 0o640)
    expect(readEnvironment({ HOME: home }).warnings).toEqual([`${file} holds an API key, and others than its owner may use it (mode 640); run chmod 600 ${file}`])
  })

  it('that is not there is told where it was asked for', () => {
    expect(refusal({ HOME: home })).toBe(`DATAIKU_DSS_URL and DATAIKU_API_KEY are not set; ${advice}`)
    expect(refusal({ HOME: home }, { instance: 'prod' })).toBe(`DATAIKU_DSS_URL and DATAIKU_API_KEY are not set, and there is no credentials file for --instance prod; ${advice}`)
    expect(refusal({}, { credentials: file })).toBe('there is no credentials file ~/.dataiku/config.json')
    expect(refusal({}, { credentials: home })).toMatch(/^the credentials file ~ cannot be read: EISDIR/)
  })

  const path = '~/.dataiku/config.json'
  it.each([
    ['no JSON', `{ "api_key": ${SECRET} }`, undefined, `the credentials file ${path} is no JSON; expected { "dss_instances": { "default": { "url": …, "api_key": … } }, "default_instance": "default" }`],
    ['another shape', { url: 'https://dss.example', api_key: SECRET }, undefined, `${path}: dss_instances: expected a map of instances, each with url and api_key`],
    ['no default among several', { dss_instances: { ...instances.dss_instances } }, undefined, `${path}: default_instance: it is missing; name an instance with --instance: default, prod`],
    ['a misspelt instance', instances, 'prd', `${path}: there is no instance "prd"; did you mean "prod"?`],
    ['a default of nothing', { ...instances, default_instance: 'staging-2' }, undefined, `${path}: there is no instance "staging-2"; there are default, prod`],
    ['a part of an object in JavaScript', instances, '__proto__', `${path}: there is no instance "__proto__"; there are default, prod`],
    ['no key', { dss_instances: { default: { url: 'https://dss.example' } } }, undefined, `${path}: instance "default": api_key: expected a text that is not empty`],
    ['an address that is none', { dss_instances: { default: { url: 8080, api_key: SECRET } } }, undefined, `${path}: instance "default": url: expected a text that is not empty`],
    ['an address with a path', { dss_instances: { default: { url: 'https://dss.example/x', api_key: SECRET } } }, undefined, `${path}: instance "default": url is "https://dss.example/x", expected an address without a path: https://dss.example`],
    ['a key with a blank', { dss_instances: { default: { url: 'https://dss.example', api_key: ` ${SECRET}` } } }, undefined, `${path}: instance "default": api_key holds a blank, a colon or a character that is not ASCII; set it to the API key as DSS shows it, and nothing else`],
  ])('is refused: %s', (_, content, instance, message) => {
    write(content)
    expect(refusal({ HOME: home }, instance === undefined ? {} : { instance })).toBe(message)
  })
})
