// SPDX-License-Identifier: BSL-1.0
#pragma once

// Records in a DynamoDB table: for functions on Lambda, whose sandboxes share nothing else. Two
// requests for an operation that is new, one for one that was done. Link headrace::dynamodb.

#include <headrace/aws/dynamodb.hpp>
#include <headrace/idempotency/store.hpp>
#include <headrace/idempotency/transaction.hpp>
#include <headrace/routing/outcome.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace headrace::idempotency {

struct dynamodb_options {
    /// The table's partition key, a string. There is no sort key.
    std::string key_attribute = "pk";
    /// The table's TTL attribute: when a record may be deleted, in seconds.
    std::string expiry_attribute = "expires_s";
    aws::dynamodb_client_options client{}; ///< of our own client
};

/// Each call is one conditional UpdateItem (claim, end, renew, reconcile) or one consistent GetItem
/// (find). A claim asks once more when the record is expired and still there, or when clocks have
/// gone back; a server that does not return the record with its refusal (emulators that ignore
/// ReturnValuesOnConditionCheckFailure) is asked for it. The client does not try again: the
/// protocol does.
/// Items have the attributes status, owner, fence, attempts, lease_ns, expires_ns, payload, result
/// (binary) beside the two of the options. TTL deletes no claim that could still be ended, and
/// records that are `unknown` never.
/// Errors: throttled and transient for what may pass, permanent for the rest (with the exception's
/// name as error::type), and for a result that does not fit into an item of 400 KB, which is not
/// sent. No I/O before the first call. Thread-safe.
class dynamodb_store final : public store {
public:
    explicit dynamodb_store(std::string table, const dynamodb_options& options = {});
    /// Over a client of yours, an aws::dynamodb_client, which is borrowed.
    template <class Client>
        requires(!std::is_convertible_v<Client&, std::string>)
    dynamodb_store(Client& client, std::string table, dynamodb_options options = {})
        : dynamodb_store(std::make_unique<lent_client<Client>>(client), std::move(table),
                         std::move(options)) {}
    ~dynamodb_store() override;
    dynamodb_store(const dynamodb_store&) = delete;
    dynamodb_store& operator=(const dynamodb_store&) = delete;

    /// "dynamodb:table", "dynamodb:table?region=eu-central-1&endpoint=http://127.0.0.1:8000"; also
    /// ca=, a PEM file of certificate authorities, and key= and expiry= for the attributes. Does
    /// nothing yet. Errors: invalid.
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

    /// For desks and tests: makes the table where it is missing, billed per request, waits until
    /// it can be used, a minute at most, and turns TTL on where the server knows it. Errors: those
    /// of the calls, transient when it takes longer.
    result<void> create_table(const context& ctx);

    /// What handlers inside of idempotent{transactional{store}} get as
    /// transaction<dynamodb_store>.
    class transaction {
    public:
        transaction(dynamodb_store& in, completion& end) noexcept : store_(&in), end_(&end) {}

        /// Writes `items` and notes that the operation is done with `reply` (what a handler may
        /// return), in one TransactWriteItems. Each item is the JSON of one of its actions:
        ///   return tx.commit(receipt{7}, {R"({"Put": {"TableName": "charges", "Item": ...}})"});
        /// If a condition is not met nothing is written. A call whose reply was lost is made again,
        /// and recognised by its ClientRequestToken or by the note. The outcome is what the handler
        /// is to return. Errors: conflict, if the operation is another's now or a condition of an
        /// item is not met (error::type is DynamoDB's code, the message counts the items from 1);
        /// those of the store; a reply that is itself a failure, of which nothing is written.
        /// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
        template <class R>
        [[nodiscard]] outcome commit(R&& reply, std::span<const std::string_view> items) const {
            return commit_outcome(end_->outcome_of(std::forward<R>(reply)), items);
        }
        template <class R>
        [[nodiscard]] outcome commit(R&& reply,
                                     std::initializer_list<std::string_view> items) const {
            return commit(std::forward<R>(reply), std::span(items.begin(), items.size()));
        }

    private:
        [[nodiscard]] outcome commit_outcome(outcome reply,
                                             std::span<const std::string_view> items) const;
        dynamodb_store* store_;
        completion* end_;
    };

private:
    class table;
    struct any_client {
        virtual ~any_client() = default;
        virtual result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                                  std::string_view json) = 0;
    };
    struct own_client;
    template <class Client> struct lent_client final : any_client {
        static constexpr bool fits = aws::dynamodb_client<Client>;
        static_assert(fits, "the client of dynamodb_store has  result<aws::dynamodb_answer> "
                            "call(const context&, std::string_view operation, std::string_view "
                            "json)  see docs/howto/dynamodb.md");
        explicit lent_client(Client& in) noexcept : client(&in) {}
        result<aws::dynamodb_answer> call(const context& ctx, std::string_view operation,
                                          std::string_view json) override {
            if constexpr (fits) {
                return client->call(ctx, operation, json);
            } else {
                return error::bug("no client");
            }
        }
        Client* client;
    };
    dynamodb_store(std::unique_ptr<any_client> client, std::string table, dynamodb_options options);

    std::unique_ptr<table> table_;
};

} // namespace headrace::idempotency
