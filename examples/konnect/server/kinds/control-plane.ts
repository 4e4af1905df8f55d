import * as z from 'zod'
import { clashes } from '../clash.ts'
import type { Kind } from '../kind.ts'
import { labels } from '../labels.ts'

const name = z.string().min(2).max(256)
const fields = {
  description: z.string().max(2048).optional(),
  auth_type: z.enum(['pinned_client_certs', 'pki_client_certs']).optional(),
  proxy_urls: z.array(z.strictObject({ host: z.string().min(1).max(120), port: z.int().min(1), protocol: z.string().min(1).max(32) })).max(5).optional(),
  labels: labels.optional(),
}
const clusterType = z.enum([
  'CLUSTER_TYPE_CONTROL_PLANE',
  'CLUSTER_TYPE_K8S_INGRESS_CONTROLLER',
  'CLUSTER_TYPE_CONTROL_PLANE_GROUP',
  'CLUSTER_TYPE_SERVERLESS',
  'CLUSTER_TYPE_KAFKA_NATIVE_EVENT_PROXY',
  'CLUSTER_TYPE_SERVERLESS_V1',
])

export const controlPlane: Kind = {
  name: 'control_plane',
  path: '/v2/control-planes',
  create: z.strictObject({ ...fields, name, cluster_type: clusterType.optional(), cloud_gateway: z.boolean().optional() }),
  update: z.strictObject({ ...fields, name: name.optional() }),
  // Its labels know no null: what is sent is all of them.
  change: (before, body) => ({ ...before, ...body }),
  defaults: () => ({ description: '', labels: {}, cluster_type: 'CLUSTER_TYPE_CONTROL_PLANE', auth_type: 'pinned_client_certs', cloud_gateway: false, proxy_urls: [] }),
  // What is sent flat is shown in an object of its own.
  show: ({ cluster_type, auth_type, cloud_gateway, proxy_urls, ...row }) => {
    const host = `${String(row['id']).slice(0, 12).replaceAll('-', '')}.eu`
    return { ...row, config: { control_plane_endpoint: `https://${host}.cp.example`, telemetry_endpoint: `https://${host}.tp.example`, cluster_type, auth_type, cloud_gateway, proxy_urls } }
  },
  filters: ['id', 'name', 'cluster_type', 'cloud_gateway'],
  conflict: (row, database) => (clashes('control_plane', row, database, 'name') ? `a control plane is called ${String(row['name'])}` : undefined),
  inUse: (row, database) => {
    const count = database.all('implementation').filter((each) => each['control_plane_id'] === row['id']).length
    return count === 0 ? undefined : `${count} APIs are implemented by the control plane`
  },
}
