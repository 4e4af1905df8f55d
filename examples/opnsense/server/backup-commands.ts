import { copyConfig } from './config.ts'
import { write, type Commands, type Desk } from './desk.ts'

/** The history of the configuration. A revert saves; it makes nothing effective. */
export function backupCommands(desk: Desk): Commands {
  return {
    'core/backup/backups': {
      paramCount: 1,
      run: ({ params: [host] }) => ({
        items: (host === 'this' ? desk.file.backups() : []).map(({ id, timeS, description, config }) => ({
          time: String(timeS),
          time_iso: new Date(timeS * 1000).toISOString(),
          description,
          username: 'api',
          filesize: JSON.stringify(Object.values(config).map((rows) => [...rows])).length,
          id,
        })),
      }),
    },
    'core/backup/revertBackup': {
      paramCount: 1,
      run: async ({ isPost, params: [id], path }) => {
        if (!isPost) return { status: 'failed' }
        const backup = desk.file.backups().find((each) => each.id === id)
        if (backup === undefined) return { status: 'not_found' }
        return write(desk, path, (config) => {
          for (const [kind, rows] of Object.entries(copyConfig(backup.config)) as [keyof typeof config, (typeof config)['alias']][]) {
            config[kind].clear()
            for (const [uuid, row] of rows) config[kind].set(uuid, row)
          }
          return { reply: { status: 'reverted' }, isChanged: true }
        })
      },
    },
  }
}
