// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <headrace/aws/credentials.hpp>
#include <headrace/base/detail/ascii.hpp>
#include <headrace/base/detail/format.hpp>
#include <headrace/json/decode.hpp>
#include <headrace/json/time.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace headrace::aws {

namespace credential_sources {

using found = std::optional<result<credentials>>; // nothing: not configured

inline std::string variable(const context& ctx, std::string_view name) {
    return ctx.world->env.get(name).value_or(std::string());
}

// An empty text where nothing can be read: iterators would throw for a folder. What such files have
// to say stands in the first megabyte; a device has no end.
inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(std::size_t{1} << 20, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

inline std::string_view trimmed(std::string_view text) { return detail::trimmed(text, " \t\r\n"); }

// ---- the environment ----------------------------------------------------------------------------

inline found from_environment(const context& ctx) {
    credentials who{.access_key_id = variable(ctx, "AWS_ACCESS_KEY_ID"),
                    .secret_access_key = variable(ctx, "AWS_SECRET_ACCESS_KEY"),
                    .session_token = variable(ctx, "AWS_SESSION_TOKEN"),
                    .expires = {}};
    if (who.access_key_id.empty() && who.secret_access_key.empty()) return std::nullopt;
    if (who.access_key_id.empty() || who.secret_access_key.empty()) {
        return error::permanent("of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set");
    }
    return who;
}

// ---- the endpoint of a container ----------------------------------------------------------------

struct endpoint_answer {
    std::string_view id, secret, token;
    iso_time expiration;
    static void wire(auto& self, auto&& field) {
        field("AccessKeyId", self.id);
        field("SecretAccessKey", self.secret);
        field("Token", self.token);
        field("Expiration", self.expiration);
    }
};

// Whoever can change the variable must not be able to have the token sent anywhere in the clear.
inline bool may_be_asked(const net::peer& server) {
    constexpr std::array allowed{"localhost", "::1",
                                 "169.254.170.2",  // ECS
                                 "169.254.170.23", // EKS
                                 "fd00:ec2::23"};  // EKS
    if (server.tls || std::ranges::find(allowed, server.host) != allowed.end()) return true;
    const auto is_address = [](char c) { return c == '.' || detail::is_digit(c); };
    return server.host.starts_with("127.") && std::ranges::all_of(server.host, is_address);
}

inline result<credentials> decode_answer(std::string_view json) {
    const auto answer = decode<endpoint_answer>(json);
    const auto bad = error::permanent("the container's credentials endpoint answered with "
                                      "something else than credentials");
    if (!answer) return bad;
    const endpoint_answer& is = **answer;
    credentials who{.access_key_id = std::string(is.id),
                    .secret_access_key = std::string(is.secret),
                    .session_token = std::string(is.token),
                    .expires = {}};
    if (who.access_key_id.empty() || who.secret_access_key.empty()) return bad;
    if (!is.expiration.text().empty()) {
        const auto when = is.expiration.time();
        if (!when) return bad;
        who.expires = *when;
    }
    return who;
}

inline result<credentials> ask_endpoint(const context& ctx, const http_url& where,
                                        std::string token, net::connector& by,
                                        const http_limits& limits) {
    http_client client(by, where.server, limits);
    std::vector<header> headers{{"Accept", "application/json"}};
    if (!token.empty()) headers.push_back({"Authorization", std::move(token)});
    const auto answer = client.exchange(
        ctx, {.method = "GET", .target = where.target, .headers = headers, .body = {}});
    if (!answer) return answer.error();
    if (answer->status == 200) return decode_answer(answer->body);
    const auto words =
        detail::format<"the container's credentials endpoint answered with status {}">(
            answer->status);
    const bool passes = answer->status == 429 || answer->status >= 500;
    return passes ? error::transient(words) : error::permanent(words);
}

inline result<std::string> endpoint_token(const context& ctx) {
    const auto file = variable(ctx, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    auto token = variable(ctx, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (!file.empty()) {
        const auto text = read_file(file);
        token = trimmed(text);
        if (token.empty()) {
            return error::permanent(
                "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE has no token to read");
        }
    }
    if (token.find_first_of("\r\n") != std::string::npos) {
        return error::permanent("the container's authorization token has a line break in it");
    }
    return token;
}

inline found from_container(const context& ctx, net::connector& by, const http_limits& limits) {
    const auto relative = variable(ctx, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const auto full = variable(ctx, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (relative.empty() && full.empty()) return std::nullopt;
    const std::string name = relative.empty() ? "AWS_CONTAINER_CREDENTIALS_FULL_URI"
                                              : "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
    auto where = parse_http_url(relative.empty() ? full : "http://169.254.170.2" + relative, name);
    if (!where) return error::permanent(where.error().message);
    if (!may_be_asked(where->server)) {
        return error::permanent(detail::format<"{} names another machine without https">(name));
    }
    where->server.ca_file = variable(ctx, "AWS_CA_BUNDLE");
    auto token = endpoint_token(ctx);
    if (!token) return std::move(token).error();
    return ask_endpoint(ctx, *where, *std::move(token), by, limits);
}

// ---- profiles -----------------------------------------------------------------------------------

// A value in a section of AWS's ini files; an empty text: there is none. Nothing: neither is the
// section.
// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
inline std::optional<std::string> value_in(std::string_view text, std::string_view section,
                                           std::string_view key) {
    std::optional<std::string> found;
    bool inside = false;
    while (!text.empty()) {
        const auto n = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, n);
        text.remove_prefix(std::min(n + 1, text.size()));
        const bool is_nested = line.starts_with(' ') || line.starts_with('\t');
        if (line.empty() || is_nested || line[0] == '#' || line[0] == ';') continue;
        if (line[0] == '[') {
            const auto end = std::min(line.find(']'), line.size());
            inside = trimmed(line.substr(1, end - 1)) == section;
            if (inside && !found) found.emplace();
            continue;
        }
        const auto equals = line.find('=');
        if (!inside || equals == line.npos || trimmed(line.substr(0, equals)) != key) continue;
        auto value = line.substr(equals + 1);
        if (const auto note = std::min(value.find(" #"), value.find(" ;")); note != value.npos)
            value = value.substr(0, note);
        found = trimmed(value);
    }
    return found;
}

inline std::string profile_name(const context& ctx) {
    auto name = variable(ctx, "AWS_PROFILE");
    return name.empty() ? "default" : name;
}

// The text of one of the two files, and what the profile's section in it is called. Of several
// names the first one counts that the file has.
struct profile_file {
    std::string text;
    std::vector<std::string> sections;
    [[nodiscard]] std::string operator[](std::string_view key) const {
        for (const auto& each : sections) {
            if (auto found = value_in(text, each, key)) return *std::move(found);
        }
        return {};
    }
};

inline profile_file open_profile(const context& ctx, std::string_view variable_name,
                                 std::string_view usual) {
    auto path = variable(ctx, variable_name);
    if (path.empty()) {
        const auto home = variable(ctx, "HOME");
        if (!home.empty()) path = detail::format<"{}/.aws/{}">(home, usual);
    } else if (path.starts_with("~/")) {
        path.replace(0, 1, variable(ctx, "HOME"));
    }
    auto name = profile_name(ctx);
    const bool in_config = usual == "config";
    profile_file out;
    if (!path.empty()) out.text = read_file(path);
    if (in_config) out.sections.push_back("profile " + name);
    if (!in_config || name == "default") out.sections.push_back(std::move(name));
    return out;
}

inline profile_file config_file(const context& ctx) {
    return open_profile(ctx, "AWS_CONFIG_FILE", "config");
}

inline found from_profile(const context& ctx) {
    for (const auto& file :
         {open_profile(ctx, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), config_file(ctx)}) {
        credentials who{.access_key_id = file["aws_access_key_id"],
                        .secret_access_key = file["aws_secret_access_key"],
                        .session_token = file["aws_session_token"],
                        .expires = {}};
        if (!who.access_key_id.empty() && !who.secret_access_key.empty()) return who;
    }
    return std::nullopt;
}

} // namespace credential_sources

class credentials_chain::chain {
public:
    chain(std::shared_ptr<net::connector> by, http_limits limits)
        : connector_(std::move(by)), limits_(limits) {}

    // Credentials that are about to expire are used while one thread asks for others, and for some
    // time after it was told none. Where there are none every thread asks: nobody waits for more
    // than its own question.
    result<credentials> get(const context& ctx) {
        using namespace std::chrono_literals;
        const auto now = ctx.world->clock.now();
        const auto is_good = [&](std::chrono::minutes early) {
            return kept_ && (!kept_->expires || now < detail::earlier(*kept_->expires, early));
        };
        std::unique_lock lock(mutex_);
        if (is_good(5min) || (is_good(0min) && now < next_question_)) return *kept_;
        next_question_ = now + 15s;
        if (!connector_) connector_ = net::make_connector();
        const auto by = connector_;
        lock.unlock();
        auto found = ask(ctx, *by);
        lock.lock();
        if (found) return *(kept_ = *std::move(found));
        if (is_good(0min)) return *kept_;
        return found;
    }
    void forget() {
        const std::lock_guard lock(mutex_);
        kept_.reset();
    }

private:
    result<credentials> ask(const context& ctx, net::connector& by) const {
        namespace sources = credential_sources;
        if (auto found = sources::from_environment(ctx)) return *std::move(found);
        if (auto found = sources::from_container(ctx, by, limits_)) {
            return *std::move(found);
        }
        if (auto found = sources::from_profile(ctx)) return *std::move(found);
        return error::permanent(
            "no AWS credentials: neither AWS_ACCESS_KEY_ID nor a container's endpoint is set, and "
            "no file has keys for the profile (roles and SSO are not looked up; 'aws configure "
            "export-credentials --format env' prints what they come to)");
    }

    std::shared_ptr<net::connector> connector_;
    http_limits limits_;
    std::mutex mutex_;
    std::optional<credentials> kept_;
    time_point next_question_{};
};

credentials_chain::credentials_chain(std::shared_ptr<net::connector> by, http_limits limits)
    : chain_(std::make_unique<chain>(std::move(by), limits)) {}
credentials_chain::~credentials_chain() = default;

result<credentials> credentials_chain::get(const context& ctx) { return chain_->get(ctx); }
void credentials_chain::forget() { chain_->forget(); }

result<std::string> find_region(const context& ctx) {
    namespace sources = credential_sources;
    for (const auto* const name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (auto region = sources::variable(ctx, name); !region.empty()) return region;
    }
    if (auto region = sources::config_file(ctx)["region"]; !region.empty()) return region;
    return error::permanent("no AWS region: set AWS_REGION, or say it in the options");
}

} // namespace headrace::aws
