/*
 * Whether a daemon runs is a lock that it inherited open, as descriptor 9: the kernel frees it with the last process that has it. Who
 * only asks takes a shared lock for an instant, by descriptor 8; a starter that meets one waits for it. So descriptor 9 on this file
 * says who holds it, whatever the file with the process id says.
 */

const FUNCTIONS = `is_free() { flock -n -s 8 && flock -u 8; }
holds() { [ -n "$1" ] && [ "/proc/$1/fd/9" -ef "$lock" ]; }
holders() { for process in /proc/[0-9]*; do holds "\${process#/proc/}" && echo "\${process#/proc/}"; done; }
`

const INNER = `lock=$1 pidfile=$2 log=$3 user=$4
shift 4
exec 8>>"$lock"
flock -n 8 || { flock -n -s 8 && flock -w 2 8; } || { echo busy; exit; }
exec 9>&8 8>&-
if [ -n "$user" ] && [ "$user" != "$(id -un)" ]; then
  group=$(id -g -- "$user") || exit
  set -- setpriv --reuid="$user" --regid="$group" --init-groups -- "$@"
fi
: >>"$log" || exit
echo "$$" >"$pidfile.part" && mv -fT -- "$pidfile.part" "$pidfile" || exit
echo "started $$" || exit
exec "$@" >>"$log" 2>&1 </dev/null`

/** `$1` lock, `$2` pid file, `$3` log, `$4` user or nothing, then the program. Prints `started PID`, `ended` or `busy`. */
export const START = `${FUNCTIONS}lock=$1
answer=$(setsid -f sh -c '${INNER.replaceAll("'", `'\\''`)}' sh "$@")
case $answer in
  started*) ;;
  busy) echo busy; exit ;;
  *) exit 1 ;;
esac
polls=0
while holds "\${answer#started }" && [ "$polls" -lt 5 ]; do sleep 0.05; polls=$((polls + 1)); done
exec 8<"$lock"
if is_free; then echo ended; else echo "$answer"; fi`

/** `$1` lock, `$2` pid file. Prints who runs, or ends with 3. */
export const PROBE = `${FUNCTIONS}lock=$1
[ -e "$lock" ] || exit 3
exec 8<"$lock"
polls=0
while ! is_free; do
  pid=$(cat -- "$2" 2>/dev/null)
  if holds "$pid"; then echo "$pid"; exit; fi
  # It is being started, or only children of it are left.
  if [ "$polls" -ge 10 ]; then pid=$(holders | head -n 1); [ -z "$pid" ] || { echo "$pid"; exit; }; fi
  if [ "$polls" -ge 50 ]; then echo "somebody holds the lock $lock, and it cannot be seen who" >&2; exit 1; fi
  polls=$((polls + 1))
  sleep 0.1
done
exit 3`

/** `$1` lock, `$2` pid file, `$3` signal, `$4` how many times to look before the kill, a tenth of a second each. Prints `killed` where that was needed. */
export const STOP = `${FUNCTIONS}lock=$1
[ -e "$lock" ] || exit 0
exec 8<"$lock"
until_free() {
  polls=0
  while [ "$polls" -lt "$1" ]; do
    is_free && exit 0
    polls=$((polls + 1))
    sleep 0.1
  done
}
is_free && exit 0
pid=$(cat -- "$2" 2>/dev/null)
if holds "$pid"; then kill -s "$3" -- "$pid"; else for pid in $(holders); do kill -s "$3" -- "$pid"; done; fi
until_free "$4"
for pid in $(holders); do kill -s KILL -- "-$pid"; kill -s KILL -- "$pid"; done 2>/dev/null
echo killed
until_free 50
echo "something still holds the lock $lock after it was killed" >&2
exit 1`
