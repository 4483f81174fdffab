// SPDX-License-Identifier: BSL-1.0
#pragma once

// Real servers for tests: started on a free loopback port, stopped with the object. A server whose
// program is missing fails the test and says what to install.

#include <headrace/json/detail/descriptor.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace servers {

using namespace std::chrono_literals;
using headrace::detail::descriptor;

/// A folder for the time of a test.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "headrace-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::string file(const std::string& name) const {
        return (path_ / name).string();
    }

private:
    std::filesystem::path path_;
};

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/// A socket that is bound to 127.0.0.1 and a free port, and listens if so wanted.
class bound_socket {
public:
    explicit bound_socket(int backlog = -1)
        : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto address = loopback(0);
        socklen_t size = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(socket_.get(), generic, size) == 0);
        REQUIRE(::getsockname(socket_.get(), generic, &size) == 0);
        port_ = ntohs(address.sin_port);
        if (backlog >= 0) REQUIRE(::listen(socket_.get(), backlog) == 0);
    }
    [[nodiscard]] int get() const { return socket_.get(); }
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    descriptor socket_;
    std::uint16_t port_ = 0;
};

/// What to start. "{port}" and "{folder}" in arguments are replaced by the free port and a folder
/// of its own, which is also where it runs.
struct program {
    std::string name;    ///< found in PATH, or a path
    std::string install; ///< what to do when it is missing, as the end of a sentence
    std::vector<std::string> arguments;
    std::chrono::seconds patience = 20s; ///< to accept connections
};

/// A running program. It also ends when the thread that has started it ends, by whatever means.
class server {
public:
    explicit server(program what) : what_(std::move(what)) {
        for (int tries = 0; tries < 3; ++tries) { // somebody else may take the free port
            port_ = bound_socket().port();
            if (try_start()) return;
        }
        fail();
    }
    server(const server&) = delete;
    server& operator=(const server&) = delete;
    ~server() { stop(); }

    [[nodiscard]] std::string port() const { return std::to_string(port_); }
    [[nodiscard]] std::string folder() const { return folder_.path(); }
    /// All that it has written, of the last start.
    [[nodiscard]] std::string output() const {
        std::ifstream in(folder_.file("output"), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// Again, on the same port and in the same folder.
    void start() {
        if (!try_start()) fail();
    }
    void stop() { end(SIGTERM); }
    /// As a crash would.
    void kill() { end(SIGKILL); }
    /// It hears, and answers only once it is resumed.
    void pause() const { ::kill(child_, SIGSTOP); }
    void resume() const { ::kill(child_, SIGCONT); }

private:
    bool try_start() {
        missing_ = false;
        std::vector<std::string> words{what_.name};
        for (auto argument : what_.arguments) {
            replace(argument, "{port}", port());
            replace(argument, "{folder}", folder());
            words.push_back(std::move(argument));
        }
        std::vector<char*> pointers;
        for (auto& each : words) pointers.push_back(each.data());
        pointers.push_back(nullptr);
        const std::string path = folder_.path();
        const std::string log = folder_.file("output");
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        const descriptor out(ends[0]);
        descriptor in(ends[1]);
        child_ = ::fork();
        REQUIRE(child_ >= 0);
        if (child_ == 0) { // only what is safe after fork()
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
            ::dup2(file, 1);
            ::dup2(file, 2);
            if (::chdir(path.c_str()) == 0) ::execvp(pointers[0], pointers.data());
            const int problem = errno;
            ::_exit(::write(in.get(), &problem, sizeof problem) > 0 ? 127 : 126);
        }
        in = descriptor();
        int problem = 0;
        missing_ = ::read(out.get(), &problem, sizeof problem) == sizeof problem;
        return !missing_ && accepts();
    }

    // Is there somebody at the port before patience and the program end?
    bool accepts() {
        const auto until = std::chrono::steady_clock::now() + what_.patience;
        while (std::chrono::steady_clock::now() < until) {
            if (::waitpid(child_, nullptr, WNOHANG) == child_) {
                child_ = -1;
                return false;
            }
            const descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            const auto address = loopback(port_);
            if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address)
                == 0) {
                return true;
            }
            std::this_thread::sleep_for(5ms);
        }
        return false;
    }

    void end(int signal) {
        if (child_ <= 0) return;
        ::kill(child_, signal);
        resume();
        const auto until = std::chrono::steady_clock::now() + 5s;
        while (::waitpid(child_, nullptr, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() > until) ::kill(child_, SIGKILL);
            std::this_thread::sleep_for(2ms);
        }
        child_ = -1;
    }

    void fail() {
        stop();
        std::string why = what_.name;
        if (missing_) {
            why += " cannot be run, and this test needs it: " + what_.install;
        } else {
            why += " did not start. It wrote:\n" + output();
        }
        FAIL(why);
    }

    static void replace(std::string& in, const std::string& what, const std::string& by) {
        for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + by.size())) {
            in.replace(at, what.size(), by);
        }
    }

    program what_;
    servers::folder folder_;
    std::uint16_t port_ = 0;
    pid_t child_ = -1;
    bool missing_ = false;
};

/// A Redis server without persistence, or with what `more` says.
inline program redis(const std::vector<std::string>& more = {}) {
    program p{"redis-server",
              "install Debian's package redis-server",
              {"--port", "{port}", "--bind", "127.0.0.1", "--dir", "{folder}", "--save", ""}};
    p.arguments.insert(p.arguments.end(), more.begin(), more.end());
    return p;
}

/// A Redis server that speaks TLS only, with CERTIFICATE.pem and CERTIFICATE.key of a folder.
inline program tls_redis(const std::string& folder, const std::string& certificate) {
    const auto file = folder + "/" + certificate;
    return redis({"--port", "0", "--tls-port", "{port}", "--tls-auth-clients", "no",
                  "--tls-cert-file", file + ".pem", "--tls-key-file", file + ".key"});
}

/// dynalite, an emulator of DynamoDB. Defined in idempotency/dynamodb_servers.cpp. Fails the test
/// where it is not installed.
program dynalite();

} // namespace servers
