import { createCli } from '../../src/cli/create-cli.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { createFakeBackend } from '../../src/testing/fake-backend.ts'

// A host for the pseudo-terminal: one resource, nothing kept.
const cli = createCli({
  name: 'demo',
  provider: createFakeBackend().provider,
  store: memoryStore(),
  files: ['nothing'],
  load: async () => ({ desired: [{ type: 'named', name: 'a', inputs: { name: 'a' } }] }),
})
process.exitCode = await cli.run(process.argv.slice(2))
