import { runSoak } from '../soak-parts/command.ts'
import { soakFirewall } from './soak.ts'
import { describeReport } from './words.ts'

await runSoak({
  name: 'soak:opnsense',
  description: 'Configures local firewalls, kills the host at chosen instants while the wire fails, resumes or takes back, and compares what is saved, live and recorded with what is declared.',
  soak: soakFirewall,
  describe: describeReport,
})
