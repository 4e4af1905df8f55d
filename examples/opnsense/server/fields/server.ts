import type { Fields } from '../field.ts'

const DURATION = /^\d{1,8}(?:us|ms|s|m|h|d)?/u
const LINE = /^.{1,255}$/u
const NAME = /^[0-9a-zA-Z._-]{1,255}$/u
const ADDRESS = /^[0-9a-zA-Z.,_:-]{0,1024}$/u
const SOURCE = /^[0-9a-zA-Z._*:-]*/u

/** A server of HAProxy. */
export const serverFields: Fields = {
  id: { type: 'id', isRequired: true },
  enabled: { type: 'boolean', isRequired: true, fallback: '1' },
  name: { type: 'text', isRequired: true, mask: NAME },
  description: { type: 'text', mask: LINE },
  address: { type: 'text', mask: ADDRESS },
  port: { type: 'integer', min: 1, max: 65_535 },
  checkport: { type: 'integer', min: 1, max: 65_535 },
  mode: { type: 'option', fallback: 'active', options: ['active', 'backup', 'disabled'] },
  multiplexer_protocol: { type: 'option', fallback: 'unspecified', options: ['unspecified', 'fcgi', 'h2', 'h1'] },
  type: { type: 'option', isRequired: true, fallback: 'static', options: ['static', 'template', 'unix'] },
  serviceName: { type: 'text', mask: ADDRESS },
  number: { type: 'text', mask: /^\d+(-\d+)?/u },
  linkedResolver: { type: 'relation' },
  resolverOpts: { type: 'option', isMultiple: true, options: ['allow-dup-ip', 'ignore-weight', 'prevent-dup-ip'] },
  resolvePrefer: { type: 'option', options: ['ipv4', 'ipv6'] },
  ssl: { type: 'boolean', isRequired: true, fallback: '0' },
  sslSNI: { type: 'text', mask: NAME },
  sslSNIExpr: { type: 'text', mask: LINE },
  sslVerify: { type: 'boolean', isRequired: true, fallback: '1' },
  sslCA: { type: 'relation', isMultiple: true },
  sslCRL: { type: 'relation' },
  sslClientCertificate: { type: 'relation' },
  maxConnections: { type: 'integer', min: 0, max: 10_000_000 },
  weight: { type: 'integer', min: 0, max: 256 },
  checkInterval: { type: 'text', mask: DURATION },
  checkDownInterval: { type: 'text', mask: DURATION },
  source: { type: 'text', mask: SOURCE, isLowerCase: true },
  advanced: { type: 'text' },
  unix_socket: { type: 'relation' },
}
