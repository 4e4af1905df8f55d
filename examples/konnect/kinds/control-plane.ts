import * as z from 'zod'
import { defineKind } from '../kind.ts'
import { emptyDescription, labelled, labels } from '../kind-parts.ts'

/** A control plane of gateways: `/v2/control-planes`. */
export const kind = defineKind({
  type: 'control_plane',
  input: { list: 'control_planes', later: ['_deck', 'gateway_services', 'data_plane_certificates'] },
  schema: z.strictObject({
    name: z.string().min(2).max(256),
    description: z.string().max(2048).optional(),
    cluster_type: z.enum(['CLUSTER_TYPE_CONTROL_PLANE', 'CLUSTER_TYPE_K8S_INGRESS_CONTROLLER', 'CLUSTER_TYPE_CONTROL_PLANE_GROUP', 'CLUSTER_TYPE_SERVERLESS', 'CLUSTER_TYPE_KAFKA_NATIVE_EVENT_PROXY', 'CLUSTER_TYPE_SERVERLESS_V1']).optional(),
    auth_type: z.enum(['pinned_client_certs', 'pki_client_certs']).optional(),
    cloud_gateway: z.boolean().optional(),
    proxy_urls: z.array(z.strictObject({ host: z.string(), port: z.number(), protocol: z.string() })).optional(),
    labels: labels.optional(),
  }),
  ...labelled,
  collection: () => '/v2/control-planes',
  immutable: ['cluster_type', 'cloud_gateway'],
  unordered: ['proxy_urls'],
  // An update of labels says all of them.
  merged: [],
  replaced: ['labels'],
  ...emptyDescription,
  // Written flat, shown in a group of its own.
  grouped: { config: '' },
})
