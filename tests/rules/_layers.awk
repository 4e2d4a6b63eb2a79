# First file: tests/layers.txt. Then every C file, named from the top of the tree.
function within(path, folder) { return path == folder || index(path, folder "/") == 1 }
function say(text) { print FILENAME ":" FNR ": " text; bad = 1 }

FNR == 1 {
	table = NR == 1
	own = ""
	for (folder in row)
		if (within(FILENAME, folder) && length(folder) > length(own))
			own = folder
	if (!table && own == "")
		say("no row of tests/layers.txt is about this folder")
}
table && /^[^#].*:/ {
	split($0, part, /:[ \t]*/)
	row[part[1]] = part[2]
}
!table && match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*[">]/) {
	path = substr($0, RSTART, RLENGTH)
	sub(/^[^"<]*/, "", path)
	name = substr(path, 2, length(path) - 2)
	ours = path ~ /^"/ || within(name, "inquest")
	if (!ours && !(path in row))
		next
	ok = ours && path ~ /^"/ && within(name, own)
	count = split(ours ? row[own] : row[path], allowed, " ")
	for (i = 1; i <= count; i++)
		ok = ok || within(ours ? name : FILENAME, allowed[i])
	if (!ok)
		say(own " may not include " path)
}
END { exit bad }
