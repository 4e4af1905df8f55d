import type { Fields } from '../field.ts'

const TAG = /^[0-9a-zA-Z.,_-]{0,512}$/u
const LARGEST = 2_147_483_647
const PRIORITIES = ['1', '0', '2', '3', '4', '5', '6', '7']
const TCP_FLAGS = ['syn', 'ack', 'fin', 'rst', 'psh', 'urg', 'ece', 'cwr']
const ICMP_TYPES = [
  'echoreq', 'echorep', 'unreach', 'redir', 'routeradv', 'routersol', 'timex', 'paramprob', 'timereq', 'timerep', 'photuris',
  'squench', 'althost', 'inforeq', 'inforep', 'maskreq', 'maskrep', 'trace', 'dataconv', 'mobredir', 'ipv6-where', 'ipv6-here',
  'mobregreq', 'mobregrep', 'skip',
]
const ICMP6_TYPES = [
  '1', '2', '3', '4', '128', '129', '130', '131', '132', '133', '134', '135', '136', '137', '138', '139', '140', '200', '201',
]

/** A rule of the packet filter. */
export const ruleFields: Fields = {
  enabled: { type: 'boolean', isRequired: true, fallback: '1' },
  statetype: { type: 'option', isRequired: true, fallback: 'keep', options: ['keep', 'sloppy', 'modulate', 'synproxy', 'none'] },
  'state-policy': { type: 'option', options: ['if-bound', 'floating'] },
  sequence: { type: 'sequence', isRequired: true, fallback: '1', min: 1, max: 999_999 },
  action: { type: 'option', isRequired: true, fallback: 'pass', options: ['pass', 'block', 'reject'] },
  quick: { type: 'boolean', isRequired: true, fallback: '1' },
  interfacenot: { type: 'boolean', isRequired: true, fallback: '0' },
  interface: { type: 'interface', isMultiple: true },
  direction: { type: 'option', isRequired: true, fallback: 'in', options: ['in', 'out', 'any'] },
  ipprotocol: { type: 'option', isRequired: true, fallback: 'inet', options: ['inet', 'inet6', 'inet46'] },
  protocol: { type: 'protocol', isRequired: true, fallback: 'any' },
  icmptype: { type: 'option', isMultiple: true, options: ICMP_TYPES },
  icmp6type: { type: 'option', isMultiple: true, options: ICMP6_TYPES },
  source_net: { type: 'network', isRequired: true, isMultiple: true, fallback: 'any' },
  source_not: { type: 'boolean', isRequired: true, fallback: '0' },
  source_port: { type: 'port' },
  destination_net: { type: 'network', isRequired: true, isMultiple: true, fallback: 'any' },
  destination_not: { type: 'boolean', isRequired: true, fallback: '0' },
  destination_port: { type: 'port' },
  'divert-to': { type: 'gateway' },
  gateway: { type: 'gateway' },
  replyto: { type: 'gateway' },
  disablereplyto: { type: 'boolean', isRequired: true, fallback: '0' },
  log: { type: 'boolean', isRequired: true, fallback: '0' },
  allowopts: { type: 'boolean', isRequired: true, fallback: '0' },
  nosync: { type: 'boolean', isRequired: true, fallback: '0' },
  nopfsync: { type: 'boolean', isRequired: true, fallback: '0' },
  statetimeout: { type: 'integer', min: 1, max: LARGEST },
  'udp-first': { type: 'integer', min: 1, max: LARGEST },
  'udp-multiple': { type: 'integer', min: 1, max: LARGEST },
  'udp-single': { type: 'integer', min: 1, max: LARGEST },
  'max-src-nodes': { type: 'integer', min: 1, max: LARGEST },
  'max-src-states': { type: 'integer', min: 1, max: LARGEST },
  'max-src-conn': { type: 'integer', min: 1, max: LARGEST },
  max: { type: 'integer', min: 1, max: LARGEST },
  'max-src-conn-rate': { type: 'integer', min: 1, max: 4_294_967 },
  'max-src-conn-rates': { type: 'integer', min: 1, max: LARGEST },
  'max-pkt-rate-number': { type: 'integer', min: 1, max: 4_294_967 },
  'max-pkt-rate-seconds': { type: 'integer', min: 1, max: LARGEST },
  overload: { type: 'relation', relatesTo: 'alias' },
  adaptivestart: { type: 'integer', min: 0, max: LARGEST },
  adaptiveend: { type: 'integer', min: 0, max: LARGEST },
  prio: { type: 'option', options: PRIORITIES },
  'set-prio': { type: 'option', options: PRIORITIES },
  'set-prio-low': { type: 'option', options: PRIORITIES },
  tag: { type: 'text', mask: TAG },
  tagged: { type: 'text', mask: TAG },
  tcpflags1: { type: 'option', isMultiple: true, options: TCP_FLAGS },
  tcpflags2: { type: 'option', isMultiple: true, options: TCP_FLAGS },
  tcpflags_any: { type: 'boolean' },
  categories: { type: 'relation', isMultiple: true },
  sched: { type: 'relation' },
  tos: { type: 'tos' },
  shaper1: { type: 'relation' },
  shaper2: { type: 'relation' },
  description: { type: 'description' },
}
