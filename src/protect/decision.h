// The front-door decision: what happens with a referral, decided by a person within the clock, for the child's
// sake.
//
// H-021: the best interests of the young person are written down. H-031: nothing here asks for disclosure or
// evidence. S-031: there is no "consensual" outcome. Pure. Thread-safety: values and pure functions.
#pragma once
#include "base/fields.h"
#include "base/time.h"
#include "partnership/scheme.h"
#include "people/person.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::protect {

using base::Date;
using base::Instant;
using people::FieldProblem;

// Sealed together under the referral's key.
struct DecisionWords {
    std::string rationale;
    std::string best_interests;  // H-021
    std::string told;            // what the referrer was told, word for word
};

struct Decision {
    std::string id, referral;
    std::string decision;           // a code of partnership::kDecisions
    std::string risk_level;         // pending, none, 1, 2, 3; empty unless it is about a young person
    std::optional<Date> decide_by;  // level pending: the next date (4.1)
    Instant decided_at{};
    std::string decided_by;                  // user
    std::optional<Instant> acknowledged_at;  // when the referrer was told
    std::string acknowledged_by;
    std::optional<Instant> read_at;  // when the referrer said that they had read it
    std::int64_t version = 0;
    DecisionWords words;
};

// By field name. `subject_kind`: a risk level is asked for a young person only.
std::vector<FieldProblem> check(const Decision&, std::string_view subject_kind, Instant received_at,
                                const partnership::Scheme&);

// What must follow, one sentence each: a level 3 means a strategy discussion now (4.1).
std::vector<std::string> what_follows(const Decision&, const partnership::Scheme&);

// What the referrer is told: the decision in plain words, nothing about anybody else.
std::string plain_words(std::string_view decision, const partnership::Scheme&);
std::string acknowledgement(const Decision&, std::string_view ref, std::string_view note,
                            const partnership::Scheme&);

inline constexpr std::size_t kLeastRationale = 10;  // characters

}  // namespace rowan::protect

template <>
struct rowan::base::Describe<rowan::protect::DecisionWords> {
    using W = rowan::protect::DecisionWords;
    static constexpr std::string_view name = "decision_words";
    static constexpr auto fields = std::tuple{field("rationale", &W::rationale, Kind::sealed),
                                              field("best_interests", &W::best_interests, Kind::sealed),
                                              field("told", &W::told, Kind::sealed)};
};
template <>
struct rowan::base::Describe<rowan::protect::Decision> {
    using D = rowan::protect::Decision;
    static constexpr std::string_view name = "front_door_decision";
    static constexpr auto fields = std::tuple{field("id", &D::id, Kind::clear),
                                              field("referral", &D::referral, Kind::clear),
                                              field("decision", &D::decision, Kind::clear),
                                              field("risk_level", &D::risk_level, Kind::clear),
                                              field("decide_by", &D::decide_by, Kind::clear),
                                              field("decided_at", &D::decided_at, Kind::clear),
                                              field("decided_by", &D::decided_by, Kind::clear),
                                              field("acknowledged_at", &D::acknowledged_at, Kind::clear),
                                              field("acknowledged_by", &D::acknowledged_by, Kind::clear),
                                              field("read_at", &D::read_at, Kind::clear),
                                              field("version", &D::version, Kind::clear),
                                              field("words", &D::words, Kind::sealed)};
};
