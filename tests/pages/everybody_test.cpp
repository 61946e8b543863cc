// Every route × every person, against a table that was written by hand from DOMAIN.md 6 and not from access.cpp.
#include "pages/town.h"

#include "base/id.h"
#include "partnership/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <sstream>

namespace rowan::pages {
namespace {

using http::Method;
using partnership::AuditClass;
using support::Answer, support::CheckedClient, support::Form;

constexpr std::string_view kWorkers =
    "imogen dev martha owen safiya june tomasz bea ravi";  // search, refer, screen
constexpr std::string_view kSeeAll = "imogen dev martha owen";
constexpr std::string_view kDecide = "imogen dev martha";
constexpr std::string_view kReview = "imogen dev";
constexpr std::string_view kFigures = "imogen dev owen noor hugh";
constexpr std::string_view kInterviewers = "dev martha bea";  // offer and hold return interviews
constexpr std::string_view kHolders =
    "imogen dev martha owen safiya";  // what is held for intelligence: the front door and the police
constexpr std::string_view kLists = "imogen dev noor";
constexpr std::string_view kData = "gwen", kGovernance = "petra piers", kAccounts = "alan";
constexpr std::string_view kAnyone = "anyone", kSignedIn = "signed in";

bool among(std::string_view who, const std::string& user) {
    if (who == kAnyone || who == kSignedIn) return true;
    std::istringstream names{std::string(who)};
    for (std::string name; names >> name;)
        if (name == user) return true;
    return false;
}

// What this person would ask for: an address with a record that they may use, "" when there is none for them.
struct Asked {
    std::string address;
    Form form = {};
};
using Asking = std::function<Asked(Town&, const std::string& user, CheckedClient&)>;

struct Row {
    Method method;
    std::string pattern;
    std::string_view who;
    Asking ask;  // empty: the pattern itself
};

std::string first(std::vector<std::string> ids) { return ids.empty() ? "" : ids.front(); }
std::string agency_of(Town& town, const std::string& user) {
    return first(town.ids("SELECT agency FROM user_account WHERE user_name = $1", user));
}

std::string person_for(Town& town, const std::string& user) {
    const auto all = among(kSeeAll, user) ? town.ids("SELECT root FROM person ORDER BY root")
                                          : town.ids(
                                                "SELECT p.root FROM agency_record r JOIN person p ON p.id = "
                                                "r.person WHERE r.agency = $1 ORDER BY p.root",
                                                agency_of(town, user));
    for (const auto& id : all)
        if (id != Town::restricted_person() && id != Town::named_person() && id != Town::sealed_person() &&
            id != Town::alike_person())
            return id;
    return "";
}
std::string referral_for(Town& town, const std::string& user, bool decided = false) {
    std::vector<std::string> all;
    if (among(kSeeAll, user))
        all = decided ? town.ids(
                            "SELECT r.id FROM referral r JOIN front_door_decision d ON d.referral = r.id JOIN "
                            "person p ON p.id = r.person WHERE p.root NOT IN ($1, $2, $3, $4) ORDER BY r.id",
                            Town::restricted_person(), Town::named_person(), Town::sealed_person(),
                            Town::alike_person())
                      : town.ids(
                            "SELECT r.id FROM referral r JOIN person p ON p.id = r.person WHERE r.state = "
                            "'RECEIVED' AND p.root NOT IN ($1, $2, $3, $4) ORDER BY r.id",
                            Town::restricted_person(), Town::named_person(), Town::sealed_person(),
                            Town::alike_person());
    else
        all = town.ids("SELECT id FROM referral WHERE referrer_user = $1 ORDER BY id", town.id_of(user));
    return first(all);
}
std::string answered_referral_of(Town& town, const std::string& user) {
    return first(
        town.ids("SELECT r.id FROM referral r JOIN front_door_decision d ON d.referral = r.id WHERE "
                 "d.acknowledged_at IS NOT NULL AND r.referrer_user = $1 ORDER BY r.id",
                 town.id_of(user)));
}
std::string screening_for(Town& town, const std::string& user) {
    const auto all =
        among(kSeeAll, user)
            ? town.ids(
                  "SELECT s.id FROM screening s JOIN person p ON p.id = s.person WHERE p.root NOT IN ($1, $2, $3, "
                  "$4) ORDER BY s.id",
                  Town::restricted_person(), Town::named_person(), Town::sealed_person(), Town::alike_person())
            : town.ids(
                  "SELECT s.id FROM screening s JOIN person p ON p.id = s.person JOIN user_account u ON u.id = "
                  "s.completed_by WHERE u.user_name = $1 AND p.root NOT IN ($2, $3, $4, $5) ORDER BY s.id",
                  user, Town::restricted_person(), Town::named_person(), Town::sealed_person(),
                  Town::alike_person());
    return first(all);
}
std::string last_part(const std::string& address) { return address.substr(address.rfind('/') + 1); }
std::string episode_for(Town& town, const std::string& user, bool waiting = false) {
    const bool all =
        among(kSeeAll, user) || user == "safiya" || user == "bea";  // the front door, the police, the interviewer
    const auto& restricted = Town::restricted_person();
    const auto& named = Town::named_person();
    if (waiting)
        return first(town.ids(
            "SELECT e.id FROM missing_episode e JOIN person p ON p.id = e.person WHERE e.returned_at IS NOT NULL "
            "AND e.withdrawn_at IS NULL AND p.root NOT IN ($1, $2) AND NOT EXISTS "
            "(SELECT 1 FROM interview_episode l WHERE l.episode = e.id) ORDER BY e.missing_from DESC, e.id",
            restricted, named));
    if (all)
        return first(
            town.ids("SELECT e.id FROM missing_episode e JOIN person p ON p.id = e.person WHERE e.found_at IS "
                     "NULL AND p.root NOT IN ($1, $2) ORDER BY e.missing_from, e.id",
                     restricted, named));
    return first(
        town.ids("SELECT e.id FROM missing_episode e JOIN person p ON p.id = e.person JOIN person q ON q.root = "
                 "p.root JOIN agency_record r ON r.person = q.id WHERE r.agency = $1 "
                 "AND p.root NOT IN ($2, $3) ORDER BY e.missing_from, e.id",
                 agency_of(town, user), restricted, named));
}
std::string episode_of(Town& town, const std::string& user) { return episode_for(town, user); }
std::string returned_episode(Town& town, const std::string& user) { return episode_for(town, user, true); }
std::string missing_child(Town& town, const std::string& user) {
    const auto episode = episode_for(town, user);
    return episode.empty()
               ? ""
               : first(town.ids(
                     "SELECT p.root FROM missing_episode e JOIN person p ON p.id = e.person WHERE e.id = $1",
                     episode));
}
// The front door and the interviewer see every interview; nothing was shared with the others' agencies.
std::string interview_for(Town& town, const std::string& user) {
    if (!among(kInterviewers, user) && !among(kSeeAll, user)) return "";
    return first(
        town.ids("SELECT i.id FROM return_interview i JOIN person p ON p.id = i.person WHERE i.response = "
                 "'accepted' AND i.completed_at IS NULL AND p.root NOT IN ($1, $2) ORDER BY i.id",
                 Town::restricted_person(), Town::named_person()));
}
std::string notes_of(Town& town, const std::string& user, CheckedClient& client) {
    const auto interview = interview_for(town, user);
    return interview.empty() ? ""
                             : last_part(client.post("/missing/interviews/" + interview + "/notes").location());
}

std::string mention_for(Town& town, const std::string&) {
    return first(town.ids(
        "SELECT m.id FROM mention m JOIN person p ON p.id = m.person WHERE p.root NOT IN ($1, $2) ORDER BY m.id",
        Town::restricted_person(), Town::named_person()));
}

std::string referral_draft(Town& town, const std::string& user, CheckedClient& client) {
    if (const auto have = first(town.ids(
            "SELECT id FROM draft WHERE kind = 'referral' AND user_id = $1 ORDER BY id", town.id_of(user)));
        !have.empty())
        return have;
    const auto at = client.post("/referrals/new").location();  // /referrals/new/ID/about
    return at.size() > 15 ? at.substr(15, at.find('/', 15) - 15) : "";
}
std::string screening_draft(Town& town, const std::string& user, CheckedClient& client) {
    const auto person = person_for(town, user);
    if (person.empty()) return "";
    const auto at = client.post("/screenings/new", {{"person", person}, {"age", "14"}}).location();
    return at.starts_with("/screenings/draft/") ? last_part(at) : "";
}
std::string waiting_pair(Town& town) {
    for (const auto& row :
         town.ids("SELECT l.record_a || '/' || l.record_b FROM link_proposal l JOIN agency_record a ON a.id = "
                  "l.record_a JOIN agency_record b ON b.id = l.record_b "
                  "JOIN person p ON p.id = a.person JOIN person q ON q.id = b.person WHERE l.decided_at IS NULL "
                  "AND p.root <> q.root AND p.root NOT IN ($1, $2, $3, $4) AND q.root NOT IN ($1, $2, $3, $4) "
                  "ORDER BY l.record_a, l.record_b",
                  Town::restricted_person(), Town::named_person(), Town::sealed_person(), Town::alike_person()))
        return row;
    return "";
}
// A protected person who names this user, and the account that could be named next.
std::string protected_for(Town&, const std::string& user) {
    return user == "dev" ? Town::safe_person() : Town::named_person();
}
std::string kept_apart(Town& town, const std::string&) {
    return first(
        town.ids("SELECT d.id FROM link_decision d JOIN agency_record a ON a.id = d.record_a JOIN person p ON "
                 "p.id = a.person JOIN agency_record b ON b.id = d.record_b "
                 "JOIN person q ON q.id = b.person WHERE d.verdict = 'different' AND p.root NOT IN ($1, $2, $3, "
                 "$4) AND q.root NOT IN ($1, $2, $3, $4) AND d.undone_at IS NULL ORDER BY d.id",
                 Town::restricted_person(), Town::named_person(), Town::sealed_person(), Town::alike_person()));
}
std::string waiting_extract(Town&, const std::string& user, CheckedClient& client) {
    if (user != "gwen") return "";
    return last_part(
        client
            .upload("/extracts", {"file", "extract.csv", "Ref,Forename,Surname,DOB\nE-1,Ada,Quillby,01/02/2004\n"})
            .location());
}

Asking at(std::string before, std::string (*find)(Town&, const std::string&), std::string after = "",
          Form form = {}) {
    return [=](Town& town, const std::string& user, CheckedClient&) -> Asked {
        const auto id = find(town, user);
        return id.empty() ? Asked{} : Asked{before + id + after, form};
    };
}
Asking in_draft(std::string before, std::string (*find)(Town&, const std::string&, CheckedClient&),
                std::string after = "", Form form = {}) {
    return [=](Town& town, const std::string& user, CheckedClient& client) -> Asked {
        const auto id = find(town, user, client);
        return id.empty() ? Asked{} : Asked{before + id + after, form};
    };
}
Asking with(Form form) {
    return [form](Town&, const std::string&, CheckedClient&) -> Asked { return {"*", form}; };
}

std::string referral_of(Town& town, const std::string& user) { return referral_for(town, user); }
std::string decided_referral(Town& town, const std::string& user) { return referral_for(town, user, true); }
std::string spare_account(Town& town, const std::string&) { return town.id_of("spare"); }
std::string pair_of(Town& town, const std::string&) { return waiting_pair(town); }

std::string emergency_look(Town& town, const std::string&) {
    return first(town.ids("SELECT id FROM emergency_look ORDER BY id"));
}
std::string recovery_request(Town& town, const std::string&) {
    return first(town.ids("SELECT id FROM recovery_request ORDER BY asked_at, id"));
}
// An agency of which nobody walks here.
std::string quiet_agency(Town& town, const std::string&) {
    for (const auto& agency : town.office().scheme.agencies)
        if (town.ids("SELECT id FROM user_account WHERE agency = $1", agency.code).empty()) return agency.code;
    return "";
}
std::string role_request(Town& town, const std::string&) {
    return first(town.ids("SELECT id FROM role_request ORDER BY asked_at, id"));
}
// Hugh looked for himself (town.cpp).
std::string odd_look(Town& town, const std::string&) { return town.id_of("hugh") + "/themselves/2018-03-26"; }
std::string sealed_pair(Town& town, const std::string&) {
    return town.id_of("martha") + "/" + Town::sealed_person();
}
std::string sealed_lift(Town& town, const std::string& user) {
    return sealed_pair(town, user) + "/lifts/" + first(town.ids("SELECT id FROM conflict_lift ORDER BY id"));
}
// A second window of the same person, which the first one's page can end.
Asked other_session(Town& town, const std::string& user, CheckedClient& client) {
    auto second = town.client(user);
    const auto page = client.get("/account");
    for (const auto* form : page.document.all("form"))
        if (form->get("action").starts_with("/account/sessions/")) return {form->get("action")};
    return {};
}

// A key of their own, of which nothing but its name matters here.
Asked own_key(Town& town, const std::string& user, CheckedClient&) {
    return {"/account/keys/" + town.key_of(user) + "/remove"};
}

Asking at_agency(std::string after, Form form = {}) {
    return [=](Town& town, const std::string&, CheckedClient&) -> Asked {
        return {"/sign-in/agency/" + agency_of(town, "imogen") + after, form};
    };
}

const std::vector<Row>& table() {
    const Form stale = {{"version", "0"}, {"referral_version", "0"}};
    static const std::vector<Row> rows = {
        {Method::get, "/", kSignedIn, {}},
        {Method::get, "/help", kAnyone, {}},
        {Method::get, "/privacy", kAnyone, {}},
        {Method::get, "/accessibility", kAnyone, {}},
        {Method::get, "/sign-in", kAnyone, {}},
        {Method::post, "/sign-in", kAnyone,
         with({{"user_name", "nobody"}, {"password", "x"}, {"code", "000000"}})},
        {Method::post, "/sign-in/demonstration", kAnyone,
         [](Town& town, const std::string&, CheckedClient&) -> Asked {
             return {"*", {{"user", town.id_of("imogen")}}};
         }},
        // No agency of this town has a provider of its own; what happens where one has is in identity_test.cpp.
        {Method::get, "/sign-in/agency/{agency}", kAnyone, at_agency("")},
        {Method::get, "/sign-in/agency/{agency}/back", kAnyone, at_agency("/back?code=x&state=y")},
        {Method::post, "/sign-in/agency/{agency}/logout", kAnyone, at_agency("/logout", {{"logout_token", "x"}})},
        {Method::get, "/sign-in/waiting", kAnyone, {}},
        {Method::get, "/sign-in/again", kSignedIn, {}},
        {Method::get, "/join", kAnyone, {}},
        {Method::post, "/join/password", kAnyone, with({{"user_name", "nobody"}, {"code", "x"}})},
        {Method::post, "/join", kAnyone, with({{"user_name", "nobody"}, {"code", "x"}})},
        {Method::post, "/sign-out", kSignedIn, {}},
        {Method::get, "/account", kSignedIn, {}},
        {Method::get, "/saved/{key}", kSignedIn,
         [](Town&, const std::string&, CheckedClient&) -> Asked {
             return {"/saved/0000000000000000000000000a", {}};
         }},

        {Method::post, "/account/sessions/{id}/end", kSignedIn, other_session},
        {Method::post, "/account/recovery/stop", kSignedIn, {}},
        {Method::get, "/account/password", kSignedIn, {}},
        {Method::post, "/account/password", kSignedIn, with({{"old", "x"}, {"password", "y"}, {"again", "z"}})},
        {Method::get, "/account/keys", kSignedIn, {}},
        {Method::post, "/account/keys", kSignedIn, with({{"name", "Blue key"}})},
        {Method::get, "/account/keys/prove", kSignedIn, {}},
        {Method::post, "/account/keys/prove", kSignedIn, {}},
        {Method::get, "/account/keys/{id}/remove", kSignedIn, own_key},
        {Method::post, "/account/keys/{id}/remove", kSignedIn, own_key},
        {Method::get, "/sign-in/key", kAnyone, {}},
        {Method::post, "/sign-in/key", kAnyone, with({{"credential", "x"}})},
        {Method::get, "/account/interests", kSignedIn, {}},
        {Method::post, "/account/interests", kSignedIn, with({{"kind", "phone"}, {"phone", "x"}})},

        {Method::get, "/people", kWorkers, {}},
        {Method::get, "/search", kWorkers, {}},
        {Method::get, "/people/{id}", kWorkers, at("/people/", person_for)},
        {Method::get, "/api/people", kWorkers,
         [](Town&, const std::string&, CheckedClient&) -> Asked { return {"/api/people?q=nobody", {}}; }},
        {Method::get, "/api/people/{id}", kWorkers, at("/api/people/", person_for)},
        {Method::get, "/people/{id}/looks", kWorkers, at("/people/", person_for, "/looks")},
        {Method::post, "/people/{id}/undo-link", kReview,
         [](Town& town, const std::string&, CheckedClient&) -> Asked {
             const auto decision = first(town.ids(
                 "SELECT d.id FROM link_decision d JOIN person p ON p.id = d.kept WHERE d.verdict = 'same' AND "
                 "d.undone_at IS NULL AND p.root NOT IN ($1, $2, $3, $4) ORDER BY d.id",
                 Town::restricted_person(), Town::named_person(), Town::sealed_person(), Town::alike_person()));
             return {"/people/" + first(town.ids("SELECT kept FROM link_decision WHERE id = $1", decision)) +
                         "/undo-link",
                     {{"decision", decision}, {"reason", "two people"}}};
         }},
        {Method::get, "/people/{id}/protection", kDecide, at("/people/", person_for, "/protection")},
        {Method::post, "/people/{id}/protection", kDecide,
         at("/people/", person_for, "/protection", {{"sensitivity", "perhaps"}})},
        {Method::post, "/people/{id}/protection/name", kDecide,
         at("/people/", protected_for, "/protection/name", {{"user", "nobody"}, {"reason", "Works with them"}})},
        {Method::post, "/people/{id}/protection/remove", kDecide,
         at("/people/", protected_for, "/protection/remove", {{"user", "nobody"}, {"reason", "Has left"}})},
        {Method::get, "/people/{id}/relations", kWorkers, at("/people/", person_for, "/relations")},
        {Method::post, "/people/{id}/relations/allocate", kDecide,
         at("/people/", person_for, "/relations/allocate", {{"user", "nobody"}, {"why", "Holds the case"}})},
        {Method::post, "/people/{id}/relations/meeting", kSeeAll,
         at("/people/", person_for, "/relations/meeting", {{"user", "nobody"}, {"day-day", "x"}})},
        {Method::post, "/people/{id}/relations/disclose", "owen",
         at("/people/", person_for, "/relations/disclose", {{"user", "nobody"}, {"day-day", "x"}})},
        {Method::post, "/people/{id}/relations/end", kSeeAll,
         at("/people/", person_for, "/relations/end", {{"work", "nothing"}})},
        {Method::get, "/protected", kGovernance, {}},
        {Method::post, "/protected/{id}/name", kGovernance,
         at("/protected/", protected_for, "/name", {{"user", "nobody"}, {"reason", "Works with them"}})},
        {Method::post, "/protected/{id}/remove", kGovernance,
         at("/protected/", protected_for, "/remove", {{"user", "nobody"}, {"reason", "Has left"}})},
        {Method::get, "/emergency", kWorkers, {}},
        {Method::post, "/emergency", kWorkers, with({{"words", ""}})},
        {Method::get, "/emergencies", kGovernance, {}},
        {Method::post, "/emergencies/{id}/review", kGovernance,
         at("/emergencies/", emergency_look, "/review", {{"outcome", ""}})},
        {Method::get, "/odd-looks", kGovernance, {}},
        {Method::post, "/odd-looks/{user}/{kind}/{week}", kGovernance,
         at("/odd-looks/", odd_look, "", {{"outcome", ""}})},
        {Method::get, "/conflicts", kGovernance, {}},
        {Method::post, "/conflicts/{user}/{person}/read", kGovernance, at("/conflicts/", sealed_pair, "/read")},
        {Method::post, "/conflicts/{user}/{person}/lift", kGovernance,
         at("/conflicts/", sealed_pair, "/lift", {{"reason", ""}})},
        {Method::post, "/conflicts/{user}/{person}/lifts/{id}", kGovernance,
         at("/conflicts/", sealed_lift, "", {{"answer", "keep"}})},
        {Method::get, "/kept-apart/{id}", kReview, at("/kept-apart/", kept_apart)},
        {Method::post, "/kept-apart/{id}", kReview, at("/kept-apart/", kept_apart, "", {{"reason", ""}})},
        {Method::get, "/matches", kReview, {}},
        {Method::post, "/matches/{a}/{b}", kReview, at("/matches/", pair_of, "", {{"verdict", "perhaps"}})},

        {Method::get, "/referrals", kWorkers, {}},
        {Method::get, "/referrals/export", kWorkers, {}},
        {Method::get, "/referrals/new", kWorkers, {}},
        {Method::post, "/referrals/new", kWorkers, {}},
        {Method::get, "/referrals/new/{draft}/{step}", kWorkers,
         in_draft("/referrals/new/", referral_draft, "/worry")},
        {Method::post, "/referrals/new/{draft}/{step}", kWorkers,
         in_draft("/referrals/new/", referral_draft, "/worry", {{"narrative", "A worry."}})},
        {Method::post, "/referrals/new/{draft}/send", kWorkers,
         in_draft("/referrals/new/", referral_draft, "/send")},
        {Method::post, "/referrals/new/{draft}/delete", kWorkers,
         in_draft("/referrals/new/", referral_draft, "/delete")},
        {Method::get, "/referrals/{id}", kWorkers, at("/referrals/", referral_of)},
        {Method::get, "/referrals/{id}/sent", kWorkers, at("/referrals/", referral_of, "/sent")},
        {Method::get, "/referrals/{id}/looks", kSeeAll, at("/referrals/", referral_of, "/looks")},
        {Method::get, "/referrals/{id}/decide", kDecide, at("/referrals/", referral_of, "/decide")},
        {Method::post, "/referrals/{id}/decide", kDecide, at("/referrals/", referral_of, "/decide")},
        {Method::get, "/referrals/{id}/tell", kDecide, at("/referrals/", decided_referral, "/tell")},
        {Method::post, "/referrals/{id}/tell", kDecide, at("/referrals/", decided_referral, "/tell", stale)},
        {Method::post, "/referrals/{id}/danger", kDecide, at("/referrals/", referral_of, "/danger", stale)},
        {Method::post, "/referrals/{id}/join", kDecide, at("/referrals/", referral_of, "/join", stale)},
        {Method::post, "/referrals/{id}/part", kDecide, at("/referrals/", referral_of, "/part", stale)},
        {Method::post, "/referrals/{id}/read", kWorkers, at("/referrals/", answered_referral_of, "/read")},

        {Method::get, "/screenings/new", kWorkers, at("/screenings/new?person=", person_for)},
        {Method::post, "/screenings/new", kWorkers,
         [](Town& town, const std::string& user, CheckedClient&) -> Asked {
             const auto person = person_for(town, user);
             return person.empty() ? Asked{} : Asked{"/screenings/new", {{"person", person}, {"age", "14"}}};
         }},
        {Method::get, "/screenings/draft/{draft}", kWorkers, in_draft("/screenings/draft/", screening_draft)},
        {Method::post, "/screenings/draft/{draft}", kWorkers,
         in_draft("/screenings/draft/", screening_draft, "", {{"do", "later"}})},
        {Method::get, "/screenings/draft/{draft}/result", kWorkers,
         in_draft("/screenings/draft/", screening_draft, "/result")},
        {Method::post, "/screenings/draft/{draft}/result", kWorkers,
         in_draft("/screenings/draft/", screening_draft, "/result")},
        {Method::post, "/screenings/draft/{draft}/delete", kWorkers,
         in_draft("/screenings/draft/", screening_draft, "/delete")},
        {Method::get, "/screenings/{id}", kWorkers, at("/screenings/", screening_for)},
        {Method::post, "/screenings/{id}/amend", kWorkers, at("/screenings/", screening_for, "/amend")},
        {Method::post, "/screenings/{id}/review", kWorkers, at("/screenings/", screening_for, "/review", stale)},

        {Method::get, "/missing", kWorkers, {}},
        {Method::get, "/missing/stamp", kWorkers, {}},
        {Method::get, "/missing/events", kWorkers, {}},
        {Method::get, "/missing/intelligence", kHolders, {}},
        {Method::get, "/missing/intelligence/{id}", kHolders, at("/missing/intelligence/", mention_for)},
        {Method::post, "/missing/intelligence/{id}", kHolders,
         at("/missing/intelligence/", mention_for, "", {{"state", "perhaps"}})},
        {Method::get, "/missing/report", kWorkers, {}},
        {Method::post, "/missing/report", kWorkers, {}},
        {Method::get, "/missing/interviews", kInterviewers, {}},
        {Method::get, "/missing/interviews/{id}", kWorkers, at("/missing/interviews/", interview_for)},
        {Method::post, "/missing/interviews/{id}/attempt", kInterviewers,
         at("/missing/interviews/", interview_for, "/attempt")},
        {Method::post, "/missing/interviews/{id}/notes", kInterviewers,
         at("/missing/interviews/", interview_for, "/notes")},
        {Method::post, "/missing/interviews/{id}/share", kInterviewers,
         at("/missing/interviews/", interview_for, "/share", {{"version", "0"}, {"agency", "SCC"}})},
        {Method::get, "/missing/notes/{draft}", kInterviewers, in_draft("/missing/notes/", notes_of)},
        {Method::post, "/missing/notes/{draft}", kInterviewers,
         in_draft("/missing/notes/", notes_of, "", {{"do", "later"}})},
        {Method::post, "/missing/notes/{draft}/save", kInterviewers,
         in_draft("/missing/notes/", notes_of, "/save")},
        {Method::get, "/missing/{id}/offer", kInterviewers, at("/missing/", returned_episode, "/offer")},
        {Method::post, "/missing/{id}/offer", kInterviewers, at("/missing/", returned_episode, "/offer")},
        {Method::post, "/missing/{id}/not-offered", kInterviewers,
         at("/missing/", returned_episode, "/not-offered")},
        {Method::get, "/missing/children/{person}", kWorkers, at("/missing/children/", missing_child)},
        {Method::post, "/missing/children/{person}/strategy", kDecide,
         at("/missing/children/", missing_child, "/strategy", {{"hold", "no"}, {"reason", ""}})},
        {Method::get, "/missing/{id}", kWorkers, at("/missing/", episode_of)},
        {Method::get, "/missing/{id}/{change}", kWorkers, at("/missing/", episode_of, "/correct")},
        {Method::post, "/missing/{id}/{change}", kWorkers, at("/missing/", episode_of, "/found")},

        {Method::get, "/profile", kFigures, {}},
        {Method::get, "/profile/known-to-agencies.csv", kFigures, {}},
        {Method::get, "/profile/exclusions", kFigures, {}},
        {Method::get, "/profile/education-missing", kFigures, {}},
        {Method::get, "/profile/missing", kFigures, {}},
        {Method::get, "/profile/missing/places", kFigures, {}},
        {Method::get, "/profile/missing/gaps", kFigures, {}},
        {Method::get, "/profile/missing/questions", kFigures, {}},
        {Method::get, "/profile/missing/questions.csv", kFigures, {}},
        {Method::get, "/profile/missing/list", kLists, {}},
        {Method::get, "/profile/known-to-agencies/list", kLists, {}},
        {Method::get, "/profile/known-to-agencies/list.csv", kLists, {}},
        {Method::get, "/profile/education-missing/list", kLists, {}},
        {Method::get, "/profile/education-missing/list.csv", kLists, {}},

        {Method::get, "/extracts", kData, {}},
        {Method::post, "/extracts", kData, {}},
        {Method::get, "/extracts/{id}", kData, in_draft("/extracts/", waiting_extract)},
        {Method::post, "/extracts/{id}/mapping", kData, in_draft("/extracts/", waiting_extract, "/mapping")},
        {Method::post, "/extracts/{id}/commit", kData, in_draft("/extracts/", waiting_extract, "/commit")},
        {Method::post, "/extracts/{id}/abandon", kData, in_draft("/extracts/", waiting_extract, "/abandon")},

        {Method::get, "/looks", kGovernance, {}},
        {Method::get, "/protocol", kGovernance, {}},
        {Method::post, "/protocol/sign", kGovernance, with({{"agency", "nowhere"}})},
        {Method::post, "/protocol/withdraw", kGovernance, with({{"agency", "nowhere"}})},
        {Method::get, "/accounts", kAccounts, {}},
        {Method::post, "/accounts/{id}/roles", kAccounts,
         at("/accounts/", spare_account, "/roles", {{"role", "analyst"}})},
        {Method::post, "/accounts/{id}/team", kAccounts,
         at("/accounts/", spare_account, "/team", {{"team", "North"}})},
        {Method::post, "/accounts/{id}/roles/end", kAccounts,
         at("/accounts/", spare_account, "/roles/end", {{"role", "practitioner"}})},
        {Method::get, "/roles", kGovernance, {}},
        {Method::post, "/roles/{id}", kGovernance, at("/roles/", role_request, "", {{"answer", "refuse"}})},
        {Method::post, "/accounts/{id}/recover", kAccounts, at("/accounts/", spare_account, "/recover")},
        {Method::post, "/recoveries/{id}", kGovernance,
         at("/recoveries/", recovery_request, "", {{"answer", "refuse"}})},
        {Method::get, "/agencies", kAccounts, {}},
        {Method::get, "/agencies/{agency}", kAccounts, at("/agencies/", quiet_agency)},
        {Method::post, "/agencies/{agency}/shut", kAccounts, at("/agencies/", quiet_agency, "/shut")},
        {Method::post, "/agencies/{agency}/open", kAccounts, at("/agencies/", quiet_agency, "/open")},
        {Method::post, "/accounts/{id}/disable", kAccounts, at("/accounts/", spare_account, "/disable")},
    };
    return rows;
}

std::string name_of(const Row& row) { return std::string(http::to_string(row.method)) + " " + row.pattern; }
// The token of the sign-out form is written anew on every page (nothing to learn from its bytes); all else counts.
std::string without_token(const Answer& answer) {
    auto body = answer.body();
    const std::string field = "name=\"" + std::string(html::kCsrfField) + "\" value=\"";
    for (auto at = body.find(field); at != std::string::npos; at = body.find(field, at + 1))
        body.erase(at + field.size(), body.find('"', at + field.size()) - at - field.size());
    return body;
}
bool same(const Answer& a, const Answer& b) {
    return a.status() == b.status() && a.response.headers == b.response.headers &&
           a.response.content_type == b.response.content_type && a.body().size() == b.body().size() &&
           without_token(a) == without_token(b);
}

// One answer of the whole walk, with what the log got from it.
struct Walked {
    const Row* row;
    std::string user, address;
    bool may = false, has_record = false;
    Answer answer, absent;
    std::vector<partnership::AuditEntry> entries;
};

struct Walk {
    std::vector<Walked> all;
    partnership::AuditReport audit;

    Walk() {
        Town town;
        for (const auto& row : table())
            for (const auto& user : personas()) step(town, row, user);
        audit = town.office().database.read([&](database::Session& s) {
            return partnership::verify_audit(s, town.office().keyring, town.office().audit.log_id());
        });
    }

private:
    void step(Town& town, const Row& row, const std::string& user) {
        auto client = town.client(user);
        Walked out;
        out.row = &row;
        out.user = user;
        // Only `vera` and `clara` may not by the protocol; that is the same as not being on the list.
        out.may = among(row.who, user);
        Asked asked{row.pattern, {}};
        if (row.ask) {
            asked = out.may ? row.ask(town, user, client) : Asked{};
            out.has_record = !asked.address.empty();
            if (asked.address.empty()) {  // somebody else's record
                for (const auto* other : {"imogen", "tomasz", "june", "bea", "owen", "gwen", "petra", "alan"}) {
                    if (other == user || !among(row.who, other)) continue;
                    auto theirs = town.client(other);
                    asked = row.ask(town, other, theirs);
                    if (!asked.address.empty()) break;
                }
            }
            if (asked.address == "*") asked.address = row.pattern;
        } else {
            out.has_record = true;
        }
        out.address = asked.address;
        out.absent = row.method == Method::get ? client.get("/there-is-no-such-address")
                                               : client.post("/there-is-no-such-address");
        const auto before = town.audit_size();
        out.answer =
            row.method == Method::get ? client.get(asked.address) : client.post(asked.address, asked.form);
        out.entries = town.audit_since(before);
        std::erase_if(out.entries, [&](const auto& entry) { return entry.user_id != town.id_of(user); });
        all.push_back(std::move(out));
    }
};

const Walk& walk() {
    static const Walk done;
    return done;
}

TEST(EveryPage, Every_route_is_in_the_table_and_every_line_of_the_table_is_a_route) {
    Town town;
    std::set<std::string> routes, lines;
    for (const auto& route : town.routes().all())
        routes.insert(std::string(http::to_string(route.method)) + " " + route.pattern);
    for (const auto& row : table()) EXPECT_TRUE(lines.insert(name_of(row)).second) << name_of(row) << " twice";
    EXPECT_THAT(routes, testing::IsSupersetOf(lines));
    EXPECT_THAT(lines, testing::IsSupersetOf(routes))
        << "a route that this table does not know: say here who may use it";
}

TEST(EveryPage, Each_person_gets_what_the_table_says_and_no_more) {
    std::set<std::string> used;
    for (const auto& w : walk().all) {
        const auto where = w.user + ", " + name_of(*w.row) + " at " + w.address;
        ASSERT_FALSE(w.address.empty()) << where;
        if (w.may && w.has_record) {
            used.insert(name_of(*w.row));
            const int status = w.answer.status();
            // A desk may still say why not: a stale version, somebody else's screening. That is an answer with
            // reasons.
            const bool reasons = w.answer.body().find("We could not do that") != std::string::npos ||
                                 w.row->pattern == "/sign-in" || w.row->pattern == "/sign-in/key" ||
                                 w.row->pattern.starts_with("/account/keys") ||
                                 w.row->pattern == "/account/password" || w.row->pattern.starts_with("/join");
            EXPECT_TRUE(status == 200 || status == 303 || status == 409 ||
                        ((status == 400 || status == 403) && reasons))
                << where << " -> " << status;
        } else {
            EXPECT_EQ(w.answer.status(), 404) << where;
            EXPECT_TRUE(same(w.answer, w.absent))
                << where << ": what may not be seen differs from what is not there";
        }
    }
    for (const auto& row : table())
        EXPECT_TRUE(used.contains(name_of(row)))
            << name_of(row) << " was never allowed to anybody: the town lacks a record for it";
}

// Neither a page, nor a word for a program that runs in one, nor what a page shows told to a program.
bool is_file(const http::Response& answer) {
    if (answer.status != 200) return false;
    for (const auto& [name, value] : answer.headers)
        if (name == "Content-Disposition") return true;
    for (const auto* seen : {"text/html", "text/plain", "text/event-stream", "application/json"})
        if (answer.content_type.starts_with(seen)) return false;
    return !answer.body.empty();
}

// Whatever route answers with a file that shows people: outside a demonstration, only to a session with a key.
// One's own referrals are no list of people (ADR 0035).
TEST(EveryPage, A_file_with_people_in_it_goes_to_nobody_without_a_security_key) {
    Town town;
    auto office = town.office();
    office.demonstration = false;
    partnership::Front front(office, town.routes());
    std::set<std::string> refused;
    int own = 0;
    for (const auto& w : walk().all) {
        if (!is_file(w.answer.response)) continue;
        const auto found = town.routes().find(w.row->method, w.address.substr(0, w.address.find('?')));
        ASSERT_TRUE(found.route) << w.address;
        using Kind = AuditClass::Kind;
        if (const auto kind = found.route->audit.kind(); kind == Kind::nothing || kind == Kind::aggregate)
            continue;
        auto request = CheckedClient::request(w.row->method, w.address);
        request.cookies.add("rowan", town.client(w.user).cookie());
        const auto before = town.audit_size();
        if (!is_file(front.handle(request))) {
            refused.insert(w.row->pattern);
            continue;
        }
        const auto entries = town.audit_since(before);
        EXPECT_FALSE(entries.empty()) << w.user << " " << name_of(*w.row);
        for (const auto& entry : entries) EXPECT_EQ(entry.rule, "referrer") << w.user << " " << name_of(*w.row);
        ++own;
    }
    EXPECT_GE(refused.size(), 3u) << "the walk did come by files";
    EXPECT_GT(own, 0);
}

TEST(EveryPage, H_111_an_agency_that_has_not_signed_gets_nothing_whatever_its_roles) {
    int refused = 0;
    for (const auto& w : walk().all)
        if ((w.user == "vera" || w.user == "clara") && w.row->who != kAnyone && w.row->who != kSignedIn) {
            EXPECT_EQ(w.answer.status(), 404) << w.user << " " << name_of(*w.row);
            EXPECT_TRUE(same(w.answer, w.absent)) << w.user << " " << name_of(*w.row);
            ++refused;
        }
    EXPECT_GT(refused, 80);
}

TEST(EveryPage, Each_look_is_an_entry_of_the_log_and_so_is_each_refusal) {
    for (const auto& w : walk().all) {
        const auto where = w.user + ", " + name_of(*w.row) + " at " + w.address;
        if (!w.may) {
            ASSERT_FALSE(w.entries.empty()) << where << ": refused and not recorded";
            EXPECT_EQ(w.entries.back().outcome, "denied") << where;
            continue;
        }
        if (w.row->method != Method::get || w.answer.status() != 200 || !w.has_record) continue;
        static const std::set<std::string> kNothingPersonal = {"/help",
                                                               "/privacy",
                                                               "/accessibility",
                                                               "/sign-in",
                                                               "/account",
                                                               "/saved/{key}",
                                                               "/join",
                                                               "/account/interests",
                                                               "/emergency",
                                                               "/protocol",
                                                               "/accounts",
                                                               "/roles",
                                                               "/extracts",
                                                               "/missing/stamp",
                                                               "/missing/events",
                                                               "/agencies",
                                                               "/agencies/{agency}",
                                                               "/account/password",
                                                               "/account/keys",
                                                               "/account/keys/prove",
                                                               "/account/keys/{id}/remove",
                                                               "/sign-in/key"};
        if (kNothingPersonal.contains(w.row->pattern)) continue;
        ASSERT_FALSE(w.entries.empty()) << where << ": seen and not recorded";
        for (const auto& entry : w.entries) EXPECT_EQ(entry.outcome, "allowed") << where;
    }
}

TEST(EveryPage, The_log_is_whole_after_everybody_has_been_everywhere) {
    EXPECT_THAT(walk().audit.problems, testing::IsEmpty());
    EXPECT_GT(walk().audit.entries, 1000);
}

TEST(EveryPage, Nobody_signed_in_gets_the_open_pages_and_learns_of_no_other) {
    Town town;
    auto client = town.client();
    const auto absent_page = client.get("/there-is-no-such-address"),
               absent_post = client.post("/there-is-no-such-address");
    EXPECT_EQ(absent_page.status(), 303);
    EXPECT_EQ(absent_page.location(), "/sign-in");
    for (const auto& row : table()) {
        auto fresh = town.client();
        auto owner = town.client("imogen");
        auto asked = row.ask ? row.ask(town, "imogen", owner) : Asked{row.pattern, {}};
        if (asked.address.empty() || asked.address == "*") asked.address = row.pattern;
        const auto before = town.rows_of_all_tables();
        const auto answer =
            row.method == Method::get ? fresh.get(asked.address) : fresh.post(asked.address, asked.form);
        if (row.who == kAnyone) {
            const bool sent_by_a_provider = row.pattern == "/sign-in/agency/{agency}/logout";
            EXPECT_TRUE(answer.status() == 200 || answer.status() == 303 || answer.status() == 403 ||
                        (sent_by_a_provider && answer.status() == 400))
                << name_of(row);
            EXPECT_NE(answer.location(), "/sign-in") << name_of(row);
            continue;
        }
        EXPECT_TRUE(same(answer, row.method == Method::get ? absent_page : absent_post)) << name_of(row);
        EXPECT_EQ(town.rows_of_all_tables(), before) << name_of(row);
    }
}

// --- one record at a time ---------------------------------------------------------------------------------------

TEST(EveryPage, A_record_that_may_not_be_seen_is_the_same_bytes_as_one_that_is_not_there) {
    Town town;
    const std::string nowhere = base::new_id();
    const auto people = town.ids("SELECT DISTINCT root FROM person ORDER BY root"),
               referrals = town.ids("SELECT id FROM referral ORDER BY id"),
               screenings = town.ids("SELECT id FROM screening ORDER BY id"),
               apart = town.ids("SELECT id FROM link_decision WHERE verdict = 'different' ORDER BY id"),
               drafts = town.ids("SELECT id FROM draft ORDER BY id");
    ASSERT_GT(people.size(), 50u);
    ASSERT_GT(referrals.size(), 5u);
    std::map<std::string, int> denied, shown;
    for (const auto* user : {"imogen", "safiya", "tomasz", "june", "ravi"}) {
        auto client = town.client(user);
        const auto absent = client.get("/people/" + nowhere);
        ASSERT_EQ(absent.status(), 404);
        const auto all = [&](const std::vector<std::string>& ids, const std::string& before,
                             const std::string& after) {
            for (std::size_t i = 0; i < ids.size() && i < 40; ++i) {
                const auto answer = client.get(before + ids[i] + after);
                if (answer.status() == 404) {
                    EXPECT_TRUE(same(answer, absent)) << user << " " << before << ids[i] << after;
                    ++denied[before + after];
                } else {
                    EXPECT_TRUE(answer.status() == 200 || answer.status() == 409)
                        << user << " " << before << ids[i] << after;
                    ++shown[before + after];
                }
            }
        };
        all(people, "/people/", "");
        all(people, "/api/people/", "");
        all(people, "/people/", "/looks");
        all(people, "/people/", "/protection");
        all(people, "/people/", "/relations");
        all({Town::named_person(), Town::restricted_person()}, "/people/", "");
        all(apart, "/kept-apart/", "");
        all(people, "/screenings/new?person=", "");
        all(referrals, "/referrals/", "");
        all(referrals, "/referrals/", "/sent");
        all(referrals, "/referrals/", "/looks");
        all(referrals, "/referrals/", "/decide");
        all(referrals, "/referrals/", "/tell");
        all(screenings, "/screenings/", "");
        all(drafts, "/referrals/new/", "/worry");
        all(drafts, "/screenings/draft/", "");
    }
    for (const auto* where :
         {"/people/", "/api/people/", "/people//looks", "/people//protection", "/people//relations",
          "/kept-apart/", "/screenings/new?person=", "/referrals/", "/referrals//sent", "/referrals//looks",
          "/referrals//decide", "/screenings/", "/referrals/new//worry"}) {
        EXPECT_GT(denied[where], 0) << where << ": the test refused nobody";
        if (std::string(where) != "/referrals/new//worry") {
            EXPECT_GT(shown[where], 0) << where << ": the test showed nobody anything";
        }
    }
}

TEST(EveryPage, An_id_written_in_another_way_is_not_there) {
    Town town;
    auto client = town.client("imogen");
    const auto absent = client.get("/people/" + base::new_id());
    const auto person = person_for(town, "imogen"), referral = referral_for(town, "imogen"),
               screening = screening_for(town, "imogen");
    ASSERT_EQ(client.get("/people/" + person).status(), 200);
    const auto upper = [](std::string id) {
        for (auto& c : id) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return id;
    };
    for (const auto& [before, id] :
         {std::pair{std::string("/people/"), person}, {"/referrals/", referral}, {"/screenings/", screening}})
        for (const auto& other :
             {upper(id), id + "0", id.substr(1), std::string(300, 'a'), std::string("1"), std::string("-1"),
              std::string("%27"), id + "%20", std::string("{id}"), std::string("'")}) {
            if (other == id) continue;
            EXPECT_TRUE(same(client.get(before + other), absent)) << before << other;
        }
    EXPECT_TRUE(same(client.get("/people/" + referral), absent)) << "an id of another kind";
    EXPECT_TRUE(same(client.get("/referrals/" + person), absent));
    EXPECT_TRUE(same(client.get("/extracts/" + referral), absent));
}

TEST(EveryPage, H_111_a_withdrawn_signature_closes_every_page_with_the_next_request) {
    Town town;
    auto june = town.client("june"), petra = town.client("petra");
    ASSERT_EQ(june.get("/people").status(), 200);
    const auto person = person_for(town, "june");
    ASSERT_EQ(june.get("/people/" + person).status(), 200);
    ASSERT_EQ(petra.post("/protocol/withdraw", {{"agency", agency_of(town, "june")}}).status(), 303);
    EXPECT_EQ(june.get("/people").status(), 404);
    EXPECT_EQ(june.get("/people/" + person).status(), 404);
    EXPECT_EQ(june.post("/referrals/new").status(), 404);
    EXPECT_THAT(june.get("/").body(), testing::HasSubstr("has not signed the Information Sharing Protocol"));
    ASSERT_EQ(
        petra.post("/protocol/sign", {{"agency", agency_of(town, "june")}, {"post", "Chief executive"}}).status(),
        303);
    EXPECT_EQ(june.get("/people/" + person).status(), 200);
}

// --- forms from elsewhere ---------------------------------------------------------------------------------------

TEST(EveryPage, A_form_from_elsewhere_is_refused_before_anything_is_written) {
    Town town;
    auto stranger = town.client("dev");
    const auto other_token = stranger.csrf();
    int sent = 0;
    for (const auto& row : table()) {
        if (row.method != Method::post) continue;
        std::string user = "imogen";
        for (const auto* each : {"imogen", "gwen", "petra", "alan", "tomasz", "june", "bea", "owen"})
            if (among(row.who, each)) {
                auto trial = town.client(each);
                if (!row.ask || !row.ask(town, each, trial).address.empty()) {
                    user = each;
                    break;
                }
            }
        auto client = town.client(user);
        auto asked = row.ask ? row.ask(town, user, client) : Asked{row.pattern, {}};
        if (asked.address.empty() || asked.address == "*") asked.address = row.pattern;
        const auto with_token = [&](const std::string& token) {
            auto form = asked.form;
            if (!token.empty()) form.emplace_back(html::kCsrfField, token);
            return CheckedClient::request(Method::post, asked.address, form);
        };
        const auto from = [&](const char* header, const char* value) {
            auto request = with_token(client.csrf());
            request.headers.add(header, value);
            return request;
        };
        auto json = with_token(client.csrf());
        json.headers = {};
        json.headers.add("host", "rowan.example");
        json.headers.add("content-type", "text/plain");
        const std::pair<const char*, http::Request> kForged[] = {
            {"no token", with_token("")},
            {"another session's token", with_token(other_token)},
            {"half a token", with_token(client.csrf().substr(0, 20))},
            {"Origin of elsewhere", from("origin", "https://evil.example")},
            {"Origin null", from("origin", "null")},
            {"Origin with another scheme", from("origin", "https://rowan.example")},
            {"Sec-Fetch-Site cross-site", from("sec-fetch-site", "cross-site")},
            {"Sec-Fetch-Site same-site", from("sec-fetch-site", "same-site")},
            {"text/plain", json},
        };
        const auto before = town.rows_of_all_tables();
        for (const auto& [what, request] : kForged) {
            const auto answer = client.send(request);
            EXPECT_EQ(answer.status(), 400) << name_of(row) << ", " << what;
            EXPECT_EQ(town.rows_of_all_tables(), before) << name_of(row) << ", " << what;
            ++sent;
        }
        // The same form with its own token does go through: it was the forgery that was refused.
        const auto good = client.send(with_token(client.csrf()));
        EXPECT_FALSE(good.status() == 400 &&
                     good.body().find("We could not read that request") != std::string::npos)
            << name_of(row);
    }
    EXPECT_GT(sent, 200);
}

TEST(EveryPage, Signing_in_from_elsewhere_is_refused_without_a_session_too) {
    Town town;
    for (const auto* header : {"origin", "sec-fetch-site"}) {
        auto client = town.client();
        auto request =
            CheckedClient::request(Method::post, "/sign-in/demonstration", {{"user", town.id_of("imogen")}});
        request.headers.add(header, std::string(header) == "origin" ? "https://evil.example" : "cross-site");
        const auto before = town.rows_of_all_tables();
        EXPECT_EQ(client.send(request).status(), 400);
        EXPECT_EQ(town.rows_of_all_tables(), before);
    }
}

TEST(EveryPage, A_write_is_never_done_by_looking) {
    Town town;
    auto client = town.client("imogen");
    for (const auto& row : table()) {
        if (row.method != Method::post || !row.ask) continue;
        const auto asked = row.ask(town, "imogen", client);
        if (asked.address.empty() || asked.address == "*") continue;
        auto before = town.rows_of_all_tables();
        const auto answer = client.get(asked.address + "?" + http::query_string(asked.form));
        EXPECT_TRUE(answer.status() == 405 || answer.status() == 404 || answer.status() == 200 ||
                    answer.status() == 409)
            << name_of(row);
        auto after = town.rows_of_all_tables();
        before.erase("audit_entry");  // a look is recorded
        after.erase("audit_entry");
        EXPECT_EQ(after, before) << name_of(row);
    }
}

}  // namespace
}  // namespace rowan::pages
