# SPDX-License-Identifier: BSL-1.0
# The class and enumeration types that headers define outside of namespaces called detail, one a line: namespace, name,
# how it is declared ahead. So are templates that are declared and only ever specialised.

# The line without strings, characters, comments and preprocessor lines.
function bare(line) {
    if (raw) {
        if (!match(line, /\)"/)) return ""
        line = substr(line, RSTART + 2)
        raw = 0
    }
    if (line ~ /^ *#/) return ""
    while (match(line, /R"\(/)) {
        rest = substr(line, RSTART + 3)
        line = substr(line, 1, RSTART - 1)
        if (!match(rest, /\)"/)) { raw = 1; break }
        line = line "0" substr(rest, RSTART + 2)
    }
    gsub(/'([^'\\]|\\.)'/, "0", line)
    gsub(/"([^"\\]|\\.)*"/, "", line)
    sub(/\/\/.*/, "", line)
    return line
}

# "<class T, class U = int> rest" without the default arguments; sets `rest`.
function parameters(text, i, c, depth, skip, out) {
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == ">") depth--
        if (depth == 0 && c == ">") break
        if (depth == 1 && c == "=") { skip = 1; sub(/ +$/, "", out) }
        if (depth == 1 && c == ",") skip = 0
        if (!skip) out = out c
        if (c == "<") depth++
    }
    rest = substr(text, i + 1)
    return out ">"
}

# What stands before a '{' or, with `only`, before a ';'.
function type(head, only, prefix, word, name, base, scope) {
    gsub(/[ \t]+/, " ", head)
    gsub(/^ | $/, "", head)
    prefix = ""
    if (head ~ /^template ?</) {
        prefix = "template " parameters(substr(head, index(head, "<"))) " "
        head = rest
        sub(/^ /, "", head)
    } else if (only) {
        return
    }
    if (head ~ /(^|[^a-z_])requires([^a-z_]|$)/ || head !~ /^(enum )?(class|struct) /) return
    gsub(/\[\[[a-z_]*\]\] /, "", head)
    word = head
    sub(/(class|struct) .*/, "", word)
    head = substr(head, length(word) + 1)
    word = word substr(head, 1, index(head, " ") - 1)
    head = substr(head, index(head, " ") + 1)
    if (!match(head, /^[A-Za-z0-9_]+/)) return
    name = substr(head, 1, RLENGTH)
    base = substr(head, RLENGTH + 1)
    if (base !~ /^( final)?$/ && base !~ /^( final)? ?:[^:]/) return
    scope = spaces[1]
    for (i = 2; i <= deep; i++) scope = scope "::" spaces[i]
    if (deep == 0 || scope ~ /detail/) return
    if (word !~ /^enum/) base = ""
    if (only) { if (!((scope, name) in ahead)) ahead[scope, name] = scope "\t" name "\t" prefix word " " name ";" }
    else if (!((scope, name) in seen)) { seen[scope, name] = 1; print scope "\t" name "\t" prefix word " " name base ";" }
}

FNR == 1 { deep = body = raw = 0; head = "" }
{
    line = bare($0)
    while (match(line, /[{};]/)) {
        before = substr(line, 1, RSTART - 1)
        c = substr(line, RSTART, 1)
        line = substr(line, RSTART + 1)
        if (body) {
            if (c == "{") body++
            if (c == "}") body--
            head = ""
            continue
        }
        head = head " " before
        if (c == "}") {
            deep--
        } else if (c == ";") {
            type(head, 1)
        } else if (match(head, /(^| )namespace [A-Za-z0-9_:]+ *$/)) {
            name = substr(head, RSTART)
            sub(/.*namespace /, "", name)
            sub(/ +$/, "", name)
            spaces[++deep] = name
        } else {
            type(head, 0)
            body = 1
        }
        head = ""
    }
    if (!body) head = head " " line
}
END { for (each in ahead) if (!(each in seen)) print ahead[each] }
