// SPDX-License-Identifier: BSL-1.0
#pragma once

// Records in Redis or Valkey: for functions and fleets that share one. Link headrace::redis.

#include <headrace/idempotency/store.hpp>
#include <headrace/net/stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace headrace::idempotency {

struct redis_options {
    /// An empty port is 6379.
    net::peer server{.host = "127.0.0.1", .port = "6379", .tls = false, .ca_file = {}};
    std::string user = {};     ///< of an access control list; empty: the default user
    std::string password = {}; ///< empty: none is asked for. In no error and no log line
    std::uint32_t database = 0;
    std::string prefix = "headrace:"; ///< of every key
    /// How long one call may take, connecting included; never longer than the invocation has left.
    std::chrono::milliseconds patience = std::chrono::seconds(2);
    /// So many connections wait for the next call; others are closed after it.
    std::size_t kept = 8;
    /// One that has waited longer is not used: a sandbox that was frozen, or something on the way,
    /// may have lost it.
    std::chrono::milliseconds idle = std::chrono::seconds(20);

    /// From "redis://[user:password@]host[:port][/database][?prefix=...]", or "rediss://" for TLS,
    /// then also with "ca=file.pem". Percent-encoded where needed; ":password@" is the default
    /// user's. Errors: invalid, without a word of the text.
    [[nodiscard]] static result<redis_options> parse(std::string_view url);
};

/// One round trip for each call; concurrent calls have a connection each. Every record is a hash
/// that a script reads and writes, so a call is atomic; all times are the asker's, and Redis only
/// removes records an hour after they have expired. Needs Redis 4 or Valkey. Thread-safe; a child
/// of fork() opens connections of its own.
///
/// What Redis can forget, and then an operation may begin again while or after another attempt has
/// done it: a fail-over forgets what the replica had not received, since replication is
/// asynchronous; a crash forgets what was not yet on the disk (`appendfsync always` forgets
/// nothing); a server at `maxmemory` evicts claims, unless its `maxmemory-policy` is `noeviction`.
/// docs/howto/redis.md
///
/// A connection that turns out to be dead is replaced and the call made again: like every call of a
/// store it recognises its own write. Errors: transient while the server cannot be reached, loads,
/// is busy, full, or a replica, and after `patience`; deadline if no time is left; permanent for
/// everything else that it says (in its words), and for a cluster, which this store does not
/// follow. docs/howto/idempotency.md has the table.
class redis_store final : public store {
public:
    /// Without a connector: net::make_connector().
    explicit redis_store(redis_options options, std::unique_ptr<net::connector> by = nullptr);
    ~redis_store() override;
    redis_store(const redis_store&) = delete;
    redis_store& operator=(const redis_store&) = delete;

    /// From redis_options::parse(). Connects with the first call.
    [[nodiscard]] static result<std::unique_ptr<store>> open(std::string_view url);

    [[nodiscard]] std::string name() const override;
    result<claim_answer> claim(const context& ctx, const claim_request& request) override;
    result<write_answer> end(const context& ctx, const identity& id, owner_id owner,
                             const ending& how) override;
    result<write_answer> renew(const context& ctx, const identity& id, owner_id owner,
                               time_point lease_end, time_point expires) override;
    result<write_answer> reconcile(const context& ctx, const identity& id, std::uint64_t fence,
                                   const ending& how) override;
    result<std::optional<record>> find(const context& ctx, const identity& id) override;

private:
    class client;
    std::unique_ptr<client> client_;
};

} // namespace headrace::idempotency
