#!/bin/bash
# Makes the core of the demo: an X server that crashed in a library and whose own handler then called abort().
#
#     testdata/cores/make-xvfb-core.sh [OUTPUT-FOLDER]
#
# Writes xvfb.core.zst, xvfb.truth.json (from the kernel and gdb, at the crash), xvfb.objects.txt (eu-unstrip) and
# xvfb.packages.txt. Needs xvfb, gdb, gcc, elfutils, python3, zstd; installs nothing. A core holds its process's memory, so the
# server runs in a folder, an environment, a host name and a network of its own, and the core is searched for this
# machine's names before it is kept.
set -euo pipefail

demo=/srv/xvfb-demo
display=:99
host=$(uname -n)
here=$(cd "$(dirname "$0")" && pwd)
output=$(cd "${1:-$here}" && pwd)

fail()
{
	echo "make-xvfb-core: $*" >&2
	exit 1
}

check_needs()
{
	local tool
	for tool in Xvfb gdb gcc eu-unstrip python3 zstd unshare strings; do
		command -v "$tool" >/dev/null || fail "$tool is missing; install xvfb gdb gcc elfutils python3 zstd binutils"
	done
	case $(cat /proc/sys/kernel/core_pattern) in
	\|*) fail "core_pattern is a pipe, so the kernel would not write the core here; set it to 'core' for this run" ;;
	*/*) fail "core_pattern names another folder; set it to 'core' for this run" ;;
	esac
	[ ! -e "$demo" ] || fail "$demo exists; remove it first"
	[ ! -e "/tmp/.X11-unix/X${display#:}" ] || fail "display $display is in use"
}

# Everything that the server can remember of this machine is cut off here.
crash_the_server()
{
	local isolate=(unshare --net --uts) command
	[ "$(id -u)" = 0 ] || isolate=(unshare --user --map-root-user --net --uts)
	command="hostname demo; ulimit -c unlimited; cd $demo
		env LD_PRELOAD=$demo/libfilltrace.so Xvfb $display -screen 0 1280x1024x8 -core -nolisten tcp -extension GLX 2>Xvfb.log &
		for i in \$(seq 100); do [ -S /tmp/.X11-unix/X${display#:} ] && break; sleep 0.1; done
		TRUTH=$demo/truth.json CLIENT='python3 fill-client.py /tmp/.X11-unix/X${display#:}' \
			gdb -nx -batch -p \$! -x truth.py >gdb.log 2>&1
		wait"
	(cd / && env -i PATH=/usr/bin:/bin HOME=/ LANG=C.UTF-8 "${isolate[@]}" bash -c "$command") || true
}

check_private()
{
	local word
	for word in "$host" "$here" "${HOME:-}" "${USER:-}"; do
		# "/proc/PID/root" is what libunwind looks at, not anyone's home.
		if [ ${#word} -lt 4 ] || [ "${word#/}" = root ]; then
			continue
		fi
		! strings -n 4 "$demo/core" | grep -F -- "$word" || fail "the core holds '$word' of this machine"
	done
}

check_needs
trap 'rm -rf "$demo"' EXIT
mkdir "$demo"
cp "$here"/{filltrace.c,fill-client.py,truth.py} "$demo"
(cd "$demo" && gcc -O2 -g -Wno-format-overflow -fPIC -shared -Wl,--build-id,-soname,libfilltrace.so filltrace.c -o libfilltrace.so)
crash_the_server
core=$(find "$demo" -maxdepth 1 -name 'core*' -type f | head -n 1)
[ -n "$core" ] || fail "no core was written: $(tail -n 3 "$demo/gdb.log" "$demo/Xvfb.log")"
[ "$core" = "$demo/core" ] || mv "$core" "$demo/core"
check_private

# Base+size, build ID@its address, name; the columns between say which files this machine has.
eu-unstrip -n --core="$demo/core" | awk '{ print $1, $2, $NF }' >"$output/xvfb.objects.txt"
dpkg-query -W -f '${Package} ${Version}\n' xvfb libpixman-1-0 libc6 gdb elfutils >"$output/xvfb.packages.txt" || true
cp "$demo/truth.json" "$output/xvfb.truth.json"
zstd -q -f -19 "$demo/core" -o "$output/xvfb.core.zst"
chmod 644 "$output"/xvfb.*
ls -l "$output"/xvfb.*
