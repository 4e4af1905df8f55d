import type { Host } from '../hosts/host.ts'

/*
 * Directories that say whose they are, in a file that is in them from their first moment: nothing of somebody else is ever
 * taken or removed. Parents that were missing are made likewise, and go with the last directory in them.
 */

/** The file with the name of the cluster. */
export const OWNER_FILE = '.cluster'

const IS_OURS = `is_ours() { [ "$(cat "$1/$owner" 2>/dev/null)" = "$cluster" ]; }
`
const CLIMB = `climb() {
  parent=$(dirname "$1")
  while is_ours "$parent" && [ "$(ls -A "$parent")" = "$owner" ]; do
    rm -rf "$parent" || return 0
    parent=$(dirname "$parent")
  done
}
`

/*
 * A directory gets its name when it is whole: with its owner's file, and given to its user. What was cut off before that has a name
 * that the next attempt knows, and removes.
 */
const MAKE = `path=$1 cluster=$2 user=$3 owner=$4
part=new-$(basename "$path")
${IS_OURS}give() {
  [ -n "$user" ] || return 0
  chmod 750 "$1" || return
  if [ "$(id -u)" = 0 ]; then chown "$user:$(id -gn "$user")" "$1"; fi
}
sweep() {
  while [ "$1" != / ]; do
    if [ -d "$1.$part" ] && { [ -z "$(ls -A "$1.$part")" ] || is_ours "$1.$part"; }; then rm -rf "$1.$part"; fi
    set -- "$(dirname "$1")"
  done
}
make() {
  [ -d "$1" ] && return
  parent=$(dirname "$1")
  ( make "$parent" ) || return
  mkdir "$1.$part" && chmod 755 "$1.$part" && printf '%s\\n' "$cluster" >"$1.$part/$owner" || return
  if [ "$1" = "$path" ]; then give "$1.$part" || return; fi
  mv -T "$1.$part" "$1" 2>/dev/null && return
  # Somebody else made it meanwhile.
  rm -rf "$1.$part"
  [ -d "$1" ]
}
sweep "$path"
make "$path" || exit
is_ours "$path" && exit
give "$path" || exit
printf '%s\\n' "$cluster" >"$path/$owner.new" && mv "$path/$owner.new" "$path/$owner"`

/*
 * The file that says whose it is goes last: what is cut off is begun anew. The parents that this is the last one in go with it, at
 * once: nobody comes back for them.
 */
const REMOVE = `path=$1 cluster=$2 owner=$3
${IS_OURS}${CLIMB}if [ -e "$path" ]; then
  if [ -n "$(ls -A -I "$owner.new" "$path")" ] && ! is_ours "$path"; then echo "$path is not of cluster $cluster: it is left as it is" >&2; exit 1; fi
  find "$path" -mindepth 1 -maxdepth 1 ! -name "$owner" -exec rm -rf {} + || exit
  top=$path
  while
    parent=$(dirname "$top")
    is_ours "$parent" && [ "$(ls -A -I "$owner" -I "\${top##*/}" "$parent")" = "" ]
  do top=$parent; done
  rm -rf "$top" || exit
fi
climb "$path"
exit 0`

/** The file that says whose it is may have been cut off before it had its name: then nothing else is there yet. */
const LOOK = 'if [ -f "$1/$2" ]; then cat "$1/$2"; elif [ ! -e "$1" ]; then echo absent; elif [ -d "$1" ] && [ -z "$(ls -A -I "$2.new" "$1")" ]; then echo empty; else echo foreign; fi'

/** `user`: who alone may enter it. Default: it is for everybody to enter. */
export async function makeOwnedDirectory(host: Host, path: string, { cluster, user = '', signal }: { readonly cluster: string; readonly user?: string | undefined; readonly signal: AbortSignal }): Promise<void> {
  await host.run(['sh', '-c', MAKE, 'sh', path, cluster, user, OWNER_FILE], { signal })
}

/** With all that is in it. */
export async function removeOwnedDirectory(host: Host, path: string, cluster: string, signal: AbortSignal): Promise<void> {
  await host.run(['sh', '-c', REMOVE, 'sh', path, cluster, OWNER_FILE], { signal })
}

/** `absent`, `empty`, `foreign` (it has something in it, and is of no cluster), or the name of the cluster. */
export async function findOwner(host: Host, path: string, signal: AbortSignal): Promise<string> {
  return (await host.run(['sh', '-c', LOOK, 'sh', path, OWNER_FILE], { signal })).stdout.trim()
}
