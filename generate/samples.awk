# SPDX-License-Identifier: BSL-1.0
# Files of one event's samples, as pretty as people like them, become the body of its samples(): compact, as events arrive.
# -v event=sqs::event

# The pieces of a line of JSON: strings, numbers, words and punctuation.
function pieces(line) {
    while (match(line, /^[ \t\r]*("([^"\\]|\\.)*"|[^]["{},: \t\r]+|[][{},:])/)) {
        piece = substr(line, 1, RLENGTH)
        sub(/^[ \t\r]+/, "", piece)
        put(piece)
        line = substr(line, RLENGTH + 1)
    }
    if (line ~ /[^ \t\r]/) { print FILENAME ":" FNR ": is not JSON, or has a string over two lines" >"/dev/stderr"; exit bad = 1 }
}

# Lines are filled up to 80 bytes of text; longer strings are cut, between characters.
function put(piece, n) {
    if (length(text) + length(piece) > 80 && text != "" && piece !~ /^[],:}]$/) flush()
    while (length(piece) > 81) {
        n = 80
        while (substr(piece, n + 1, 1) ~ /[\200-\277]/) n--
        text = substr(piece, 1, n)
        flush()
        piece = substr(piece, n + 1)
    }
    text = text piece
}

function flush() {
    mark = index(text, ")\"") ? "json" : ""
    printf "%s         R\"%s(%s)%s\"", separator, mark, text, mark
    separator = "\n"
    text = ""
}

function finish() {
    if (text != "") flush()
    if (open) print "},"
}

BEGIN { print "std::span<const sample> " event "::samples() {\n    static constexpr sample all[] = {" }
FNR == 1 {
    finish()
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.json$/, "", name)
    print "        {\"" name "\","
    separator = ""
    open = 1
}
{ pieces($0) }
END {
    if (bad) exit 1
    finish()
    print "    };\n    return all;\n}"
}
