#!/bin/bash
# Installs a release build and uses it as someone else's program would: by pkg-config, in C and C++, shared and static.
set -euo pipefail
work=$BUILD_DIR/install-test
prefix=$work/prefix

fail()
{
	echo "FAIL: $*"
	exit 1
}

# Built once and kept, so that a second run is quick.
install_release()
{
	local log=$work/log
	mkdir -p "$work"
	rm -rf "$prefix" "$work/root"
	{
		cmake -S "$SOURCE_DIR" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF \
			-DCMAKE_INSTALL_PREFIX="$prefix" &&
			cmake --build "$work/build" &&
			cmake --install "$work/build" &&
			DESTDIR="$work/root" cmake --install "$work/build"
	} >"$log" 2>&1 || fail "the release build does not install: $(tail -n 20 "$log")"
	libdir=$(dirname "$(find "$prefix" -name inquest.pc -printf '%h')")
	export PKG_CONFIG_PATH=$libdir/pkgconfig
}

check_places()
{
	local file
	for file in bin/inquest include/inquest/inquest.h share/doc/inquest/LICENSE share/man/man1/inquest.1 \
		share/bash-completion/completions/inquest share/zsh/site-functions/_inquest \
		share/fish/vendor_completions.d/inquest.fish; do
		[ -f "$prefix/$file" ] || fail "$file is not installed"
	done
	[ -f "$libdir/libinquest.a" ] || fail "no static library"
	diff <(cd "$prefix" && find . | sort) <(cd "$work/root/$prefix" && find . | sort) || fail "DESTDIR changes what is installed"
	! grep -rlE "$SOURCE_DIR/(lib|cli|formats)/" "$prefix" || fail "the files above name the source folder"
}

check_library()
{
	local library=$libdir/libinquest.so strays
	[ "$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')" = libinquest.so.0 ] || fail "SONAME"
	strays=$(nm -D --defined-only "$library" | awk '$2 != "A" && $3 !~ /^inq_[a-z_]+@@INQUEST_/')
	[ -z "$strays" ] || fail "exported without prefix or version: $strays"
	[ "$(nm -D --defined-only "$library" | grep -c ' T inq_')" -ge 20 ] || fail "hardly anything is exported"
	# Every function that the headers promise is there.
	grep -ohE '^INQ_API [^;(]*inq_[a-z_]+\(' "$prefix"/include/inquest/*.h | grep -oE 'inq_[a-z_]+\($' | tr -d '(' | sort -u |
		comm -23 - <(nm -D --defined-only "$library" | grep -oE 'inq_[a-z_]+' | sort -u) >"$work/lost"
	[ ! -s "$work/lost" ] || fail "in the headers but not in the library: $(cat "$work/lost")"
}

check_headers()
{
	local header flags
	read -ra flags < <(pkg-config --cflags inquest)
	for header in "$prefix"/include/inquest/*.h; do
		header=inquest/${header##*/}
		echo "#include <$header>" | cc -std=c11 -Wall -Wextra -Werror -pedantic "${flags[@]}" -fsyntax-only -x c - ||
			fail "$header does not compile alone in C"
		echo "#include <$header>" | c++ -std=c++17 -Wall -Wextra -Werror "${flags[@]}" -fsyntax-only -x c++ - ||
			fail "$header does not compile alone in C++"
	done
}

program()
{
	cat <<-'END'
		#include <inquest/inquest.h>
		#include <stdio.h>
		int main(int argc, char **argv)
		{
			struct inq_incident *incident;
			if (argc < 2 || inq_incident_create(NULL, &incident) != INQ_OK)
				return 1;
			enum inq_status status = inq_incident_add(incident, argv[1]);
			printf("%s %d\n", inq_version(), (int)status);
			inq_incident_destroy(incident);
			return 0;
		}
	END
}

# Compiles, links and runs the program: check_program NAME COMPILER PKG-CONFIG-OPTION...
check_program()
{
	local name=$1 compiler=$2 flags
	shift 2
	read -ra flags < <(pkg-config "$@" --cflags --libs inquest)
	[[ " $* " != *" --static "* ]] || flags=("${flags[@]/#-linquest/-l:libinquest.a}")
	program >"$work/$name"
	"$compiler" -Wall -Wextra -Werror "$work/$name" -o "$work/$name.out" "${flags[@]}" || fail "$name does not link"
	LD_LIBRARY_PATH=$libdir "$work/$name.out" "$SOURCE_DIR/README.md" 2>/dev/null >"$work/said" || fail "$name does not run"
	grep -qxE '[0-9]+\.[0-9]+\.[0-9]+ 2' "$work/said" || fail "$name: wrong answer: $(cat "$work/said")"
}

check_command()
{
	env -i "$prefix/bin/inquest" --version | grep -qE '[0-9]+\.[0-9]+\.[0-9]+' || fail "inquest --version"
	env -i "$prefix/bin/inquest" identify "$SOURCE_DIR/testdata/cores/xvfb.core.zst" | grep -q elf-core ||
		fail "the installed command does not read a zstd core: are its modules found?"
}

install_release
check_places
check_library
check_headers
check_program shared.c cc
check_program shared.cc c++
check_program static.c cc --static
check_command
