# SPDX-License-Identifier: BSL-1.0
# cmake -D case=FILE -D compiler=PATH -D folders=A|B -P check.cmake
#
# A case looks like this:
#
#   // expect: no extractor makes this handler argument      (any number of these lines)
#   ... what the user meant, which compiles ...
#   #ifndef HAPPY
#   orders.on(sqs::any(), [](bool) {}); // offending line    (at least one)
#   #endif
#
# It passes when the file compiles with -DHAPPY, and without it does not, and the diagnostics contain every expected text
# and the marked line as FILE:LINE. So it fails for the intended reason, and the user is told where. An expected text and a
# marked line are already in the first error with its notes, and no marked line may cost more than 40 lines of diagnostics: a
# message that has to be searched for is none.

set(flags -std=c++20 -fsyntax-only)
string(REPLACE "|" ";" folders "${folders}")
list(REMOVE_ITEM folders "/usr/include") # g++ breaks when told about it
foreach(folder IN LISTS folders)
    list(APPEND flags -I ${folder})
endforeach()

execute_process(COMMAND ${compiler} ${flags} -DHAPPY ${case}
    RESULT_VARIABLE status ERROR_VARIABLE diagnostics)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "without its offending line the case should compile:\n${diagnostics}")
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C ${compiler} ${flags} ${case}
    RESULT_VARIABLE status ERROR_VARIABLE diagnostics)
if(status EQUAL 0)
    message(FATAL_ERROR "the case compiles")
endif()

# The first error is all before the second one.
string(FIND "${diagnostics}" " error: " first)
math(EXPR after "${first} + 1")
string(SUBSTRING "${diagnostics}" ${after} -1 rest)
string(FIND "${rest}" " error: " second)
if(second EQUAL -1)
    set(first_error "${diagnostics}")
else()
    math(EXPR second "${second} + ${after}")
    string(SUBSTRING "${diagnostics}" 0 ${second} first_error)
endif()
set(first_says 0)
set(first_names 0)

# Reading as a list of lines would stumble over brackets and semicolons of C++, so the file is walked as one text.
file(READ ${case} text)
set(line 0)
set(offending 0)
set(expected 0)
while(NOT text STREQUAL "")
    math(EXPR line "${line} + 1")
    string(FIND "${text}" "\n" end)
    if(end EQUAL -1)
        string(LENGTH "${text}" end)
    endif()
    string(SUBSTRING "${text}" 0 ${end} content)
    math(EXPR end "${end} + 1")
    string(LENGTH "${text}" length)
    if(end LESS length)
        string(SUBSTRING "${text}" ${end} -1 text)
    else()
        set(text "")
    endif()

    if(content MATCHES "^// expect: (.+)$")
        set(wanted "${CMAKE_MATCH_1}")
        set(expected 1)
        set(in_first first_says)
    elseif(content MATCHES "// offending line")
        set(wanted "${case}:${line}:")
        set(in_first first_names)
        math(EXPR offending "${offending} + 1")
    else()
        continue()
    endif()
    string(FIND "${diagnostics}" "${wanted}" found)
    if(found EQUAL -1)
        message(FATAL_ERROR "the diagnostics lack: ${wanted}\n${diagnostics}")
    endif()
    string(FIND "${first_error}" "${wanted}" found)
    if(NOT found EQUAL -1)
        set(${in_first} 1)
    endif()
endwhile()
if(NOT expected OR NOT offending)
    message(FATAL_ERROR "a case needs '// expect: text' and '// offending line'")
endif()

if(NOT first_says OR NOT first_names)
    message(FATAL_ERROR "the first error is another one, or elsewhere:\n${diagnostics}")
endif()

string(REGEX REPLACE "[^\n]" "" lines "${diagnostics}")
string(LENGTH "${lines}" lines)
math(EXPR most "40 * ${offending}")
if(lines GREATER most)
    message(FATAL_ERROR "${lines} lines of diagnostics are too many:\n${diagnostics}")
endif()
