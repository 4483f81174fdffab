// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where are the certificate authorities, when a program has come from another Linux with the
// OpenSSL that it was linked with?

#include <headrace/base/detail/hex.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace headrace::detail {

/// Where distributions keep them in one file.
inline constexpr std::array<std::string_view, 4> authority_files{
    "/etc/pki/tls/certs/ca-bundle.crt",   // Amazon Linux, Fedora, RHEL
    "/etc/ssl/certs/ca-certificates.crt", // Debian, Ubuntu, Arch
    "/etc/ssl/ca-bundle.pem",             // openSUSE
    "/etc/ssl/cert.pem"};                 // Alpine

/// Has this folder certificates that OpenSSL can find there, by names like 002c0b4f.0?
inline bool has_authorities(const std::string& folder) {
    const auto is_hash = [](const std::filesystem::path& p) {
        const auto name = p.filename().string();
        return name.size() > 9 && name.find_first_not_of(hex_digits) == 8 && name[8] == '.';
    };
    std::error_code problem;
    for (std::filesystem::directory_iterator at(folder, problem), end; !problem && at != end;
         at.increment(problem)) {
        if (is_hash(at->path())) return true;
    }
    return false;
}

/// The first of `elsewhere` that exists, if there is nothing where OpenSSL looks by itself: in
/// `file` and `folder`. An empty text: nothing more is to be read.
inline std::string more_authorities(const std::string& file, const std::string& folder,
                                    std::span<const std::string_view> elsewhere) {
    const auto exists = [](std::string_view path) {
        std::error_code problem;
        return std::filesystem::is_regular_file(path, problem);
    };
    if (exists(file) || has_authorities(folder)) return {};
    const auto found = std::ranges::find_if(elsewhere, exists);
    return found == elsewhere.end() ? std::string() : std::string(*found);
}

} // namespace headrace::detail
