import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Host } from './host.ts'
import { readScript, runScript } from './shell.ts'

export { copyTree } from './copy-tree.ts'
export { diskOf, listeningPorts, programsMissing } from './machine.ts'

const ABSENT = 3

/** What a file is to be like. */
export interface FileOptions {
  /** Its permissions in octal digits, such as 600. */
  readonly mode: string
  /** A user, with its own group, or `user:group`. Default: who runs our programs there. */
  readonly owner?: string | undefined
  readonly signal: AbortSignal
}

/** Undefined: it is not there. */
export async function readFile(host: Host, path: string, signal: AbortSignal): Promise<string | undefined> {
  const { code, stdout } = await readScript(host, `[ -e "$1" ] || exit ${ABSENT}; exec cat -- "$1"`, [path], { signal, codes: [0, ABSENT] })
  return code === ABSENT ? undefined : stdout
}

/*
 * Into a new file beside, which has the right length or checksum, owner and permissions, and is on the disk, before it takes the
 * place of the old one. Its name is always the same, so what a killed program left is not there for long.
 */
const PUT = `set -e
path=$1 mode=$2 owner=$3 bytes=$4 sum=$5
part=$path.part
umask 077
trap 'rm -f -- "$part"' EXIT
rm -f -- "$part"
cat >"$part"
if [ -n "$bytes" ] && [ "$(wc -c <"$part")" -ne "$bytes" ]; then
  echo "$path was not written: $(wc -c <"$part") bytes came, of $bytes" >&2
  exit 1
fi
if [ -n "$sum" ]; then
  found=$(sha256sum <"$part")
  if [ "\${found%% *}" != "$sum" ]; then
    echo "$path was not written: its SHA-256 is \${found%% *}, expected $sum" >&2
    exit 1
  fi
fi
case $owner in '') ;; *:*) chown -- "$owner" "$part" ;; *) chown -- "$owner:" "$part" ;; esac
chmod -- "$mode" "$part"
sync -- "$part"
mv -fT -- "$part" "$path"
sync -- "$(dirname -- "$path")"`

/** All of it, or nothing: whoever reads it meanwhile reads the old one. */
export async function writeFile(host: Host, path: string, text: string, options: FileOptions): Promise<void> {
  await put(host, path, text, options, { bytes: Buffer.byteLength(text) })
}

/** Brings a file of this machine there. It takes its place only with the right checksum (SHA-256, in hexadecimal digits). */
export async function uploadFile(host: Host, localPath: string, path: string, { sha256, ...options }: FileOptions & { readonly sha256: string }): Promise<void> {
  await put(host, path, createReadStream(localPath), options, { sha256 })
}

async function put(host: Host, path: string, stdin: string | Readable, { mode, owner = '', signal }: FileOptions, expected: { readonly bytes?: number; readonly sha256?: string }): Promise<void> {
  await runScript(host, PUT, [path, mode, owner, String(expected.bytes ?? ''), expected.sha256 ?? ''], { signal, stdin })
}

/** Whether there is a file or a folder. */
export async function fileExists(host: Host, path: string, signal: AbortSignal): Promise<boolean> {
  return (await host.run(['test', '-e', path], { signal, codes: [0, 1] })).code === 0
}

/** The SHA-256 of a file in hexadecimal digits; undefined: it is not there. */
export async function checksumOf(host: Host, path: string, signal: AbortSignal): Promise<string | undefined> {
  const { code, stdout } = await runScript(host, `[ -e "$1" ] || exit ${ABSENT}; exec sha256sum <"$1"`, [path], { signal, codes: [0, ABSENT] })
  return code === ABSENT ? undefined : stdout.split(' ')[0]
}

/** With the folders above it. One that is there is given the owner and the permissions. */
export async function makeDirectory(host: Host, path: string, { mode, owner = '', signal }: FileOptions): Promise<void> {
  const script = `set -e
mkdir -p -- "$1"
case $3 in '') ;; *:*) chown -- "$3" "$1" ;; *) chown -- "$3:" "$1" ;; esac
chmod -- "$2" "$1"`
  await runScript(host, script, [path, mode, owner], { signal })
}

/** With all that is in it. It may be gone already. */
export async function removeDirectory(host: Host, path: string, signal: AbortSignal): Promise<void> {
  const script = `case $1 in /*[!/.]*) exec rm -rf -- "$1" ;; *) echo "$1 is not removed: give an absolute path below the root" >&2; exit 1 ;; esac`
  await runScript(host, script, [path], { signal })
}
