/** The text of a command line is one argument of the remote shell, and Linux takes none that is longer (in bytes). */
export const LONGEST_COMMAND_LINE = 120_000
/** How a program that is told to stop is killed, when it does not. */
export const GRACE_SECONDS = 2

/*
 * The leader of the session in which the program runs. A watcher reads the lifeline: a line asks the group to end, and its end,
 * which is the connection's, kills the group at once. The leader ends with the whole group, so the program leaves nothing in it.
 */
const LEADER = `trap : TERM
exec 5>&2 2>/dev/null
echo "$$" >&7
(trap '' TERM HUP INT; read -r line <&3 && { kill -TERM 0; sleep ${GRACE_SECONDS}; }; kill -KILL 0) >/dev/null 5>&- 7>&- 9<&- &
watcher=$!
(exec "$@") 2>&5 <&9 3<&- 5>&- 7>&- 9<&-
code=$?
kill -KILL "$watcher"
wait "$watcher"
echo "$code" >&7
kill -KILL 0`

/*
 * The standard input of the channel is the lifeline. What the program reads comes before, in frames: a line with the number of bytes,
 * then the bytes; the line "end" is the last. It waits in a file without a name until all of it is there: a connection that drops
 * in the middle must not look like the end of it.
 */
const SCRIPT = `leader=$1
stdin=$2
shift 2
cd /
exec 3<&0 6>&1 9</dev/null
if [ "$stdin" = spooled ]; then
  folder=$(mktemp -d) || exit 125
  exec 8>"$folder/stdin" 9<"$folder/stdin"
  rm -r "$folder"
  whole=
  while [ -z "$whole" ] && read -r size <&3; do
    if [ "$size" = end ]; then whole=1; else head -c "$size" <&3 >&8 || exit 125; fi
  done
  [ -n "$whole" ] || exit 125
  exec 8>&-
fi
exec 4>&2 2>/dev/null
answer=$(exec setsid -w sh -c "$leader" sh "$@" 7>&1 >&6 2>&4 4>&- 6>&- </dev/null)
set -- $answer
[ -n "$1" ] || exit 125
polls=0
while [ "$polls" -lt 50 ] && kill -s 0 -- "-$1"; do polls=$((polls + 1)); sleep 0.02; done
exit "\${2:-137}"`

/** What the remote shell is told: the program and its arguments, as they are, under a leader that ends with the connection. */
export function commandLineOf(argv: readonly string[], hasStdin: boolean): string {
  return ['exec', 'sh', '-c', SCRIPT, 'sh', LEADER, hasStdin ? 'spooled' : 'none', ...argv].map((word, index) => (index < 3 ? word : quote(word))).join(' ')
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
