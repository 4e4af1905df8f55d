import * as z from 'zod'
import { defineKind } from '../kind.ts'

/** A VLAN on a device: `/interfaces/vlan_settings`. It is known by its device and tag. */
export const kind = defineKind({
  type: 'vlan',
  controller: '/interfaces/vlan_settings',
  noun: 'Item',
  schema: z.strictObject({
    if: z.string().min(1),
    tag: z.number().int().min(1).max(4094),
    pcp: z.number().int().min(0).max(7).default(0),
    proto: z.enum(['802.1q', '802.1ad']).optional(),
    descr: z.string().optional(),
    vlanif: z.string().optional(),
  }),
  // The interface that the device is assigned to.
  additions: { vlanif: / \[.*\]$/ },
  key: ['if', 'tag'],
  settleGroup: 'vlan',
})
