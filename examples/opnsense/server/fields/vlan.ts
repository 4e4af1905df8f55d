import type { Fields } from '../field.ts'

const PRIORITIES = ['1', '0', '2', '3', '4', '5', '6', '7']

/** A VLAN on a device. */
export const vlanFields: Fields = {
  if: { type: 'device', isRequired: true },
  tag: { type: 'integer', isRequired: true, min: 1, max: 4094 },
  pcp: { type: 'option', isRequired: true, fallback: '0', options: PRIORITIES },
  proto: { type: 'option', options: ['802.1q', '802.1ad'] },
  descr: { type: 'description' },
  vlanif: { type: 'text', isRequired: true },
}
