# Writes the bytes of FROM into the C file TO, as inq_builtin_rules: cmake -DFROM=… -DTO=… -P embed.cmake
file(READ ${FROM} bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
file(WRITE ${TO} "#include <stddef.h>\n\nextern const char inq_builtin_rules[];\nextern const size_t inq_builtin_rules_size;\n
const char inq_builtin_rules[] = {\n${bytes}0\n};\nconst size_t inq_builtin_rules_size = sizeof inq_builtin_rules - 1;\n")
