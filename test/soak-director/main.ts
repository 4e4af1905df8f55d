import { runSoak } from '../soak-parts/command.ts'
import { breaks } from './breaks.ts'
import { soakDirector } from './soak.ts'
import { describeReport } from './words.ts'

await runSoak({
  name: 'soak:director',
  description: 'Configures nodes behind local Directors, kills the host at chosen instants while orders and replies go wrong, resumes or takes back, and compares what is there and recorded with what is declared.',
  breaks,
  soak: soakDirector,
  describe: describeReport,
})
