// SPDX-License-Identifier: BSL-1.0
#pragma once

// The shop's own code: orders, receipts and the book that they are kept in. Nothing here knows how
// an order arrives; it only says what can be wrong with one.

#include <headrace/base/result.hpp>
#include <headrace/json/codec.hpp>
#include <headrace/json/text.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// An order as it arrives, in a message or a request. Borrows its texts from there.
struct order {
    std::uint64_t id = 0;
    std::string_view customer;
    headrace::number_text<double> total; ///< "59.90"
    std::string_view currency;

    static void wire(auto& self, auto&& field) {
        field("id", self.id).required();
        field("customer", self.customer).required();
        field("total", self.total).required();
        field("currency", self.currency);
    }
};

/// An order that is in the book. Owns its texts, so that a handler can return it.
struct receipt {
    std::uint64_t order = 0;
    std::string customer;
    std::string total;
    std::string currency;

    static void wire(auto& self, auto&& field) {
        field("order", self.order);
        field("customer", self.customer);
        field("total", self.total);
        field("currency", self.currency);
    }
};

/// The book. In memory, since this is an example, but for the charges; thread-safe, since handlers
/// may be called in several threads.
class ledger {
public:
    /// `charges` is a file that gets a line for every charge, or empty: none is written.
    explicit ledger(std::string charges);
    /// Books an order and charges its customer, whenever it is asked: to ask once is up to the
    /// caller. Errors: invalid, which no retry heals; transient while there is no exchange rate.
    headrace::result<receipt> book(const order& o);
    /// Takes an order out of the book. Nothing happens if it is not there.
    void cancel(std::uint64_t id);
    [[nodiscard]] std::optional<receipt> find(std::uint64_t id) const;
    /// All orders, or those of one customer.
    [[nodiscard]] std::vector<receipt> list(std::optional<std::string_view> customer = {}) const;

private:
    std::string charges_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, receipt> receipts_;
};
