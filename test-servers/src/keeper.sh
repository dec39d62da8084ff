# Keeps one server for one test process: starts and ends it as standard input says. When that ends, which
# it does however the test process ends, the server is killed and its folder removed.
#
# usage: sh keeper.sh FOLDER COMMAND [ARGUMENT]...; each order is a line, and is answered with a line.
folder=$1
shift
pid=
# Nothing but the end of its input ends the keeper: neither an answer that nobody reads any more, nor the
# hangup that the kernel sends to a group that loses its last parent outside while a member is stopped.
trap '' HUP INT PIPE TERM
umask 077

# The process and all below it, each stopped first, so that it makes no more.
stopped() {
    kill -s STOP "$1" 2>/dev/null
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do stopped "$child"; done
    echo "$1"
}

# Kills the server with all its processes, and waits until there is none.
kill_all() {
    [ -n "$pid" ] || return
    all=$(stopped "$pid")
    kill -s KILL $all 2>/dev/null
    wait "$pid"
    for one in $all; do
        # One that has ended may stay as a zombie, where nobody waits for orphans.
        while grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$one/status"; do sleep 0.01; done
    done
    pid=
}

mkdir "$folder" && cd "$folder" || exit
echo ready
while read -r order signal; do
    case $order in
        start)
            (trap - HUP INT PIPE TERM; exec "$@") </dev/null >>log 2>&1 &
            pid=$!
            echo "$pid"
            ;;
        end)
            kill -s "$signal" "$pid"
            wait "$pid"
            pid=
            echo ended
            ;;
        kill)
            kill_all
            echo killed
            ;;
    esac
done

kill_all
# PostgreSQL's interlock, which outlives a server that was killed: its id is the last word of line 7.
segment=$(sed -n '7s/.* //p' data/postmaster.pid 2>/dev/null)
[ -z "$segment" ] || ipcrm -m "$segment"
cd /
rm -rf "$folder"
