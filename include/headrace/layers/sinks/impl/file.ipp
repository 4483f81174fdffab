// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/format.hpp>
#include <headrace/layers/sinks/file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <system_error>

namespace headrace {

namespace detail::appending {

// Calls again what a signal has interrupted.
template <class F> auto uninterrupted(F call) {
    auto done = call();
    while (done < 0 && errno == EINTR) done = call();
    return done;
}

// An open file that is locked until it is closed. Each has a lock of its own, so threads exclude
// each other as processes do.
class locked_file {
public:
    explicit locked_file(const std::string& path) : path_(path) {}
    locked_file(const locked_file&) = delete;
    locked_file& operator=(const locked_file&) = delete;
    ~locked_file() { close(); }
    /// False: errno says why, here and below. While it was waited for, the file may have been moved
    /// away, removed or replaced: then it is the one that is there now.
    [[nodiscard]] bool lock() {
        for (;;) {
            struct stat about {};
            if (!lock_once(about)) return false;
            struct stat there {};
            const bool same = ::stat(path_.c_str(), &there) == 0 && there.st_dev == about.st_dev
                              && there.st_ino == about.st_ino;
            regular_ = S_ISREG(about.st_mode);
            size_ = about.st_size;
            if (same || !regular_) return true;
            close();
        }
    }
    [[nodiscard]] bool is_new() const noexcept { return regular_ && size_ == 0; }
    [[nodiscard]] bool ends_within_a_line() const {
        char last = '\n';
        if (!regular_ || size_ == 0) return false;
        return ::pread(descriptor_, &last, 1, size_ - 1) == 1 && last != '\n';
    }
    [[nodiscard]] bool append(std::string_view text) {
        while (!text.empty()) {
            const auto sent =
                uninterrupted([&] { return ::write(descriptor_, text.data(), text.size()); });
            if (sent < 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    [[nodiscard]] bool sync() {
        return uninterrupted([&] { return ::fsync(descriptor_); }) == 0;
    }
    /// As it was when it was locked.
    void take_back() {
        if (regular_ && ::ftruncate(descriptor_, size_) != 0) return; // the next line is ended then
    }

private:
    bool lock_once(struct stat& about) {
        descriptor_ = uninterrupted(
            [&] { return ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600); });
        return descriptor_ >= 0 && uninterrupted([&] { return ::flock(descriptor_, LOCK_EX); }) == 0
               && ::fstat(descriptor_, &about) == 0;
    }
    void close() noexcept {
        if (descriptor_ >= 0) ::close(descriptor_);
        descriptor_ = -1;
    }

    const std::string& path_;
    int descriptor_ = -1;
    bool regular_ = false;
    ::off_t size_ = 0;
};

// A new file is there after a crash only if its folder says so on the disk.
inline bool sync_folder_of(const std::string& path) {
    const auto slash = path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const int descriptor =
        uninterrupted([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (descriptor < 0) return false;
    const bool done = uninterrupted([&] { return ::fsync(descriptor); }) == 0;
    ::close(descriptor);
    return done;
}

inline error failed(const std::string& path) {
    const std::error_code why(errno, std::system_category());
    error e = error::transient(detail::format<"cannot write {}: {}">(path, why.message()));
    e.code = errc::input_output;
    return e;
}

} // namespace detail::appending

result<void> file_sink::write(const rejected_record& r) const {
    namespace here = detail::appending;
    std::string line = to_json(r) + '\n';
    here::locked_file file(path_);
    if (!file.lock()) return here::failed(path_);
    if (file.ends_within_a_line()) line.insert(line.begin(), '\n');
    if (!file.append(line) || (options_.sync && !file.sync())) {
        error e = here::failed(path_);
        file.take_back();
        return e;
    }
    if (options_.sync && file.is_new() && !here::sync_folder_of(path_)) return here::failed(path_);
    return {};
}

} // namespace headrace
