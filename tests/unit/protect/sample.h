// Samples for the tests of this room: Solihull's shipped scheme, and a referral and a decision with nothing wrong.
#pragma once
#include "partnership/scheme.h"
#include "protect/decision.h"
#include "protect/referral.h"
#include "protect/screening.h"

#include <stdexcept>

namespace rowan::protect::sample {

inline const partnership::Scheme& scheme(const std::string& code = "solihull") {
    static std::map<std::string, partnership::Scheme> loaded;
    auto found = loaded.find(code);
    if (found == loaded.end()) {
        auto scheme = partnership::shipped_scheme(code);
        if (!scheme.ok()) throw std::runtime_error(scheme.error().message);
        found = loaded.emplace(code, std::move(scheme).value()).first;
    }
    return found->second;
}

inline Date date(const char* iso) { return base::parse_iso_date(iso).value(); }
inline Instant at(const char* iso) { return base::parse_instant(iso).value(); }

inline Referral referral() {
    Referral r;
    r.subject_kind = "child";
    r.reason = "both";
    r.exploitation = {"CSE"};
    r.source_code = "2A";
    r.csc_question = "referred_now";
    r.child_aware = "yes";
    r.parent_aware = "unsafe_to_tell";
    r.definition_version = "2017";
    r.received_at = at("2018-03-26T10:00:00.000Z");
    r.words.narrative = "An older man waits for her after school in a car.";
    r.words.subject_name = "Amina Rahman";
    r.words.csc_ref = "CSC-1";
    r.words.referrer_name = "Jo Field";
    r.words.referrer_post = "Safeguarding lead";
    r.words.referrer_phone = "07700 900123";
    return r;
}

inline Decision decision() {
    Decision d;
    d.decision = "assessment_s17";
    d.risk_level = "2";
    d.decided_at = at("2018-03-27T09:00:00.000Z");
    d.decided_by = "user";
    d.words.rationale = "Grooming is likely and she needs a social worker.";
    d.words.best_interests = "She asked for somebody to talk to who will not judge her.";
    return d;
}

inline bool complains(const std::vector<FieldProblem>& problems, std::string_view field) {
    for (const auto& problem : problems)
        if (problem.field == field) return true;
    return false;
}

}  // namespace rowan::protect::sample
