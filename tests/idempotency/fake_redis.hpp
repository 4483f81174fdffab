// SPDX-License-Identifier: BSL-1.0
#pragma once

// A Redis server in memory, behind the connector of a redis_store: it speaks the same bytes, does
// what the store's scripts say with the functions of store.hpp, and goes wrong when it is told to.

#include <headrace/idempotency/stores/detail/resp.hpp>
#include <headrace/idempotency/stores/redis.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fake_redis {

using namespace headrace;
namespace resp = headrace::detail::resp;
namespace idem = headrace::idempotency;

/// What goes wrong with one connection or command. After each the connection is closed.
enum class fault : std::uint8_t {
    none,
    refused,      ///< nobody listens; for commands like lost_request
    lost_request, ///< nothing is done
    lost_reply,   ///< it is done, and nobody hears of it
    torn_reply,   ///< it is done, and only the first bytes of the reply arrive
};

inline std::string bulk(std::string_view text) {
    return '$' + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

inline std::string sha1(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    std::string out;
    for (unsigned i = 0; i < size; ++i) {
        out += "0123456789abcdef"[digest[i] >> 4];
        out += "0123456789abcdef"[digest[i] & 15];
    }
    return out;
}

/// Thread-safe. Outlives its connectors and their streams.
class server {
public:
    /// Asked about every connection ("CONNECT") and every command (a script is called by its name:
    /// claim, end, renew, reconcile; a script that is not known: EVALSHA). Set it before the first.
    std::function<fault(std::string_view what)> misbehave;
    std::size_t piece = 0;      ///< so many bytes come at a time; 0: all that there are
    std::size_t torn_after = 1; ///< bytes of a torn reply

    [[nodiscard]] std::unique_ptr<net::connector> connector() {
        return std::make_unique<door>(*this);
    }
    /// A store that speaks to this.
    [[nodiscard]] std::unique_ptr<idem::store> store(idem::redis_options options = {}) {
        return std::make_unique<idem::redis_store>(std::move(options), connector());
    }
    /// What is there.
    [[nodiscard]] std::optional<idem::record> peek(const std::string& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = records_.find(key);
        return found == records_.end() ? std::nullopt : std::optional(found->second);
    }
    /// As a restart would.
    void forget_scripts() {
        const std::lock_guard lock(mutex_);
        scripts_.clear();
    }
    /// How often something was asked for, by the names that `misbehave` gets.
    [[nodiscard]] std::size_t count(const std::string& what) const {
        const std::lock_guard lock(mutex_);
        const auto found = counts_.find(what);
        return found == counts_.end() ? 0 : found->second;
    }
    /// The length of the last reply.
    [[nodiscard]] std::size_t last_reply() const {
        const std::lock_guard lock(mutex_);
        return last_reply_;
    }

private:
    using words = std::vector<std::string>;

    class line final : public net::stream {
    public:
        explicit line(server& to) : to_(to) {}
        result<void> write(std::string_view bytes, std::chrono::milliseconds) override {
            if (closed_) return broken();
            unread source(bytes);
            resp::reply_reader reader;
            do {
                const auto command = reader.next(source);
                if (!command) return broken(); // our client writes whole commands
                words asked;
                for (const auto& each : command->items) asked.push_back(each.text);
                if (!answer(asked)) break;
            } while (!source.bytes.empty() || !reader.is_drained());
            return {};
        }
        result<std::size_t> read_some(std::span<char> into, std::chrono::milliseconds) override {
            if (out_.empty() && !closed_) return broken(); // it would wait for ever
            const auto most = to_.piece == 0 ? into.size() : std::min(to_.piece, into.size());
            const auto size = std::min(most, out_.size());
            std::copy_n(out_.begin(), size, into.begin());
            out_.erase(0, size);
            return size;
        }

    private:
        struct unread final : resp::source {
            explicit unread(std::string_view all) : bytes(all) {}
            result<std::size_t> read_some(std::span<char> into) override {
                const auto size = std::min(into.size(), bytes.size());
                std::copy_n(bytes.begin(), size, into.begin());
                bytes.remove_prefix(size);
                return size;
            }
            std::string_view bytes;
        };

        bool answer(const words& asked) {
            const std::lock_guard lock(to_.mutex_);
            const auto what = to_.name(asked);
            ++to_.counts_[what];
            const auto wrong = to_.misbehave ? to_.misbehave(what) : fault::none;
            closed_ = wrong != fault::none;
            if (wrong == fault::refused || wrong == fault::lost_request) return false;
            auto reply = to_.execute(asked, what);
            to_.last_reply_ = reply.size();
            if (wrong == fault::lost_reply) reply.clear();
            if (wrong == fault::torn_reply) reply.resize(std::min(reply.size(), to_.torn_after));
            out_ += reply;
            return !closed_;
        }

        server& to_;
        std::string out_;
        bool closed_ = false;
    };

    class door final : public net::connector {
    public:
        explicit door(server& to) : to_(to) {}
        result<std::unique_ptr<net::stream>> connect(const net::peer&,
                                                     std::chrono::milliseconds) override {
            const std::lock_guard lock(to_.mutex_);
            ++to_.counts_["CONNECT"];
            if (to_.misbehave && to_.misbehave("CONNECT") != fault::none) return broken();
            return std::unique_ptr<net::stream>(std::make_unique<line>(to_));
        }

    private:
        server& to_;
    };

    static error broken() {
        error e = error::transient("the fake server does not answer");
        e.code = errc::input_output;
        return e;
    }

    std::string name(const words& asked) const {
        if (asked[0] == "EVAL") return asked[1].substr(12, asked[1].find('\n') - 12);
        if (asked[0] != "EVALSHA") return asked[0];
        const auto known = scripts_.find(asked[1]);
        return known == scripts_.end() ? asked[0] : known->second;
    }

    std::string execute(const words& asked, const std::string& what) {
        if (what == "AUTH" || what == "SELECT") return "+OK\r\n";
        if (what == "EVALSHA") return "-NOSCRIPT No matching script. Please use EVAL.\r\n";
        if (asked[0] == "EVAL") scripts_[sha1(asked[1])] = what;
        if (what == "HMGET") {
            const auto found = records_.find(asked[1]);
            if (found != records_.end()) return "*8\r\n" + fields(found->second);
            std::string nothing = "*8\r\n";
            for (int i = 0; i < 8; ++i) nothing += "$-1\r\n";
            return nothing;
        }
        return evaluate(what, asked[3], {asked.begin() + 4, asked.end()});
    }

    std::string evaluate(const std::string& what, const std::string& key, const words& given) {
        const auto found = records_.find(key);
        auto* const before = found == records_.end() ? nullptr : &found->second;
        if (what == "claim") return claim(key, before, given);
        const bool reconciles = what == "reconcile";
        const bool may = reconciles
                             ? before != nullptr && before->status == idem::record_status::unknown
                                   && before->fence == std::stoull(given[0])
                             : idem::may_end(before, *idem::owner_id::parse(given[0]));
        if (!may) return refused(before);
        if (what == "renew") {
            before->lease_end = moment(given[1]);
            before->expires = moment(given[2]);
        } else {
            const auto status = *idem::parse_record_status(given[1]);
            *before = idem::ended(*before, {status, given[2], moment(given[3])});
        }
        return "*1\r\n:1\r\n";
    }

    std::string claim(const std::string& key, idem::record* before, const words& given) {
        const idem::identity id{key, given[7]};
        const auto now = moment(given[1]);
        using std::chrono::milliseconds;
        const idem::claim_request request{
            .id = id,
            .owner = *idem::owner_id::parse(given[0]),
            .now = now,
            .lease_end = moment(given[5]),
            .expires = moment(given[6]),
            .margin = std::chrono::duration_cast<milliseconds>(now - moment(given[2])),
            .take_over = given[3] == "1"};
        if (!idem::may_claim(before, request)) return refused(before);
        const auto after = idem::claimed(before, request);
        records_[key] = after;
        return "*9\r\n:1\r\n" + fields(after);
    }

    static std::string refused(const idem::record* found) {
        return found == nullptr ? "*1\r\n:0\r\n" : "*9\r\n:0\r\n" + fields(*found);
    }
    static std::string fields(const idem::record& r) {
        const auto time = [](time_point t) { return std::to_string(t.time_since_epoch().count()); };
        return bulk(to_string(r.status)) + bulk(r.owner.text()) + bulk(std::to_string(r.fence))
               + bulk(std::to_string(r.attempts)) + bulk(time(r.lease_end)) + bulk(time(r.expires))
               + bulk(r.payload) + bulk(r.result);
    }
    static time_point moment(const std::string& text) {
        return time_point(std::chrono::nanoseconds(std::stoll(text)));
    }

    mutable std::mutex mutex_;
    std::map<std::string, idem::record> records_;
    std::map<std::string, std::string> scripts_;
    std::map<std::string, std::size_t> counts_;
    std::size_t last_reply_ = 0;
};

} // namespace fake_redis
