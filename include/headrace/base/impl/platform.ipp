// SPDX-License-Identifier: BSL-1.0
#pragma once

// The real platform. The only file that waits for time, starts threads and reads the environment.

#include <headrace/base/detail/elapsed.hpp>
#include <headrace/base/platform.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>
#include <random>
#include <thread>

namespace headrace {

namespace detail::real_platform {

class system_clock_source final : public clock_source {
public:
    [[nodiscard]] time_point now() const noexcept override {
        return std::chrono::time_point_cast<std::chrono::nanoseconds>(
            std::chrono::system_clock::now());
    }
    [[nodiscard]] std::chrono::nanoseconds steady() const noexcept override {
        return std::chrono::steady_clock::now().time_since_epoch();
    }
    bool sleep_until(time_point until, std::stop_token stop) override {
        // No clock tells when it was set, or for how long the process was frozen: it is asked.
        constexpr std::chrono::nanoseconds unasked = std::chrono::seconds(1);
        const auto end = end_by_clocks::at(until, two_clocks::now(*this));
        return wait(
            stop, [&] { return end.left(*this); }, unasked);
    }
    bool sleep_for(std::chrono::nanoseconds span, std::stop_token stop) override {
        constexpr std::chrono::nanoseconds unasked = std::chrono::hours(24);
        const auto end = span == for_ever ? span : sum(steady(), span);
        return wait(
            stop, [&] { return difference(end, steady()); }, unasked);
    }

private:
    // Until nothing is left; nobody's clock is asked to wait for the end of time.
    template <class Left>
    static bool wait(const std::stop_token& stop, Left left, std::chrono::nanoseconds unasked) {
        std::mutex mutex;
        std::condition_variable_any stopped;
        std::unique_lock lock(mutex);
        const auto asked = [&] { return stop.stop_requested(); };
        while (!asked()) {
            const auto span = left();
            if (span.count() <= 0) return true;
            if (span == for_ever)
                (void)stopped.wait(lock, stop, asked);
            else
                (void)stopped.wait_for(lock, stop, std::min(span, unasked), asked);
        }
        return false;
    }
};

class thread_executor final : public executor {
public:
    [[nodiscard]] std::unique_ptr<task> start(job work) override {
        return std::make_unique<joined>(std::move(work));
    }

private:
    class joined final : public task {
    public:
        explicit joined(job work) : thread_(std::move(work)) {}

    private:
        std::jthread thread_;
    };
};

class entropy_source final : public random_source {
public:
    [[nodiscard]] std::uint64_t next() override {
        std::uint64_t number = 0;
        ssize_t got = 0;
        do { // up to 256 bytes are delivered whole, unless a signal arrives before the first
            got = ::getrandom(&number, sizeof number, 0);
        } while (got < 0 && errno == EINTR);
        if (got == static_cast<ssize_t>(sizeof number)) return number;
        std::random_device device; // a sandbox without the system call
        return std::uint64_t{device()} << 32 | device();
    }
};

class process_environment final : public environment {
public:
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const override {
        const char* value = std::getenv(std::string(name).c_str());
        return value ? std::optional<std::string>(value) : std::nullopt;
    }
};

// Waits until a descriptor that somebody made non-blocking takes more. False: it never will.
inline bool writable_again(int descriptor) noexcept {
    pollfd wanted{descriptor, POLLOUT, 0};
    int ready = 0;
    do {
        ready = ::poll(&wanted, 1, -1);
    } while (ready < 0 && errno == EINTR);
    return ready == 1 && (wanted.revents & POLLOUT) != 0;
}

// Sends both parts with one system call; more only where the descriptor takes less than all.
inline void write_all(int descriptor, std::array<iovec, 2> parts) noexcept {
    std::size_t first = 0;
    while (first < parts.size()) {
        const ssize_t sent =
            ::writev(descriptor, &parts[first], static_cast<int>(parts.size() - first));
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN && writable_again(descriptor)) continue;
        if (sent < 0) return; // nobody reads the log; there is nobody to tell
        auto left = static_cast<std::size_t>(sent);
        while (first < parts.size() && left >= parts[first].iov_len) left -= parts[first++].iov_len;
        if (first == parts.size()) return;
        parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
        parts[first].iov_len -= left;
    }
}

class standard_error final : public log_output {
public:
    void line(std::string_view text) noexcept override {
        char newline = '\n';
        // The C library's own lock of the stream: lines longer than a pipe takes at once stay
        // whole, also beside a handler that prints to stderr.
        ::flockfile(stderr);
        write_all(STDERR_FILENO,
                  {iovec{const_cast<char*>(text.data()), text.size()}, iovec{&newline, 1}});
        ::funlockfile(stderr);
    }
};

// An object without state that is never destroyed: a handler's own static destructors may still
// log. (The bases' virtual destructors keep these classes from being trivially destructible.)
template <class T> T& immortal() {
    alignas(T) static std::byte storage[sizeof(T)];
    static T* const object = ::new (static_cast<void*>(storage)) T;
    return *object;
}

} // namespace detail::real_platform

void detail::secure_standard_streams() noexcept {
    for (int each = STDIN_FILENO; each <= STDERR_FILENO; ++each) {
        if (::fcntl(each, F_GETFD) != -1 || errno != EBADF) continue;
        const int opened = ::open("/dev/null", O_RDWR); // the lowest that is free: this one
        if (opened > STDERR_FILENO) ::close(opened);    // unless another thread was faster
    }
    struct sigaction now {};
    if (::sigaction(SIGPIPE, nullptr, &now) != 0 || (now.sa_flags & SA_SIGINFO) != 0) return;
    if (now.sa_handler != SIG_DFL) return;
    now.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &now, nullptr);
}

platform system_platform() {
    namespace real = detail::real_platform;
    return {.clock = real::immortal<real::system_clock_source>(),
            .tasks = real::immortal<real::thread_executor>(),
            .random = real::immortal<real::entropy_source>(),
            .env = real::immortal<real::process_environment>(),
            .log = real::immortal<real::standard_error>()};
}

} // namespace headrace
