// Unfinished work: what somebody has typed so far, kept sealed under the draft's own key and only for them.
// Thread-safety: values.
#pragma once
#include "base/fields.h"
#include "base/time.h"
#include "http/message.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect {

// What was typed, by field name: words as they were written, so that nothing is lost when something is wrong.
class Answers {
public:
    // The first answer, or empty.
    const std::string& get(std::string_view name) const;
    const std::vector<std::string>& all(std::string_view name) const;
    bool has(std::string_view name) const { return !all(name).empty(); }
    void set(std::string name, std::vector<std::string> values);  // no values: forgotten
    void set(std::string name, std::string value) { set(std::move(name), std::vector{std::move(value)}); }
    void forget(std::string_view name);
    // Takes over these fields from a form; one that the form does not have is forgotten. Text is tidied.
    void take(const http::Fields& form, const std::vector<std::string_view>& names);

    const std::map<std::string, std::vector<std::string>, std::less<>>& values() const { return values_; }
    bool operator==(const Answers&) const = default;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

inline constexpr std::string_view kReferralDraft = "referral", kScreeningDraft = "screening";

struct Draft {
    std::string id, user_id, kind;
    std::string subject;  // referral: who the draft is about once chosen; screening: the person
    base::Instant updated_at{};
    std::int64_t version = 0;
    Answers answers;
};

// How answers are written down before they are sealed: two lists of equal length.
struct DraftContent {
    std::vector<std::string> names, values;
};
DraftContent content_of(const Answers&);
Answers answers_from(const DraftContent&);

}  // namespace rowan::protect

template <>
struct rowan::base::Describe<rowan::protect::DraftContent> {
    using C = rowan::protect::DraftContent;
    static constexpr std::string_view name = "draft_content";
    static constexpr auto fields =
        std::tuple{field("names", &C::names, Kind::sealed), field("values", &C::values, Kind::sealed)};
};
