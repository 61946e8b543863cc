// JSON as values: parsed with limits, written compactly.
//
// Integers are 64 bit; other numbers are doubles. Objects keep the order of their members. Getters never throw:
// what is missing or of another kind reads as empty, so a decoder checks what it needs with has() and kind().
// Ownership: values. Thread-safety: values; share nothing.
#pragma once
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace rowan::formats {

class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<std::pair<std::string, Json>>;
    enum class Kind { null, boolean, integer, real, text, array, object };

    Json() = default;
    Json(std::nullptr_t) {}                               // NOLINT: all of these are meant to be implicit
    Json(bool v) : value_(v) {}                           // NOLINT
    Json(std::int64_t v) : value_(v) {}                   // NOLINT
    Json(int v) : value_(std::int64_t{v}) {}              // NOLINT
    Json(double v) : value_(v) {}                         // NOLINT
    Json(std::string v) : value_(std::move(v)) {}         // NOLINT
    Json(std::string_view v) : value_(std::string(v)) {}  // NOLINT
    Json(const char* v) : value_(std::string(v)) {}       // NOLINT
    Json(Array v) : value_(std::move(v)) {}               // NOLINT
    Json(Object v) : value_(std::move(v)) {}              // NOLINT
    static Json object(std::initializer_list<std::pair<std::string, Json>> members) {
        return Json(Object(members));
    }
    static Json strings(const std::vector<std::string>&);

    Kind kind() const { return static_cast<Kind>(value_.index()); }
    bool is_null() const { return kind() == Kind::null; }
    bool has(std::string_view member) const;
    // A member of an object; a null value when there is none.
    const Json& operator[](std::string_view member) const;
    Json& set(std::string member, Json value);  // on an object (or null, which becomes one)
    void push(Json value);                      // on an array (or null, which becomes one)

    bool boolean() const;
    std::int64_t integer() const;
    double real() const;  // integers too
    const std::string& text() const;
    const Array& array() const;
    const Object& members() const;
    std::vector<std::string> strings() const;  // the texts of an array

    std::string write() const;

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct JsonLimits {
    std::size_t bytes = 16u << 20;
    std::size_t depth = 32;
};
base::Result<Json> parse_json(std::string_view, const JsonLimits& = {});

}  // namespace rowan::formats
