#include "protect/codec.h"

#include "formats/json.h"

#include <stdexcept>

namespace rowan::protect::codec {

namespace {

using formats::Json;

// One overload a kind of field; a described record becomes an object, member by member.
Json to_json(const std::string& v) { return v; }
Json to_json(bool v) { return v; }
Json to_json(int v) { return v; }
Json to_json(std::int64_t v) { return v; }
Json to_json(Instant v) { return base::to_iso(v); }
Json to_json(Date v) { return base::to_iso(v); }
template <base::Described T>
Json to_json(const T&);
template <class T>
Json to_json(const std::optional<T>& v) {
    return v ? to_json(*v) : Json{};
}
template <class T>
Json to_json(const std::vector<T>& v) {
    Json::Array out;
    for (const auto& each : v) out.push_back(to_json(each));
    return out;
}
template <base::Described T>
Json to_json(const T& record) {
    Json::Object out;
    base::for_each_field(record, [&](std::string_view name, const auto& value, base::Kind) {
        out.emplace_back(std::string(name), to_json(value));
    });
    return out;
}

void from_json(const Json& json, std::string& out) { out = json.text(); }
void from_json(const Json& json, Instant& out) {
    const auto at = base::parse_instant(json.text());
    if (!at) throw std::runtime_error("a stored record has a time that cannot be read");
    out = *at;
}
template <base::Described T>
void from_json(const Json&, T&);
template <class T>
void from_json(const Json& json, std::vector<T>& out) {
    out.clear();
    for (const auto& each : json.array()) from_json(each, out.emplace_back());
}
template <base::Described T>
void from_json(const Json& json, T& record) {
    base::for_each_field(record, [&](std::string_view name, auto& value, base::Kind) {
        if (json.has(name)) from_json(json[name], value);
    });
}

template <class T>
void read_record(std::string_view text, T& out) {
    const auto json = formats::parse_json(text);
    if (!json.ok()) throw std::runtime_error("a stored record cannot be read: " + json.error().message);
    from_json(*json, out);
}

}  // namespace

std::string write(const Referral& r) { return to_json(r).write(); }
std::string write(const ReferralWords& w) { return to_json(w).write(); }
std::string write(const Decision& d) { return to_json(d).write(); }
std::string write(const DecisionWords& w) { return to_json(w).write(); }
std::string write(const Screening& c) { return to_json(c).write(); }
std::string write(const ScreeningWords& w) { return to_json(w).write(); }
std::string write(const DraftContent& c) { return to_json(c).write(); }
std::string write(const missing::Episode& e) { return to_json(e).write(); }
std::string write(const missing::EpisodeWords& w) { return to_json(w).write(); }
std::string write(const missing::ReturnInterview& i) { return to_json(i).write(); }
std::string write(const missing::InterviewWords& w) { return to_json(w).write(); }
std::string write(const missing::Mention& m) { return to_json(m).write(); }

void read(std::string_view json, ReferralWords& out) { read_record(json, out); }
void read(std::string_view json, DecisionWords& out) { read_record(json, out); }
void read(std::string_view json, ScreeningWords& out) { read_record(json, out); }
void read(std::string_view json, DraftContent& out) { read_record(json, out); }
void read(std::string_view json, missing::EpisodeWords& out) { read_record(json, out); }
void read(std::string_view json, missing::InterviewWords& out) { read_record(json, out); }
void read(std::string_view json, missing::Mention& out) { read_record(json, out); }

}  // namespace rowan::protect::codec
