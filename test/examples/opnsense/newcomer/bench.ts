import { cliOptions } from '../../../../examples/opnsense/cli.ts'
import { startFirewall, type FirewallServer } from '../../../../examples/opnsense/server/start.ts'
import { openDesk, type Desk } from '../../newcomer-desk.ts'

/** A person at a command line, in a folder of their own, with a firewall that nobody has used yet. */
export interface Newcomer extends Desk {
  readonly server: FirewallServer
  /** What is saved, what is live, and how often either was changed. */
  readonly look: () => unknown
}

export const SECRET = 'a-secret-that-nobody-says'

/** A newcomer; close it. */
export async function openNewcomer(): Promise<Newcomer> {
  const server = await startFirewall({ key: 'a-key', secret: SECRET, latencyMs: 0 })
  const env = { OPNSENSE_URL: server.url, OPNSENSE_KEY: server.key, OPNSENSE_SECRET: server.secret }
  const desk = openDesk({ cliOptions, server, env, fileWord: /^\w[\w/-]*(\.\w+|\/)$/ })
  return {
    ...desk,
    server,
    look: () => {
      const { saved, live, settles, revision } = server.state()
      return { saved, live, settles, revision }
    },
  }
}
