# fish completion for inquest. A test compares the words with the commands' --help.
set -l analyses report where map

complete -c inquest -n __fish_use_subcommand -f -a report -d 'the whole post-mortem of one incident'
complete -c inquest -n __fish_use_subcommand -f -a where -d 'which object, symbol or region each address falls in'
complete -c inquest -n __fish_use_subcommand -f -a map -d 'the address map'
complete -c inquest -n __fish_use_subcommand -f -a identify -d 'what kind of artefact each file is'
complete -c inquest -n __fish_use_subcommand -f -a help -d 'explain a command, or list the kinds of artefact'
complete -c inquest -n '__fish_seen_subcommand_from help' -f -a 'report where map identify help kinds'

complete -c inquest -l format -x -a 'text json' -d 'text or json'
complete -c inquest -l json -d 'the same as --format json'
complete -c inquest -s o -l output -r -d 'write to a file'
complete -c inquest -l color -x -a 'auto always never' -d 'when to use colours'
complete -c inquest -l jobs -x -d 'number of processes'
complete -c inquest -s q -l quiet -d 'no warnings, only errors'
complete -c inquest -s v -l verbose -d 'tell also what is usually folded'
complete -c inquest -s h -l help -d 'help, with examples'
complete -c inquest -l version -d 'the version'

complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l sysroot -x -a '(__fish_complete_directories)' -d 'look for every file inside a folder'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l exe -r -d 'the executable'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l debug-dir -x -a '(__fish_complete_directories)' -d 'look for debug files here'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l map -r -d 'attach an address map'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l kind -x -a "(inquest help kinds | string match -r '^  \\S+' | string trim)" -d 'take the artefacts as of this kind'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l no-files -d 'open no other file'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l no-demangle -d 'names of C++, Rust and D as the linker has them'
complete -c inquest -n "__fish_seen_subcommand_from $analyses" -l pid -x -d 'of several processes, take this one'
complete -c inquest -n '__fish_seen_subcommand_from map' -s s -l summary -d 'sums by class and by object'
