import type { HostSpec } from '../../../../examples/cluster/hosts/host.ts'
import { openHosts } from '../../../../examples/cluster/hosts/hosts.ts'

// Runs a program on a host, until the test kills this process.
const [spec = '', ...argv] = process.argv.slice(2)
await openHosts().of(JSON.parse(spec) as HostSpec).run(argv, { signal: new AbortController().signal })
