# bash completion for inquest. A test compares the words with the commands' --help.
# shellcheck shell=bash

_inquest_options()
{
	local common="--format --json --output --color --jobs --quiet --verbose --help --version -o -q -v -h"
	local analysis="--sysroot --exe --debug-dir --map --kind --no-files --cache --lines --debuginfod --no-demangle --pid --jvm-args"
	analysis+=" --jvm-version"
	case $1 in
	map) echo "$common $analysis --summary -s" ;;
	jvm) echo "$common $analysis --text-only" ;;
	stack) echo "$common $analysis --all-threads --unique --limit -a -u -l" ;;
	heap) echo "$common $analysis --check --leaks --types -c -t" ;;
	diff) echo "$common $analysis --heap --interval --threshold -i -t" ;;
	triage)
		echo "$common $analysis --from-file --store --memory --timeout --rules --shard --since --list --group" \
			"--no-sandbox"
		;;
	report | where | kmem) echo "$common $analysis" ;;
	*) echo "$common" ;;
	esac
}

_inquest_kinds()
{
	inquest help kinds 2>/dev/null | awk '/^  / { print $1 }'
}

_inquest()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=""
	COMPREPLY=()
	case $before in
	--format) words="text json" ;;
	--color) words="auto always never" ;;
	--kind) words=$(_inquest_kinds) ;;
	--sysroot | --debug-dir | --cache)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return
		;;
	--pid | --limit | -l | --interval | -i | --threshold | --jvm-args | --jvm-version | --jobs) return ;;
	--memory | --timeout | --shard | --since | --group) return ;;
	*)
		if [ "$before" = help ] && [[ $word != -* ]]; then
			words="report stack where map jvm heap kmem diff triage identify help kinds"
		elif [ "$COMP_CWORD" = 1 ]; then
			words="report stack where map jvm heap kmem diff triage identify help --help --version"
		elif [[ $word == -* ]]; then
			words=$(_inquest_options "${COMP_WORDS[1]}")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$word")
			return
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o filenames -F _inquest inquest
