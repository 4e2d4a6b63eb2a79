#!/bin/bash
# Several listings in one file: one does not hide the one behind it, and another process's listing is told and can be asked
# for.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

cat "$SOURCE_DIR"/testdata/mdb-stack/xorg-opensolaris.in "$SOURCE_DIR"/testdata/mdb-mappings/xorg-opensolaris.in >both.txt
run 0 identify both.txt
has out 'mdb-stack'
has out 'mdb-mappings'

# The stack is read with the map that follows it: what is true of the two is known by hand.
run 0 report both.txt
has out 'both.txt:16 (mdb-mappings, 14 KiB)'
has out 'Xorg died of SIGSEGV in libglx.so.1+0xc43de.'
has out 'SIGABRT (6)'
has out '0x100c640 points into the brk heap'
has out 'sigacthandler -> call_user_handler -> __sighndlr'
run 0 report --json both.txt
has out '"region_class":"text"'
has out '"truncated_by":"broken-chain"'
has out '"context":"0xfffffd7fffdfe7f0"'

# The other crash of the same program: text and map name different objects, and the report says so.
run 0 report --json "$SOURCE_DIR"/testdata/crash-d/xorg-opensolaris.in "$SOURCE_DIR"/testdata/mdb-mappings/xorg-opensolaris.in
has out 'says that 0xfffffd7ffd1c45ae is in libglx.so.1'
has out 'libGLcore.so.1+0x11c45ae'

printf '10: /bin/a\n00400000 4K r-x-- /bin/a\n total 4K\n20: /bin/b\n00500000 8K r-x-- /bin/b\n total 8K\n' >two.txt
run 0 map two.txt
has out '00400000'
hasnt out '00500000'
has err 'use --pid 20'
run 0 map --pid 20 two.txt
has out '00500000'
hasnt out '00400000'
finish
