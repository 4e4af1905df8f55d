import { Exit, startServer } from './fake-server.ts'

// A fake server as a program: `fake-mongod WORLD mongod|mongos RELEASE --version | --config FILE`.

const [folder = '', program = '', release = '', ...args] = process.argv.slice(2)
if (args[0] === '--version') {
  console.log(`${program === 'mongos' ? 'mongos' : 'db'} version v${release}`)
  process.exit()
}

process.on('SIGTERM', () => process.exit(0))
try {
  await startServer({ folder, program, release }, args[1] as string).listening
  console.log(`${program} ${release} waits for connections`)
} catch (error) {
  console.error((error as Error).message)
  process.exit(error instanceof Exit ? error.code : 1)
}
