# SPDX-License-Identifier: BSL-1.0
# Runs the commands of docs/howto/cmake.md as they stand there, beside a checkout of headrace and the program in
# find_package/. Only /opt/headrace is ${prefix}, and nothing is optimised.
#   cmake -Dsource=DIR -Dfolder=DIR -Dprefix=DIR -Dsimdjson=WHERE -P commands.cmake

file(READ ${source}/docs/howto/cmake.md page)
string(REGEX MATCH "\n```sh\n([^`]*)\n```" block "${page}")
set(commands "${CMAKE_MATCH_1}")
if(NOT commands MATCHES "cmake --install")
    message(FATAL_ERROR "docs/howto/cmake.md does not say how to install")
endif()
string(REPLACE "/opt/headrace" "${prefix}" commands "${commands}")
string(REPLACE "-DCMAKE_BUILD_TYPE=Release" "-DCMAKE_BUILD_TYPE=None" commands "${commands}")
string(REPLACE "-S headrace" "-S headrace -DHEADRACE_SIMDJSON=${simdjson}" commands "${commands}")

# Nothing is remembered from the last time but what was compiled of headrace.
file(REMOVE_RECURSE ${prefix} ${folder}/build/orders)
file(REMOVE ${folder}/build/headrace/CMakeCache.txt)
file(MAKE_DIRECTORY ${folder})
file(CREATE_LINK ${source} ${folder}/headrace SYMBOLIC)
file(CREATE_LINK ${source}/tests/consume/find_package ${folder}/orders SYMBOLIC)
file(WRITE ${folder}/commands.sh "set -eux\n${commands}\n")
execute_process(COMMAND sh commands.sh WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)
