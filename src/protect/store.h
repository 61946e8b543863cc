// The SQL of this room. Functions run inside the caller's session; none takes an access decision or writes audit.
//
// Every write keeps the whole record, sealed, as a new version in history. Updates are optimistic: they name the
// version they are based on and return false, changing nothing, when the stored one is another.
// Instants come from the caller, so that a demonstration can store the past.
// Errors: sealed bytes that do not open and keys that are missing are bugs or damage: std::runtime_error.
#pragma once
#include "partnership/office.h"
#include "protect/decision.h"
#include "protect/draft.h"
#include "protect/referral.h"
#include "protect/screening.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rowan::protect::store {

using database::Session;
using partnership::Office;

// --- referrals --------------------------------------------------------------------------------------------------

// Gives id and ref (by the year of received_at) when they are empty, version 1, and a key of its own.
void insert_referral(const Office&, Session&, Referral&, const std::string& by);
bool update_referral(const Office&, Session&, Referral&, Instant at, const std::string& by);
std::optional<Referral> find_referral(const Office&, Session&, const std::string& id);
std::optional<std::string> referral_by_ref(Session&, const std::string& ref);

// What a list shows, without opening the vault: `words` are empty in both.
struct ReferralLine {
    Referral referral;
    std::optional<Decision> decision;
};
struct ReferralQuery {
    std::vector<std::string> states;  // empty: all
    std::string area, subject_kind, referrer_user;
    std::optional<std::vector<std::string>> only;  // these ids and no others
    std::set<std::string> without;                 // roots of people about whom none is listed or counted
    // danger_first: what waits and is marked as immediate danger before all else, then by age.
    enum class Order { danger_first, oldest_first, newest_first, by_ref, by_area } order = Order::danger_first;
    std::size_t limit = 50, offset = 0;
};
std::vector<ReferralLine> list_referrals(Session&, const ReferralQuery&);
std::size_t count_referrals(Session&, const ReferralQuery&);
// All that wait for a decision, oldest first.
std::vector<ReferralLine> open_referrals(Session&);
// Those about a person, or about anybody linked to be the same person; newest first.
std::vector<ReferralLine> referrals_about(Session&, const std::string& root);
bool referred_by(Session&, const std::string& root, const std::string& user);
// What a place is called, or an empty string: opens the vault for one referral.
std::string subject_name(const Office&, Session&, const std::string& referral);

// The answers that this referrer was given and has not yet read, newest first.
std::vector<ReferralLine> unread_answers(Session&, const std::string& referrer_user);

// --- decisions --------------------------------------------------------------------------------------------------

void insert_decision(const Office&, Session&, Decision&, const std::string& by);
bool update_decision(const Office&, Session&, Decision&, Instant at, const std::string& by);
std::optional<Decision> decision_of(const Office&, Session&, const std::string& referral);
// Levels of risk that are pending and whose day has come, oldest first: (referral, decide_by).
std::vector<std::pair<std::string, Date>> pending_until(Session&, Date today);
// Roots of the young people whose newest level of risk is not "none".
std::vector<std::string> people_with_a_level(Session&);
// Made, and the referrer has not been told.
std::vector<ReferralLine> unacknowledged(Session&);

// --- screenings -------------------------------------------------------------------------------------------------

// Version 1 with a key of its own; gives id when empty.
void insert_screening(const Office&, Session&, Screening&, const std::string& by);
bool update_screening(const Office&, Session&, Screening&, Instant at, const std::string& by);
std::optional<Screening> find_screening(const Office&, Session&, const std::string& id);
// Newest first, without words.
std::vector<Screening> screenings_about(Session&, const std::string& root);
std::vector<Screening> screenings_for(Session&, const std::string& referral);
// Completed by somebody else of this agency, and not yet reviewed.
std::vector<Screening> unreviewed(Session&, const std::string& agency, const std::string& not_by);

// --- drafts -----------------------------------------------------------------------------------------------------

void insert_draft(const Office&, Session&, Draft&);
bool update_draft(const Office&, Session&, Draft&);
// Only its author's; others find nothing.
std::optional<Draft> find_draft(const Office&, Session&, const std::string& id, const std::string& user);
// Erases the draft together with its key.
bool delete_draft(Session&, const std::string& id, const std::string& user);
// False when it was saved or deleted since this version.
bool delete_draft(Session&, const Draft&);
std::vector<Draft> drafts_of(const Office&, Session&, const std::string& user);

// --- history and names ------------------------------------------------------------------------------------------

struct Version {
    std::int64_t version = 0;
    Instant at{};
    std::string by_name, by_agency;
};
std::vector<Version> versions_of(Session&, std::string_view kind, const std::string& record);

}  // namespace rowan::protect::store
