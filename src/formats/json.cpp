#include "formats/json.h"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>

namespace rowan::formats {

namespace {

namespace bj = boost::json;

Json from_boost(const bj::value& v) {
    switch (v.kind()) {
        case bj::kind::null:
            return {};
        case bj::kind::bool_:
            return v.get_bool();
        case bj::kind::int64:
            return std::int64_t{v.get_int64()};
        case bj::kind::uint64:
            return static_cast<double>(v.get_uint64());
        case bj::kind::double_:
            return v.get_double();
        case bj::kind::string:
            return std::string(v.get_string());
        case bj::kind::array: {
            Json::Array out;
            out.reserve(v.get_array().size());
            for (const auto& each : v.get_array()) out.push_back(from_boost(each));
            return out;
        }
        case bj::kind::object: {
            Json::Object out;
            out.reserve(v.get_object().size());
            for (const auto& [name, each] : v.get_object()) out.emplace_back(std::string(name), from_boost(each));
            return out;
        }
    }
    return {};
}

// 1e999 reads as infinity, which JSON cannot say.
bool finite(const bj::value& v) {
    if (const auto* number = v.if_double()) return std::isfinite(*number);
    if (const auto* array = v.if_array()) return std::all_of(array->begin(), array->end(), finite);
    if (const auto* object = v.if_object())
        return std::all_of(object->begin(), object->end(),
                           [](const auto& member) { return finite(member.value()); });
    return true;
}

bj::value to_boost(const Json& v) {
    switch (v.kind()) {
        case Json::Kind::null:
            return nullptr;
        case Json::Kind::boolean:
            return v.boolean();
        case Json::Kind::integer:
            return v.integer();
        case Json::Kind::real:
            return v.real();
        case Json::Kind::text:
            return bj::string(v.text());
        case Json::Kind::array: {
            bj::array out;
            out.reserve(v.array().size());
            for (const auto& each : v.array()) out.push_back(to_boost(each));
            return out;
        }
        case Json::Kind::object: {
            bj::object out;
            out.reserve(v.members().size());
            for (const auto& [name, each] : v.members()) out[name] = to_boost(each);
            return out;
        }
    }
    return nullptr;
}

}  // namespace

Json Json::strings(const std::vector<std::string>& texts) { return Array(texts.begin(), texts.end()); }

bool Json::has(std::string_view member) const {
    for (const auto& [name, value] : members())
        if (name == member) return true;
    return false;
}

const Json& Json::operator[](std::string_view member) const {
    static const Json kNull;
    for (const auto& [name, value] : members())
        if (name == member) return value;
    return kNull;
}

Json& Json::set(std::string member, Json value) {
    if (is_null()) value_ = Object{};
    auto& all = std::get<Object>(value_);
    for (auto& [name, old] : all)
        if (name == member) {
            old = std::move(value);
            return *this;
        }
    all.emplace_back(std::move(member), std::move(value));
    return *this;
}

void Json::push(Json value) {
    if (is_null()) value_ = Array{};
    std::get<Array>(value_).push_back(std::move(value));
}

bool Json::boolean() const {
    const auto* v = std::get_if<bool>(&value_);
    return v && *v;
}

std::int64_t Json::integer() const {
    const auto* v = std::get_if<std::int64_t>(&value_);
    return v ? *v : 0;
}

double Json::real() const {
    if (const auto* v = std::get_if<double>(&value_)) return *v;
    return static_cast<double>(integer());
}

const std::string& Json::text() const {
    static const std::string kNone;
    const auto* v = std::get_if<std::string>(&value_);
    return v ? *v : kNone;
}

const Json::Array& Json::array() const {
    static const Array kNone;
    const auto* v = std::get_if<Array>(&value_);
    return v ? *v : kNone;
}

const Json::Object& Json::members() const {
    static const Object kNone;
    const auto* v = std::get_if<Object>(&value_);
    return v ? *v : kNone;
}

std::vector<std::string> Json::strings() const {
    std::vector<std::string> out;
    for (const auto& each : array())
        if (each.kind() == Kind::text) out.push_back(each.text());
    return out;
}

std::string Json::write() const { return bj::serialize(to_boost(*this)); }

base::Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes) return base::too_large("The JSON is larger than Rowan reads at once.");
    bj::parse_options options;
    options.max_depth = limits.depth;
    bj::error_code error;
    const auto value = bj::parse({text.data(), text.size()}, error, {}, options);
    if (error || !finite(value)) return base::invalid("This is not JSON that Rowan can read.");
    return from_boost(value);
}

}  // namespace rowan::formats
