/** What the machine has besides its configuration: fields may name it. */
export interface Site {
  /** Assigned interfaces. Default: lan, wan, opt1 to opt16 and the ones of the VPNs. */
  readonly interfaces: readonly string[]
  /** Devices that can carry a VLAN. Default: vtnet, igb, igc, em, ix, ixl and re, 0 to 7, and two laggs. */
  readonly devices: readonly string[]
  /** Gateways and divert targets that a rule may name. */
  readonly gateways: readonly string[]
}

const upTo = (count: number): number[] => [...Array(count).keys()]

/** A machine with plenty of everything. */
export const defaultSite: Site = {
  interfaces: ['lan', 'wan', ...upTo(16).map((at) => `opt${at + 1}`), 'openvpn', 'wireguard', 'enc0'],
  devices: [...['vtnet', 'igb', 'igc', 'em', 'ix', 'ixl', 're'].flatMap((name) => upTo(8).map((at) => `${name}${at}`)), 'lagg0', 'lagg1'],
  gateways: ['WAN_GW', 'WAN_DHCP', 'WAN_DHCP6', 'LAN_GW', 'Null4', 'Null6'],
}

/** What a protocol field takes besides `any`. */
export const protocols = [
  'any', 'TCP', 'UDP', 'TCP/UDP', 'ICMP', 'IPV6-ICMP', 'ESP', 'AH', 'GRE', 'IGMP', 'PIM', 'OSPF', 'CARP', 'PFSYNC', 'SCTP',
  'L2TP', 'IPV6', 'IPENCAP', 'ETHERIP', 'EIGRP', 'VRRP', 'UDPLITE', 'RSVP', 'DCCP',
]

/** Services that a port field takes by name. */
export const services = (
  'afs3-fileserver aol auth avt-profile-1 cvsup domain domain-s ftp hbci http https igmpv3lite imap imaps ipsec-msft ipsec-nat-t ' +
  'isakmp l2f ldap ldaps microsoft-ds ms-streaming ms-wbt-server msnp nat-stun-port netbios-dgm netbios-ns netbios-ssn nntp ntp ' +
  'openvpn pop3 pop3s pptp radius radius-acct rfb sip sip-tls smtp snmp snmptrap ssh submission submissions telnet teredo tftp urd ' +
  'wins'
).split(' ')
