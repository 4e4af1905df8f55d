import { familyOf, isAddress, isSubnet } from './addresses.ts'
import type { Row } from './config.ts'

const WITH_PORTS = ['TCP', 'UDP', 'TCP/UDP']
const SINGLE = 'is only allowed for single targets to avoid mis-interpretations'
const TCP_ONLY = ['statetimeout', 'max-src-conn', 'tcpflags1', 'tcpflags2', 'tcpflags_any', 'max-src-conn-rate', 'max-src-conn-rates', 'overload']
const STATE_ONLY = ['statetimeout', 'max', 'max-src-states', 'max-src-nodes', 'adaptivestart', 'adaptiveend', 'max-src-conn']

/** What is wrong between the fields of a rule. */
export function checkRule(row: Row, fault: (field: string, message: string) => void): void {
  const value = (field: string): string => row[field] ?? ''
  // Nothing and zero are the same to it.
  const isSet = (field: string): boolean => !['', '0'].includes(value(field))
  const protocol = value('protocol')
  for (const [end, name] of [['source', 'Source'], ['destination', 'Destination']] as const) {
    const net = value(`${end}_net`)
    if (isSet(`${end}_port`) && !WITH_PORTS.includes(protocol)) fault(`${end}_port`, `${name} ports are only valid for tcp or udp type rules.`)
    if ((isAddress(net) || isSubnet(net)) && familyOf(net) !== value('ipprotocol'))
      fault(`${end}_net`, `${name} address type should match selected TCP/IP protocol version.`)
    if (net.includes(',') && net.split(',').includes('any')) fault(`${end}_net`, 'Any can not be combined with other aliases')
    if (net.includes(',') && value(`${end}_not`) === '1') fault(`${end}_not`, `Inverting ${end}s ${SINGLE}`)
  }
  const interfaces = value('interface').split(',').filter(Boolean)
  if (value('interfacenot') === '1' && interfaces.length !== 1) fault('interfacenot', `Inverting interfaces ${SINGLE}`)
  if (isSet('icmptype') && protocol !== 'ICMP') fault('icmptype', 'Option only applies to ICMP packets')
  if (isSet('icmp6type') && protocol !== 'IPV6-ICMP') fault('icmp6type', 'Option only applies to IPV6-ICMP packets')
  if (!['TCP', 'TCP/UDP'].includes(protocol)) for (const field of TCP_ONLY) if (isSet(field)) fault(field, 'Invalid option for other than TCP protocol choices.')
  if (value('statetype') === 'none') for (const field of STATE_ONLY) if (isSet(field)) fault(field, 'Invalid option when statetype is none.')
  if (isSet('max-src-conn-rate') !== isSet('max-src-conn-rates'))
    fault(isSet('max-src-conn-rate') ? 'max-src-conn-rates' : 'max-src-conn-rate', 'Need to specify both a number of connections and a time interval.')
  if (isSet('max-pkt-rate-number') !== isSet('max-pkt-rate-seconds'))
    for (const field of ['max-pkt-rate-number', 'max-pkt-rate-seconds']) fault(field, 'Packet rate number and seconds must either both be set or left empty.')
  if (isSet('tcpflags1') && !isSet('tcpflags2')) fault('tcpflags2', 'If you specify TCP flags that should be set you should specify out of which flags as well.')
  if (isSet('tcpflags1') && isSet('tcpflags2') && isSet('tcpflags_any')) fault('tcpflags_any', 'If you select any TCP flags, you cannot also select specific ones.')
  if (value('set-prio') === '' && value('set-prio-low') !== '')
    fault('set-prio-low', 'Set priority for low latency and acknowledgements requires a set priority for normal packets.')
  if (isSet('divert-to') && value('action') !== 'pass') fault('divert-to', 'Divert-to is only valid for pass rules.')
  checkAdaptive(row, fault)
}

function checkAdaptive(row: Row, fault: (field: string, message: string) => void): void {
  const [start = '', end = '', max = ''] = [row['adaptivestart'], row['adaptiveend'], row['max']]
  if (max === '' && (start === '0' || end === '0'))
    fault('max', 'Disabling adaptive timeouts is only supported in combination with a configured maximum number of states for the same rule.')
  else if ((start === '0') !== (end === '0')) fault('adaptivestart', 'Adaptive timeouts must be disabled together.')
  else if ((start === '') !== (end === '')) fault('adaptivestart', 'The adaptive timouts values must be set together.')
  else if (max !== '' && Number(end) > 0 && Number(max) > Number(end)) fault('adaptiveend', 'The value of adaptive.end must be greater than the Max states value.')
  else if (Number(start) > 0 && Number(start) > Number(end)) fault('adaptiveend', 'The value of adaptive.end must be greater than adaptive.start value.')
}
