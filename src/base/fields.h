// A record's fields, described once: what is stored, sealed, shown in a diff and exported follows from it.
//
//     struct Child { std::string id, given_names; std::optional<base::Date> born; };
//     template <> struct rowan::base::Describe<Child> {
//         static constexpr std::string_view name = "child";
//         static constexpr auto fields = std::tuple{field("id", &Child::id, Kind::clear),
//                                                   field("given_names", &Child::given_names, Kind::sealed),
//                                                   field("born", &Child::born, Kind::sealed)};
//     };
//     for_each_field(child, [](std::string_view name, const auto& value, Kind kind) { … });
//
// Thread-safety: constants only.
#pragma once
#include <string_view>
#include <tuple>
#include <type_traits>

namespace rowan::base {

// clear: readable in the database file. sealed: encrypted with the record's key (SECURITY.md 9.1).
enum class Kind { clear, sealed };

template <class T, class M>
struct Field {
    std::string_view name;  // column name: a constant
    M T::* member;
    Kind kind;
};

template <class T, class M>
constexpr Field<T, M> field(std::string_view name, M T::* member, Kind kind) {
    return {name, member, kind};
}

// Specialise for each record: `static constexpr std::string_view name` and `static constexpr auto fields`.
template <class T>
struct Describe;

template <class T>
concept Described = requires { Describe<T>::fields; };

// Calls f(name, value reference, kind) for each field in order; the reference is mutable when the record is.
template <class T, class F>
    requires Described<std::remove_const_t<T>>
constexpr void for_each_field(T& record, F&& f) {
    std::apply([&](const auto&... each) { (f(each.name, record.*(each.member), each.kind), ...); },
               Describe<std::remove_const_t<T>>::fields);
}

// Calls f(Field<T, M>) for each field: for column lists, where no record is at hand.
template <Described T, class F>
constexpr void for_each_description(F&& f) {
    std::apply([&](const auto&... each) { (f(each), ...); }, Describe<T>::fields);
}

template <Described T>
constexpr std::size_t field_count() {
    return std::tuple_size_v<std::remove_cvref_t<decltype(Describe<T>::fields)>>;
}

}  // namespace rowan::base
