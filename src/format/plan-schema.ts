const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const whole = { type: 'integer', minimum: 0 } as const
const amount = { type: 'number' } as const
const listOf = <T>(items: T) => ({ type: 'array', items }) as const
const oneOf = <const T extends readonly string[]>(...values: T) => ({ enum: values }) as const
const ADDRESS = { $ref: '#/$defs/address' } as const
const PATH = { $ref: '#/$defs/path' } as const

/** An object of exactly these fields; a name that ends in `?` may be absent. */
function record(fields: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(fields)
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.filter(([name]) => !name.endsWith('?')).map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace(/\?$/, ''), schema])),
  }
}

const fields = { type: 'object', description: 'An object with the key $convergent stands for a value that is not there: a reference, or a secret.' } as const

const recorded = record({
  address: ADDRESS,
  id: text,
  'parentId?': text,
  inputs: fields,
  outputs: { type: 'object' },
  dependsOn: listOf(ADDRESS),
  'protected?': flag,
  'deposed?': listOf(record({ id: text, dependsOn: listOf(ADDRESS) })),
  'adopted?': flag,
})

const change = record({ subject: text, action: oneOf('create', 'update', 'delete', 'start', 'stop', 'none'), 'before?': true, 'after?': true })

const estimate = record({
  'durationMs?': amount,
  'diskBytes?': amount,
  'memoryBytes?': amount,
  'downloadBytes?': amount,
  'processes?': { type: 'object', additionalProperties: amount },
  'ports?': { type: 'object', additionalProperties: listOf(amount) },
  'basis?': listOf(text),
})

const finding = record({ code: text, message: text, 'step?': text })

const check = record({ check: text, status: oneOf('passed', 'warning', 'failed', 'unneeded'), 'message?': text, 'step?': text, durationMs: amount, 'details?': { type: 'object' } })

const phase = record({ name: text, 'description?': text, 'parallel?': whole, 'before?': listOf(text), 'after?': listOf(text), 'estimate?': estimate })

const action = record({
  address: ADDRESS,
  kind: oneOf('create', 'update', 'replace', 'delete', 'forget', 'operation', 'settle'),
  'reason?': text,
  'id?': text,
  'adopts?': flag,
  'inputs?': { type: 'object', description: 'As declared. An object with the key $convergent stands for a value that is not there: a reference, or a secret.' },
  changes: listOf(record({ path: PATH, 'before?': true, 'after?': true, 'sensitive?': flag, 'forcesReplace?': flag })),
  'unset?': listOf(PATH),
  steps: listOf(record({ key: text, call: oneOf('create', 'update', 'delete', 'forget', 'run', 'undo', 'settle'), after: listOf(text), 'comesAfter?': text, 'settledBy?': text })),
  'loss?': text,
  'replaceOrder?': oneOf('delete-first', 'create-first'),
  'blocked?': record({ reason: oneOf('protected', 'replace-in-apply', 'not-owned', 'blocked-dependency', 'needs-person'), message: text, 'because?': ADDRESS }),
  fingerprint: text,
  dependsOn: listOf(ADDRESS),
  'parentId?': text,
  'protected?': flag,
  'movedFrom?': ADDRESS,
  'deposed?': listOf(text),
  'leftAs?': fields,
  'restores?': { anyOf: [{ const: 'nothing' }, recorded] },
  'phase?': text,
  'description?': text,
  'expects?': listOf(change),
  'settles?': text,
  'settleBefore?': flag,
  'estimate?': estimate,
  'takesBack?': record({ 'output?': record({ text, length: whole, 'document?': text }), 'changes?': listOf(change), 'value?': true }),
  'guarantee?': oneOf('exactly-once', 'found-by-key', 'interrupted'),
})

const error = record({
  code: text,
  message: text,
  'kind?': oneOf('retryable', 'conflict', 'not-found', 'fatal', 'ambiguous'),
  'status?': { type: ['number', 'string'] },
  'fields?': listOf(record({ path: text, reason: text })),
})

/** JSON Schema (2020-12) of a plan file, version 1. The package also has it as `convergent/plan.schema.json`. */
export const planSchema: Readonly<Record<string, unknown>> = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A plan of convergent, version 1',
  ...record({
    format: { const: 'convergent.plan' },
    version: { const: 1 },
    id: text,
    stack: text,
    mode: oneOf('apply', 'sync', 'destroy', 'rollback'),
    createdAt: text,
    'expiresAt?': text,
    'basedOn?': record({ lineage: text, serial: whole }),
    'undoes?': text,
    'openRun?': text,
    'operation?': text,
    'phases?': listOf(phase),
    'validation?': record({ valid: flag, errors: listOf(finding), warnings: listOf(finding), checks: listOf(check) }),
    'estimate?': estimate,
    warnings: listOf(record({ code: text, message: text, 'address?': ADDRESS })),
    unreadable: listOf(record({ subject: text, error, leavesOut: listOf(ADDRESS) })),
    violations: listOf(record({ policy: text, level: oneOf('deny', 'warn'), message: text, 'address?': ADDRESS })),
    objects: listOf(record({ address: ADDRESS, id: text, 'parentId?': text })),
    actions: listOf(action),
    summary: record({ create: whole, update: whole, replace: whole, delete: whole, forget: whole, blocked: whole, unchanged: whole, 'operation?': whole, 'settle?': whole }),
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'Of all bytes of the file before ,"sha256"' },
  }),
  $defs: {
    address: { type: 'string', pattern: '^[^/]+/', description: 'type/name' },
    path: listOf({ type: ['string', 'integer'] }),
  },
}
