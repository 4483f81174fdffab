// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/base/detail/authority.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/base/detail/hex.hpp>
#include <headrace/base/detail/numbers.hpp>
#include <headrace/idempotency/stores/detail/resp.hpp>
#include <headrace/idempotency/stores/redis.hpp>
#include <headrace/json/detail/percent.hpp>
#include <headrace/net/detail/connections.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace headrace::idempotency {

namespace redises {

using namespace std::chrono_literals;
namespace resp = detail::resp;

// Redis removes a record so long after it has expired, so that no clock makes it forget one early.
inline constexpr std::chrono::milliseconds slack = 1h;

// ---- The conditions of store.hpp in Lua ---------------------------------------------------------

// Each begins with its name. A refusal answers with the record. Numbers are texts of 20 digits,
// since Lua's cannot hold them, and are compared by halves of ten.
inline constexpr std::string_view common = R"lua(
local fields = {'status', 'owner', 'fence', 'attempts', 'lease_end', 'expires', 'payload', 'result'}
local now = redis.call('HMGET', KEYS[1], unpack(fields))
local function halves(number)
  return tonumber(string.sub(number, 1, 10)), tonumber(string.sub(number, 11))
end
local function less(a, b)
  local a1, a2 = halves(a)
  local b1, b2 = halves(b)
  return a1 < b1 or (a1 == b1 and a2 < b2)
end
local function keep(milliseconds)
  if milliseconds == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], milliseconds)
  end
end
local function refused()
  if now[1] then return {0, unpack(now)} end
  return {0}
end
)lua";

// 1 owner 2 now 3 lapsed before 4 take over 5 first fence 6 lease_end 7 expires 8 payload 9 life
inline constexpr std::string_view claim_lua = R"lua(
local fence, attempts = ARGV[5], 1
if now[1] then
  local expired = less(now[6], ARGV[2])
  local lapsed = ARGV[4] == '1' and now[1] == 'INPROGRESS' and less(now[5], ARGV[3])
  local free = now[7] == ARGV[8] and (now[1] == 'RELEASED' or lapsed)
  if not (expired or free) then return refused() end
  local high, low = halves(now[3])
  low = low + 1
  if low == 1e10 then high, low = high + 1, 0 end
  local following = string.format('%010.0f%010.0f', high, low)
  if less(fence, following) then fence = following end
  if not expired then attempts = tonumber(now[4]) + 1 end
end
now = {'INPROGRESS', ARGV[1], fence, string.format('%.0f', attempts), ARGV[6], ARGV[7], ARGV[8], ''}
local all = {}
for i, field in ipairs(fields) do
  all[2 * i - 1] = field
  all[2 * i] = now[i]
end
redis.call('HSET', KEYS[1], unpack(all))
keep(ARGV[9])
return {1, unpack(now)}
)lua";

// 1 owner 2 status 3 result 4 expires 5 life
inline constexpr std::string_view end_lua = R"lua(
if now[1] ~= 'INPROGRESS' or now[2] ~= ARGV[1] then return refused() end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'result', ARGV[3], 'expires', ARGV[4])
keep(ARGV[5])
return {1}
)lua";

// 1 owner 2 lease_end 3 expires 4 life
inline constexpr std::string_view renew_lua = R"lua(
if now[1] ~= 'INPROGRESS' or now[2] ~= ARGV[1] then return refused() end
redis.call('HSET', KEYS[1], 'lease_end', ARGV[2], 'expires', ARGV[3])
keep(ARGV[4])
return {1}
)lua";

// 1 fence 2 status 3 result 4 expires 5 life
inline constexpr std::string_view reconcile_lua = R"lua(
if now[1] ~= 'UNKNOWN' or now[3] ~= ARGV[1] then return refused() end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'result', ARGV[3], 'expires', ARGV[4])
keep(ARGV[5])
return {1}
)lua";

// A script and what Redis calls it: the SHA-1 of its text.
class script {
public:
    script(std::string_view name, std::string_view body)
        : text_(detail::format<"-- headrace {}{}{}">(name, common, body)) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        EVP_Digest(text_.data(), text_.size(), digest.data(), &size, EVP_sha1(), nullptr);
        name_ = detail::to_hex(std::span(digest).first(size));
    }
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }

private:
    std::string text_;
    std::string name_;
};

// ---- Records as texts ---------------------------------------------------------------------------

inline std::string digits(std::uint64_t number) { return detail::last_digits(20, number); }

inline std::string digits(time_point t) {
    const std::int64_t count = t.time_since_epoch().count();
    return digits(static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)));
}

// For how long Redis keeps it, from when it hears of it; empty: for ever. By the asker's clock
// alone, so the server's may be wrong.
inline std::string life(time_point now, time_point expires) {
    if (expires == time_point::max()) return {};
    const auto left = expires > now ? expires - now : std::chrono::nanoseconds(0);
    return std::to_string((std::chrono::ceil<std::chrono::milliseconds>(left) + slack).count());
}

template <class Number> bool read(const resp::reply& from, Number& to) {
    const auto* const end = from.text.data() + from.text.size();
    const auto done = std::from_chars(from.text.data(), end, to);
    return from.kind == resp::kind::text && done.ec == std::errc{} && done.ptr == end;
}

inline bool read(const resp::reply& from, time_point& to) {
    std::int64_t count = 0;
    if (!read(from, count)) return false;
    to = time_point(std::chrono::nanoseconds(count));
    return true;
}

// From the eight fields. Nothing: they are none.
inline std::optional<record> read_record(std::span<resp::reply> fields) {
    const auto is_text = [](const resp::reply& r) { return r.kind == resp::kind::text; };
    if (fields.size() != 8 || !std::ranges::all_of(fields, is_text)) return std::nullopt;
    const auto status = parse_record_status(fields[0].text);
    const auto owner = owner_id::parse(fields[1].text);
    record r;
    const bool numbers = read(fields[2], r.fence) && read(fields[3], r.attempts)
                         && read(fields[4], r.lease_end) && read(fields[5], r.expires);
    if (!status || !owner || !numbers) return std::nullopt;
    r.status = *status;
    r.owner = *owner;
    r.payload = std::move(fields[6].text);
    r.result = std::move(fields[7].text);
    return r;
}

struct verdict {
    bool met = false;
    std::optional<record> found;
};

// {1} or {1, the record}; {0}: there is none; {0, the record}.
inline std::optional<verdict> read_verdict(resp::reply& said) {
    auto& items = said.items;
    if (items.empty() || items[0].kind != resp::kind::integer) return std::nullopt;
    verdict v{items[0].number == 1, std::nullopt};
    if (items.size() == 1) return v;
    v.found = read_record(std::span(items).subspan(1));
    if (!v.found) return std::nullopt;
    return v;
}

// ---- What the server says is wrong --------------------------------------------------------------

inline std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

// Before version 7, an error of a command in a script stands behind other words.
inline std::string_view innermost(std::string_view text) {
    const auto at = text.rfind(": -");
    return text.starts_with("ERR Error running script") && at != text.npos ? text.substr(at + 3)
                                                                           : text;
}

inline bool is_passing(std::string_view text) {
    constexpr std::string_view passing[] = {"LOADING",     "BUSY",       "TRYAGAIN",
                                            "CLUSTERDOWN", "MASTERDOWN", "READONLY",
                                            "NOREPLICAS",  "MISCONF",    "OOM"};
    return std::ranges::find(passing, first_word(text)) != std::end(passing)
           || text.starts_with("ERR max number of clients");
}

// Of whoever has not said a password, Redis reads only short commands, and says so before it looks
// at what they are.
inline bool wants_password(std::string_view text) {
    return first_word(text) == "NOAUTH" || text.starts_with("ERR Protocol error: unauthenticated ");
}

// Its words, without those of ours that it may repeat.
inline std::string words(std::string_view text) {
    text = text.substr(0, std::min<std::size_t>(text.find(", with args"), 200));
    std::string clean(text);
    std::ranges::replace_if(
        clean, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return clean;
}

// ---- Connections --------------------------------------------------------------------------------

class connection final : public resp::source {
public:
    explicit connection(std::unique_ptr<net::stream> to) : stream_(std::move(to)) {}

    result<void> write(std::string_view bytes, const detail::stopwatch& time) {
        return stream_->write(bytes, time.left());
    }
    result<resp::reply> reply(const detail::stopwatch& time) {
        time_ = &time;
        return reader_.next(*this);
    }
    [[nodiscard]] bool is_drained() const noexcept { return reader_.is_drained(); }

private:
    result<std::size_t> read_some(std::span<char> into) override {
        return stream_->read_some(into, time_->left());
    }

    std::unique_ptr<net::stream> stream_;
    resp::reply_reader reader_;
    const detail::stopwatch* time_ = nullptr;
};

} // namespace redises

class redis_store::client {
public:
    client(redis_options options, std::unique_ptr<net::connector> by)
        : options_(std::move(options)),
          connector_(by != nullptr ? std::move(by) : net::make_connector()),
          idle_(options_.kept, options_.idle) {
        if (options_.server.port.empty()) options_.server.port = "6379";
    }

    const redises::script claim{"claim", redises::claim_lua};
    const redises::script end{"end", redises::end_lua};
    const redises::script renew{"renew", redises::renew_lua};
    const redises::script reconcile{"reconcile", redises::reconcile_lua};

    [[nodiscard]] std::string name() const {
        return detail::format<"Redis at {} port {}">(options_.server.host, options_.server.port);
    }
    [[nodiscard]] std::string key_of(const identity& id) const { return options_.prefix + id.key; }

    // Runs a script about a key. Redis knows scripts by name once it has got them.
    result<detail::resp::reply> run(const context& ctx, const redises::script& what,
                                    const identity& id, std::vector<std::string_view> arguments) {
        const std::string key = key_of(id);
        arguments.insert(arguments.begin(), {"EVALSHA", what.name(), "1", key});
        const detail::stopwatch time(ctx, options_.patience);
        auto said = command(time, arguments);
        if (!said || said->kind != detail::resp::kind::error
            || redises::first_word(said->text) != "NOSCRIPT") {
            return judged(std::move(said));
        }
        arguments[0] = "EVAL";
        arguments[1] = what.text();
        return judged(command(time, arguments));
    }
    result<detail::resp::reply> look(const context& ctx, const identity& id) {
        const std::string key = key_of(id);
        const std::array<std::string_view, 10> words{"HMGET",   key,        "status",    "owner",
                                                     "fence",   "attempts", "lease_end", "expires",
                                                     "payload", "result"};
        return judged(command({ctx, options_.patience}, words));
    }
    result<write_answer> write(const context& ctx, const redises::script& what, const identity& id,
                               std::vector<std::string_view> arguments) {
        auto said = run(ctx, what, id, std::move(arguments));
        if (!said) return std::move(said).error();
        auto v = redises::read_verdict(*said);
        if (!v) return unreadable(id);
        return write_answer{v->met, std::move(v->found)};
    }
    [[nodiscard]] error unreadable(const identity& id) const {
        return unreadable_record(name(), key_of(id));
    }

private:
    using reply = detail::resp::reply;
    using connection = redises::connection;
    using stopwatch = detail::stopwatch;

    // A kept connection may have died while nobody looked, and then all of them have.
    result<reply> command(const stopwatch& time, std::span<const std::string_view> words) {
        if (time.is_over()) return error::deadline("no time is left to ask Redis");
        std::string bytes;
        detail::resp::append_command(bytes, words);
        if (auto kept = idle_.take(time.clock())) {
            auto said = exchange(std::move(kept), bytes, time);
            const bool again = !said && said.error().kind == error_class::transient;
            if (!again) return said;
            idle_.drop_all();
            if (time.is_over()) return said;
        }
        auto opened = open(time);
        if (!opened) return std::move(opened).error();
        return exchange(*std::move(opened), bytes, time);
    }

    result<reply> exchange(std::unique_ptr<connection> by, std::string_view bytes,
                           const stopwatch& time) {
        if (auto sent = by->write(bytes, time); !sent) return std::move(sent).error();
        auto said = by->reply(time);
        if (!said || !by->is_drained()) return said;
        const bool elsewhere = said->kind == detail::resp::kind::error
                               && redises::is_passing(redises::innermost(said->text));
        if (elsewhere) { // the next one may lead to a server that can
            idle_.drop_all();
        } else {
            idle_.keep(std::move(by), time.clock());
        }
        return said;
    }

    result<std::unique_ptr<connection>> open(const stopwatch& time) {
        auto connected = connector_->connect(options_.server, time.left());
        if (!connected) return std::move(connected).error();
        auto made = std::make_unique<connection>(*std::move(connected));
        std::string greeting;
        const std::string database = std::to_string(options_.database);
        if (!options_.password.empty()) {
            std::vector<std::string_view> words{"AUTH", options_.user, options_.password};
            if (options_.user.empty()) words.erase(words.begin() + 1);
            detail::resp::append_command(greeting, words);
        }
        if (options_.database != 0) {
            detail::resp::append_command(greeting,
                                         std::array<std::string_view, 2>{"SELECT", database});
        }
        if (greeting.empty()) return made;
        if (auto sent = made->write(greeting, time); !sent) return std::move(sent).error();
        if (!options_.password.empty()) {
            const auto said = made->reply(time);
            if (!said) return said.error();
            if (said->kind == detail::resp::kind::error) return refused(*said);
        }
        if (options_.database != 0) {
            auto said = judged(made->reply(time));
            if (!said) return std::move(said).error();
        }
        return made;
    }
    // Without the words of the server, which may repeat the password.
    [[nodiscard]] error refused(const reply& said) const {
        const auto word = redises::first_word(said.text);
        if (redises::is_passing(said.text)) return judged(said).error();
        return error::permanent(detail::format<"{} refuses the user or the password: {}">(
            name(), redises::words(word)));
    }

    // An error reply as an error.
    [[nodiscard]] result<reply> judged(result<reply> said) const {
        if (!said || said->kind != detail::resp::kind::error) return said;
        const auto text = redises::innermost(said->text);
        const auto word = redises::first_word(text);
        if (word == "MOVED" || word == "ASK") {
            return error::permanent(
                detail::format<"{} is part of a cluster, which this store does not follow">(
                    name()));
        }
        std::string why = name() + ": ";
        why += options_.password.empty() && redises::wants_password(text)
                   ? "NOAUTH (it wants a password, and this store was given none)"
                   : redises::words(text);
        error e = redises::is_passing(text) ? error::transient(why) : error::permanent(why);
        e.code = errc::input_output;
        return e;
    }
    redis_options options_;
    std::unique_ptr<net::connector> connector_;
    detail::pool<connection> idle_;
};

redis_store::redis_store(redis_options options, std::unique_ptr<net::connector> by)
    : client_(std::make_unique<client>(std::move(options), std::move(by))) {}
redis_store::~redis_store() = default;

result<std::unique_ptr<store>> redis_store::open(std::string_view url) {
    auto options = redis_options::parse(url);
    if (!options) return std::move(options).error();
    return std::unique_ptr<store>(std::make_unique<redis_store>(*std::move(options)));
}

// ---- The calls ----------------------------------------------------------------------------------

std::string redis_store::name() const { return client_->name(); }

result<claim_answer> redis_store::claim(const context& ctx, const claim_request& request) {
    using redises::digits;
    const auto owner = request.owner.text();
    const auto now = digits(request.now);
    const auto lapsed = digits(lapsed_before(request.now, request.margin));
    const auto fence = digits(claimed(nullptr, request).fence);
    const auto lease_end = digits(request.lease_end);
    const auto expires = digits(request.expires);
    const auto life = redises::life(request.now, request.expires);
    auto said = client_->run(ctx, client_->claim, request.id,
                             {owner, now, lapsed, request.take_over ? "1" : "0", fence, lease_end,
                              expires, request.id.payload, life});
    if (!said) return std::move(said).error();
    auto v = redises::read_verdict(*said);
    const bool good = v && v->found && (!v->met || may_end(&*v->found, request.owner));
    if (!good) return client_->unreadable(request.id);
    return claim_answer{v->met, *std::move(v->found)};
}

result<write_answer> redis_store::end(const context& ctx, const identity& id, owner_id owner,
                                      const ending& how) {
    const auto name = owner.text();
    const auto expires = redises::digits(how.expires);
    const auto life = redises::life(ctx.world->clock.now(), how.expires);
    return client_->write(ctx, client_->end, id,
                          {name, to_string(how.becomes), how.result, expires, life});
}

result<write_answer> redis_store::renew(const context& ctx, const identity& id, owner_id owner,
                                        time_point lease_end, time_point expires) {
    const auto name = owner.text();
    const auto lease = redises::digits(lease_end);
    const auto until = redises::digits(expires);
    const auto life = redises::life(ctx.world->clock.now(), expires);
    return client_->write(ctx, client_->renew, id, {name, lease, until, life});
}

result<write_answer> redis_store::reconcile(const context& ctx, const identity& id,
                                            std::uint64_t fence, const ending& how) {
    const auto seen = redises::digits(fence);
    const auto expires = redises::digits(how.expires);
    const auto life = redises::life(ctx.world->clock.now(), how.expires);
    return client_->write(ctx, client_->reconcile, id,
                          {seen, to_string(how.becomes), how.result, expires, life});
}

result<std::optional<record>> redis_store::find(const context& ctx, const identity& id) {
    auto said = client_->look(ctx, id);
    if (!said) return std::move(said).error();
    const auto is_nothing = [](const auto& r) { return r.kind == redises::resp::kind::nothing; };
    if (std::ranges::all_of(said->items, is_nothing)) return std::optional<record>();
    auto found = redises::read_record(said->items);
    if (!found) return client_->unreadable(id);
    return found;
}

// ---- The URL ------------------------------------------------------------------------------------

namespace redises {

inline error bad_url(const char* why) {
    return error::invalid(detail::format<"the URL of a Redis store {}; expected "
                                         "redis://[user:password@]host[:port][/database]">(why));
}

// What is before the first of these characters; the rest stays, without it.
inline std::string_view cut(std::string_view& text, char at) {
    const auto found = std::min(text.find(at), text.size());
    const auto before = text.substr(0, found);
    text.remove_prefix(std::min(found + 1, text.size()));
    return before;
}

inline std::string decoded(std::string_view text) {
    std::string out;
    detail::append_percent_decoded(out, text, detail::plus_sign::itself);
    return out;
}

inline std::optional<std::uint32_t> small_number(std::string_view text, std::uint32_t most) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number <= most ? std::optional(number) : std::nullopt;
}

inline result<void> parse_server(std::string_view text, redis_options& to) {
    const auto server = detail::read_authority(text);
    const auto is_plain = [](char c) { return c > 0x20 && c < 0x7F && c != '@' && c != '\\'; };
    if (!std::ranges::all_of(server.host, is_plain)) return bad_url("has a bad host");
    if (server.wrong != nullptr) return bad_url(server.wrong);
    to.server.host = server.host;
    if (const auto port = small_number(server.port, 65'535)) to.server.port = std::to_string(*port);
    return {};
}

} // namespace redises

result<redis_options> redis_options::parse(std::string_view url) {
    using namespace redises;
    redis_options to;
    if (url.starts_with("rediss://")) {
        to.server.tls = true;
    } else if (!url.starts_with("redis://")) {
        return bad_url("has another scheme than redis or rediss");
    }
    url.remove_prefix(url.find("//") + 2);
    if (url.find('#') != url.npos) return bad_url("has a fragment (a # is written as %23)");
    if (detail::has_bad_percent(url)) return bad_url("has a % that begins no byte");
    std::string_view query = url;
    std::string_view path = cut(query, '?');
    std::string_view server = cut(path, '/');
    if (const auto at = server.rfind('@'); at != server.npos) {
        auto secret = server.substr(0, at);
        server.remove_prefix(at + 1);
        to.user = decoded(cut(secret, ':'));
        to.password = decoded(secret);
        if (to.password.empty()) return bad_url("has a user without a password");
    }
    if (auto parsed = parse_server(server, to); !parsed) return std::move(parsed).error();
    if (!path.empty()) {
        const auto number = small_number(path, 1'000'000);
        if (!number) return bad_url("has a database that is no number");
        to.database = *number;
    }
    while (!query.empty()) {
        auto value = cut(query, '&');
        const auto name = cut(value, '=');
        if (name == "prefix") {
            to.prefix = decoded(value);
        } else if (name == "ca" && to.server.tls) {
            to.server.ca_file = decoded(value);
        } else {
            return bad_url("has a query that is neither prefix nor, with rediss, ca");
        }
    }
    return to;
}

} // namespace headrace::idempotency
