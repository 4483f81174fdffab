// SPDX-License-Identifier: BSL-1.0
// What does it cost to turn an event's bytes into its struct?
// The floor of all is simdjson's bare DOM parse of the same bytes.
//   index          stage 1 alone: where the tokens start
//   recognise      which source it is, on an indexed document
//   decode         index, and every member into the struct, as in an invocation
//   decode+access  the same, and every lazy member is asked for its time, number, bytes or key

#include "bare_parse.hpp"
#include "events.hpp"
#include "measure.hpp"
#include "rewrite.hpp"
#include "suites.hpp"

#include <headrace/json/decode.hpp>
#include <headrace/sources/eventbridge.hpp>
#include <headrace/sources/http/rest.hpp>
#include <headrace/sources/http/v2.hpp>
#include <headrace/sources/recognise.hpp>
#include <headrace/sources/s3.hpp>
#include <headrace/sources/schedule.hpp>
#include <headrace/sources/sns.hpp>
#include <headrace/sources/sqs.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <concepts>
#include <cstring>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>

namespace headrace::bench {

namespace {

// ---- lazy members -------------------------------------------------------------------------------

// Asks each member of a struct that is not empty for what its text stands for.
class access_all {
public:
    explicit access_all(workspace& memory) : memory_(memory) {}

    template <class M> detail::any_mark operator()(field_name, M& member) {
        ask(member);
        return {};
    }
    template <class T> void ask(T& member) {
        if constexpr (described<std::remove_const_t<T>>) {
            detail::visit_wire(member, *this);
        } else if constexpr (requires { member.has_value(); }) {
            if (member) ask(*member);
        } else if constexpr (requires { member.text(); }) {
            if (!member.empty()) ask_lazy(member);
        } else if constexpr (!std::convertible_to<T&, std::string_view> && std::ranges::range<T>) {
            for (const auto& each : member) ask_element(each);
        }
    }

private:
    template <class T> void ask_element(const T& element) {
        if constexpr (requires { element.key; })
            ask(element.value);
        else
            ask(element);
    }
    template <class T> void ask_lazy(const T& member) {
        if constexpr (requires { member.time(); })
            use(member.time());
        else if constexpr (requires { member.value(); })
            use(member.value());
        else if constexpr (requires { member.bytes(memory_); })
            use(member.bytes(memory_));
        else if constexpr (requires { member.text(memory_); })
            benchmark::DoNotOptimize(member.text(memory_));
    }
    template <class T> static void use(const result<T>& got) {
        if (!got) throw std::logic_error("an event of ours has a member that cannot be read");
        benchmark::DoNotOptimize(*got);
    }
    workspace& memory_;
};

// ---- the benchmarks -----------------------------------------------------------------------------

// The event's bytes, in the input buffer of a worker.
class worker {
public:
    explicit worker(const measured_event& e) : size_(e.json.size()) {
        std::memcpy(*memory_.input(size_), e.json.data(), size_);
    }
    workspace& memory() { return memory_; }
    document indexed() {
        auto d = memory_.index_input(size_);
        if (!d) throw std::logic_error(d.error().message);
        return *d;
    }
    template <class E> void decode(E& out) {
        if (auto read = read_document(indexed(), memory_, out); !read) {
            throw std::logic_error(read.error().pointer + ": " + read.error().message);
        }
    }

private:
    workspace memory_;
    std::size_t size_;
};

void index_of(benchmark::State& state, const measured_event& e) {
    worker one(e);
    measure_against(state, bare_parse(e), [&] { benchmark::DoNotOptimize(one.indexed().tokens); });
}

template <class E> void recognise_as(benchmark::State& state, const measured_event& e) {
    worker one(e);
    const document d = one.indexed();
    if (recognise(d) == nullptr || recognise(d)->info != &E::about) {
        return state.SkipWithError("taken for another source");
    }
    measure_against(state, bare_parse(e), [&] { benchmark::DoNotOptimize(recognise(d)); });
}

template <class E> void decode_as(benchmark::State& state, const measured_event& e) {
    worker one(e);
    E decoded{};
    one.decode(decoded);
    if (meaning(encode(decoded)) != meaning(e.compact)) {
        return state.SkipWithError("decoded to something else");
    }
    measure_against(state, bare_parse(e), [&] {
        E out{};
        one.decode(out);
        E* address = &out;
        benchmark::DoNotOptimize(address);
        one.memory().reset();
    });
}

template <class E> void access_as(benchmark::State& state, const measured_event& e) {
    worker one(e);
    access_all access(one.memory());
    measure_against(state, bare_parse(e), [&] {
        E out{};
        one.decode(out);
        access.ask(out);
        one.memory().reset();
    });
}

// ---- registering --------------------------------------------------------------------------------

using benchmark_body = void (*)(benchmark::State&, const measured_event&);

struct typed_bodies {
    std::string_view source;
    benchmark_body recognise;
    benchmark_body decode;
    benchmark_body access;
};
template <class E> constexpr typed_bodies bodies_of(std::string_view source) {
    return {source, recognise_as<E>, decode_as<E>, access_as<E>};
}
constexpr std::array typed{
    bodies_of<sqs::event>("sqs"),
    bodies_of<sns::event>("sns"),
    bodies_of<s3::event>("s3"),
    bodies_of<http::rest::event>("rest"),
    bodies_of<http::v2::event>("v2"),
    bodies_of<schedule::rule_event>("schedule"),
    bodies_of<eventbridge::event>("eventbridge"),
};

void add_event(const char* family, benchmark_body body, const measured_event& e) {
    add(family + e.name, [body, &e](benchmark::State& state) {
        body(state, e);
        state.counters["document"] = static_cast<double>(e.json.size());
    });
}

} // namespace

void register_decode() {
    for (const auto& e : events()) {
        for (const auto& bodies : typed) {
            if (bodies.source != e.source()) continue;
            add_event("index/", index_of, e);
            add_event("recognise/", bodies.recognise, e);
            add_event("decode/", bodies.decode, e);
            add_event("decode+access/", bodies.access, e);
        }
    }
}

} // namespace headrace::bench
