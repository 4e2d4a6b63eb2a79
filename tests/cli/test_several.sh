#!/bin/bash
# Several listings in one file: a kind that is only recognised does not hide the one behind it, and another process's
# listing is told and can be asked for.
. "$SOURCE_DIR/tests/cli/lib.sh" || exit 1

cat "$SOURCE_DIR"/testdata/mdb-stack/xorg-opensolaris.in "$SOURCE_DIR"/testdata/mdb-mappings/xorg-opensolaris.in >both.txt
run 0 identify both.txt
has out 'mdb-stack'
has out 'mdb-mappings'

# The verdict is about what was read, and the list says what was not.
run 0 report both.txt
has out '(mdb-mappings)'
has out 'not read by this version'

printf '10: /bin/a\n00400000 4K r-x-- /bin/a\n total 4K\n20: /bin/b\n00500000 8K r-x-- /bin/b\n total 8K\n' >two.txt
run 0 map two.txt
has out '00400000'
hasnt out '00500000'
has err 'use --pid 20'
run 0 map --pid 20 two.txt
has out '00500000'
hasnt out '00400000'
finish
