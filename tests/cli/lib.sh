# What the scripts share: a folder to work in, an address map, and ways to expect. Sourced, never run.
# shellcheck shell=bash
set -euo pipefail
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
failed=0

fail()
{
	echo "FAIL: $*"
	failed=1
}

# run STATUS ARGUMENT...: runs the command, which must end with that status; its output is in ./out and ./err.
run()
{
	local want=$1 status=0
	shift
	"$INQUEST" "$@" >out 2>err </dev/null || status=$?
	[ "$status" = "$want" ] || fail "'inquest $*' ended with $status, not $want: $(head -c 500 err)"
}

has()
{
	grep -qF -- "$2" "$1" || fail "no '$2' in $1: $(head -c 800 "$1")"
}

hasnt()
{
	! grep -qF -- "$2" "$1" || fail "'$2' is in $1"
}

finish()
{
	exit "$failed"
}

cat >maps <<-'END'
	555555554000-555555555000 r--p 00000000 08:01 123                        /opt/app/bin/app
	555555555000-555555556000 r-xp 00001000 08:01 123                        /opt/app/bin/app
	555555558000-55555557a000 rw-p 00000000 00:00 0                          [heap]
	7ffff7c00000-7ffff7c28000 r--p 00000000 08:01 456                        /opt/app/lib/libfoo.so.1
	7ffff7c28000-7ffff7dbd000 r-xp 00028000 08:01 456                        /opt/app/lib/libfoo.so.1
	7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0                          [stack]
END
