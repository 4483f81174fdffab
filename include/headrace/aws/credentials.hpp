// SPDX-License-Identifier: BSL-1.0
#pragma once

// Where do credentials and the region come from? From where AWS's SDKs and its command line find
// them, in the same order as far as it goes.
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html

#include <headrace/aws/http.hpp>
#include <headrace/aws/sigv4.hpp>
#include <headrace/base/context.hpp>
#include <headrace/base/result.hpp>
#include <headrace/net/stream.hpp>

#include <memory>
#include <string>
#include <utility>

namespace headrace::aws {

/// Gives the credentials of the moment. Implementations are thread-safe, and name no secret in
/// their errors.
class credentials_provider {
public:
    virtual ~credentials_provider() = default;
    [[nodiscard]] virtual result<credentials> get(const context& ctx) = 0;
    /// AWS has refused what get() gave as expired.
    virtual void forget() {}
};

/// Always the same.
class fixed_credentials final : public credentials_provider {
public:
    explicit fixed_credentials(credentials who) : who_(std::move(who)) {}
    [[nodiscard]] result<credentials> get(const context&) override { return who_; }

private:
    credentials who_;
};

/// Asks, and takes the first that is configured:
///   1. the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN;
///   2. the endpoint of a container (ECS, EKS Pod Identity, Lambda's SnapStart):
///      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or AWS_CONTAINER_CREDENTIALS_FULL_URI, with
///      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN. Without TLS
///      only this machine and the addresses of ECS and EKS are asked; with TLS AWS_CA_BUNDLE is
///      a file of certificate authorities beside the system's;
///   3. the keys of AWS_PROFILE (or "default") in AWS_SHARED_CREDENTIALS_FILE
///      (~/.aws/credentials) or AWS_CONFIG_FILE (~/.aws/config).
/// Not: roles to assume, SSO, credential_process, web identity and EC2's metadata.
/// What it has found it keeps, and asks again five minutes before it expires; if that fails, what
/// there is serves to its end. Errors: permanent where nothing is configured or what is configured
/// cannot be used, transient where the endpoint does not answer.
class credentials_chain final : public credentials_provider {
public:
    /// `by` opens the connection to a container's endpoint; null: the real one.
    explicit credentials_chain(std::shared_ptr<net::connector> by = nullptr,
                               http_limits limits = {});
    ~credentials_chain() override;
    credentials_chain(const credentials_chain&) = delete;
    credentials_chain& operator=(const credentials_chain&) = delete;

    [[nodiscard]] result<credentials> get(const context& ctx) override;
    void forget() override;

private:
    class chain;
    std::unique_ptr<chain> chain_;
};

/// AWS_REGION, AWS_DEFAULT_REGION, or the region of AWS_PROFILE in AWS_CONFIG_FILE.
/// Errors: permanent where there is none.
[[nodiscard]] result<std::string> find_region(const context& ctx);

} // namespace headrace::aws
