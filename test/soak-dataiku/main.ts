import { runSoak } from '../soak-parts/command.ts'
import { breaks } from './breaks.ts'
import { soakDataiku } from './soak.ts'
import { describeReport } from './words.ts'

await runSoak({
  name: 'soak:dataiku',
  description: 'Configures projects, datasets and recipes on local servers, kills the host and the server at chosen instants while futures and replies go wrong, resumes or takes back, and compares what is there and recorded with what is declared.',
  breaks,
  soak: soakDataiku,
  describe: describeReport,
})
