import { protocols, services } from './site.ts'

/** Words of the packet filter's own language. */
const RESERVED = new Set(
  (
    'all allow-opts altq anchor antispoof any bandwidth binat binat-anchor bitmask block block-policy buckets cbq code codelq crop ' +
    'debug divert-reply divert-to drop drop-ovl dup-to fail-policy fairq fastroute file fingerprints flags floating flush for ' +
    'fragment from global group hfsc hogs hostid icmp-type icmp6-type if-bound in include inet inet6 interval keep label limit ' +
    'linkshare load log loginterface max max-mss max-src-conn max-src-conn-rate max-src-nodes max-src-states min-ttl modulate nat ' +
    'nat-anchor no no-df no-route no-sync on optimization os out overload pass port prio priority priq probability proto qlimit ' +
    'queue quick random random-id rdr rdr-anchor realtime reassemble reply-to require-order return return-icmp return-icmp6 ' +
    'return-rst round-robin route route-to rtable rule ruleset-optimization scrub set set-tos skip sloppy source-hash source-track ' +
    'state state-defaults state-policy static-port sticky-address synproxy table tag tagged target tbrsize timeout to tos ttl ' +
    'upperlimit urpf-failed user'
  ).split(' '),
)

const FORM = 'The name must start with a letter or single underscore, be less than 32 characters and only consist of alphanumeric characters or underscores.'

/** What is wrong with the name of an alias. */
export function checkAliasName(name: string): string[] {
  const messages: string[] = []
  if (RESERVED.has(name)) messages.push(`The name cannot be the internally reserved keyword "${name}".`)
  if (!/^(?:[a-z]|[a-z_][a-z\d]\w{0,29})$/i.test(name)) messages.push(FORM)
  if (services.includes(name) || protocols.some((protocol) => protocol.toLowerCase() === name)) messages.push('Reserved protocol or service names may not be used')
  return messages
}
