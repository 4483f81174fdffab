# SPDX-License-Identifier: BSL-1.0
# What headers say of their sources, one a line: header, event type, id, title, how it is delivered.

FNR == 1 { inside = 0; type = "" }
/^struct [a-z0-9_]+( final)? / { type = $2 }
/static constexpr source_info about *\{/ { inside = 1; text = ""; sub(/.*about *\{/, "") }
inside {
    text = text " " $0
    if (!/\};/) next
    inside = 0
    match(text, /delivery::[a-z]+/)
    how = substr(text, RSTART + 10, RLENGTH - 10)
    split(text, parts, "\"")
    print FILENAME "\t" type "\t" parts[2] "\t" parts[4] "\t" how
}
