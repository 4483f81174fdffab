// SPDX-License-Identifier: BSL-1.0
// Writes our sample events, one file each, into the folder that it is given: the seeds of the fuzz
// targets.

#include <headrace/sources/catalogue.hpp>
#include <headrace/sources/recognise.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: headrace_corpus DIR\n", stderr);
        return 2;
    }
    const std::filesystem::path folder{argv[1]};
    std::filesystem::create_directories(folder);
    std::size_t written = 0;
    for (const auto& source : headrace::catalogue()) {
        for (const auto& sample : source.samples()) {
            std::ofstream file{folder / (std::string(sample.name) + ".json"), std::ios::binary};
            file << sample.json;
            if (!file.flush()) return 1;
            ++written;
        }
    }
    std::printf("%zu seeds\n", written);
    return written == 0 ? 1 : 0;
}
