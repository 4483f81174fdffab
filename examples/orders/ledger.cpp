// SPDX-License-Identifier: BSL-1.0
#include "ledger.hpp"

#include <headrace/json/decode.hpp>

#include <fstream>
#include <utility>

using headrace::error;
using headrace::result;

ledger::ledger(std::string charges)
    : charges_(std::move(charges)), receipts_{{1001, {1001, "Ada Verne", "59.90", "EUR"}}} {}

result<receipt> ledger::book(const order& o) {
    const auto total = o.total.value();
    if (!total || *total <= 0) return error::invalid("the total of an order is a positive number");
    if (o.currency == "CHF") return error::transient("the rate of CHF is not known yet");
    const receipt written{o.id, std::string(o.customer), std::string(o.total.text()),
                          std::string(o.currency.empty() ? "EUR" : o.currency)};
    const std::lock_guard lock(mutex_);
    if (!charges_.empty()) {
        std::ofstream file(charges_, std::ios::app);
        file << headrace::encode(written) + '\n' << std::flush;
        if (!file) return error::transient("the charge cannot be written");
    }
    return receipts_.insert_or_assign(o.id, written).first->second;
}

void ledger::cancel(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    receipts_.erase(id);
}

std::optional<receipt> ledger::find(std::uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto found = receipts_.find(id);
    if (found == receipts_.end()) return std::nullopt;
    return found->second;
}

std::vector<receipt> ledger::list(std::optional<std::string_view> customer) const {
    const std::lock_guard lock(mutex_);
    std::vector<receipt> all;
    for (const auto& [id, each] : receipts_) {
        if (!customer || each.customer == *customer) all.push_back(each);
    }
    return all;
}
