import { PassThrough } from 'node:stream'
import type { Host } from './host.ts'
import { runScript } from './shell.ts'

/** How a tree is copied. */
export interface CopyOptions {
  /** Paths inside of the tree that stay behind; `*` stands for anything, slashes as well. Default: none. */
  readonly exclude?: readonly string[]
  /** Whose everything is to be: a user, with its own group, or `user:group`. Default: as it is, by name. */
  readonly owner?: string | undefined
  readonly signal: AbortSignal
}

/*
 * A file that changes while it is read (code 1) is no failure: a database is copied so while it runs, and repairs it. The end is an
 * empty folder in an archive of its own, which is only sent when all before it was read.
 */
const SEND = `is_there() { [ -d "$1" ] || { echo "there is no folder $1" >&2; return 1; }; }
send() {
  is_there "$1" || return
  from=$1
  shift
  tar -C "$from" -cf - --anchored "$@" .
  [ "$?" -le 1 ] && tar -C "$from" -cf - --no-recursion --transform 's,.*,.whole-tree,' .
}
`
/*
 * What comes is taken to its end, also after that of the archive: only then it is known that it was sent well. It is complete, and on
 * the disk, before it has its name.
 */
const RECEIVE = `receive() {
  set -e
  to=$1 owner=$2
  part=$to.part
  if [ -e "$to" ]; then echo "there is something at $to already" >&2; exit 1; fi
  trap 'rm -rf -- "$part"' EXIT
  rm -rf -- "$part"
  mkdir -p -- "$part"
  tar -C "$part" -xpf - --ignore-zeros
  cat >/dev/null
  if [ ! -d "$part/.whole-tree" ]; then echo "only a part of it came to $to" >&2; exit 1; fi
  rmdir -- "$part/.whole-tree"
  case $owner in '') ;; *:*) chown -R -- "$owner" "$part" ;; *) chown -R -- "$owner:" "$part" ;; esac
  sync -f -- "$part"
  mv -T -- "$part" "$to"
  sync -- "$(dirname -- "$to")"
}
`

/** Copies a folder, on one host or from one to another through this machine. It has its name when all of it is there. */
export async function copyTree(from: Host, fromPath: string, to: Host, toPath: string, { exclude = [], owner = '', signal }: CopyOptions): Promise<void> {
  const sending = [fromPath, ...exclude.map((path) => `--exclude=./${path}`)]
  if (from === to || (from.name === to.name && from.address === to.address)) {
    await runScript(from, `${SEND}${RECEIVE}to=$1 owner=$2; shift 2; is_there "$1" || exit; send "$@" | receive "$to" "$owner"`, [toPath, owner, ...sending], { signal })
    return
  }
  const pipe = new PassThrough().on('error', () => undefined)
  let first: unknown
  const fail = (error: unknown): void => {
    first ??= error
    pipe.destroy(error as Error)
  }
  await Promise.all([
    runScript(from, `${SEND}send "$@"`, sending, { signal, stdout: pipe }).then(() => void pipe.end(), fail),
    runScript(to, `${RECEIVE}receive "$@"`, [toPath, owner], { signal, stdin: pipe }).catch(fail),
  ])
  if (first !== undefined) throw first
}
