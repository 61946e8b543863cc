#include "people/emergency_desk.h"

#include "base/id.h"
#include "base/text.h"
#include "partnership/accounts.h"
#include "people/person_store.h"

#include <algorithm>

namespace rowan::people {

using database::Session;
using partnership::Permission;

namespace {

constexpr std::size_t kLeastReason = 20;  // characters
constexpr std::size_t kLookedAt = 20;

partnership::AuditEntry entry_of(const Viewer& viewer, std::string_view act, const std::string& subject,
                                 std::string_view outcome, std::string_view rule, std::string detail = "") {
    partnership::AuditEntry out;
    out.user_id = viewer.user_id;
    out.agency = viewer.agency;
    out.act = act;
    out.subject_kind = "person";
    out.subject_id = subject;
    out.outcome = outcome;
    out.rule = rule;
    out.detail = std::move(detail);
    return out;
}

}  // namespace

const std::vector<EmergencyCategory>& emergency_categories() {
    static const std::vector<EmergencyCategory> all = {
        {"danger", "Somebody is in danger of serious harm now"},
        {"missing", "A child is missing"},
        {"medical", "A medical emergency"},
        {"out_of_hours", "A decision cannot wait and nobody who may see the record can be reached"}};
    return all;
}

base::Result<std::string> EmergencyDesk::open(const Viewer& viewer, const std::string& words,
                                              const std::string& category, const std::string& reason,
                                              const std::string& totp_code) const {
    const auto permit = may(viewer, Permission::search_people);
    if (!permit.allowed) return base::not_found("There is no such page.");
    const auto why = base::tidy(reason);
    const auto& all = emergency_categories();
    if (base::tidy_line(words).empty()) return base::invalid("Enter whom you need to see");
    if (std::none_of(all.begin(), all.end(), [&](const auto& c) { return c.code == category; }))
        return base::invalid("Select what kind of emergency it is");
    if (base::length(why) < kLeastReason)
        return base::invalid("Enter why you need this record now, in at least 20 characters");
    if (auto fresh = partnership::step_up(office(), viewer, totp_code); !fresh.ok()) return fresh.error();

    // Only words that name one person, as for a signpost: this must not be a way to look who is there (A21). From
    // whom the viewer is sealed out is not among those found.
    std::vector<std::string> found;
    const auto sealed = people_.sealed_out(viewer);
    for (const auto& each : people_.index().search(words, kLookedAt))
        if ((each.specific || each.why == "reference") && !sealed.contains(each.person))
            found.push_back(each.person);
    if (found.size() != 1) {
        const auto written = office().database.write([&](Session& s) -> base::Result<> {
            office().audit.append(s, entry_of(viewer, "break-glass", "", "denied", "not-one",
                                              "query=" + office().audit.digest(base::fold(words))));
            return base::done();
        });
        if (!written.ok()) return written.error();
        return base::conflict(
            "Rowan cannot say whom you mean. Enter an NHS number, a UPN, a reference, or the full name with the "
            "date of birth. If it is urgent, ring the front door.");
    }
    const auto person = found.front();
    // Who sees the record anyway needs no emergency.
    if (people_.sight(viewer, person).sight == Sight::full) return person;
    store::EmergencyRow row;
    row.id = base::new_id();
    row.user = viewer.user_id;
    row.person = person;
    row.category = category;
    row.reason = why;
    row.opened_at = office().clock.now();
    row.ends_at = row.opened_at + kEmergencyLasts;
    const auto done = office().database.write([&](Session& s) -> base::Result<> {
        store::open_emergency(office(), s, row);
        office().audit.append(s, entry_of(viewer, "break-glass", person, "allowed", "break-glass",
                                          "category=" + category + " look=" + row.id));
        return base::done();
    });
    if (!done.ok()) return done.error();
    return person;
}

std::vector<Emergency> EmergencyDesk::all(const Viewer& viewer) const {
    std::vector<Emergency> out;
    if (!may(viewer, Permission::oversee_protection).allowed) return out;
    const auto sealed = people_.sealed_out(viewer);
    const auto today = base::london_date(office().clock.now());
    office().database.read([&](Session& s) {
        for (auto& row : store::emergencies(office(), s)) {
            const auto person = store::find_person(s, people_.index().root_of(row.person));
            if (!person || sealed.contains(person->id)) continue;
            Emergency each;
            each.ref = person->ref;
            const auto who = partnership::shown_user(s, row.user);
            const auto* agency = office().scheme.find_agency(who.agency);
            each.name = who.name;
            each.post = who.post;
            each.agency_name = agency ? agency->name : who.agency;
            if (row.reviewed_at) each.reviewed_by = partnership::shown_user(s, row.reviewed_by).name;
            each.review_by =
                office().working_days.add(base::london_date(row.opened_at), kEmergencyReviewWorkingDays);
            each.overdue = !row.reviewed_at && today > each.review_by;
            each.own = row.user == viewer.user_id;
            each.row = std::move(row);
            out.push_back(std::move(each));
        }
    });
    return out;
}

std::size_t EmergencyDesk::waiting(const Viewer& viewer) const {
    if (!may(viewer, Permission::oversee_protection).allowed) return 0;
    return office().database.read([&](Session& s) { return store::emergencies_waiting(s, viewer.user_id); });
}

base::Result<> EmergencyDesk::review(const Viewer& viewer, const std::string& id, const std::string& outcome,
                                     const std::string& note) const {
    const auto every = all(viewer);
    const auto found =
        std::find_if(every.begin(), every.end(), [&](const auto& each) { return each.row.id == id; });
    if (found == every.end()) return base::not_found("There is no such look.");
    if (found->own) return base::refused("Somebody else must review what you opened yourself.");
    if (found->row.reviewed_at) return base::conflict("Somebody has reviewed this already.");
    if (outcome != "justified" && outcome != "not_justified")
        return base::invalid("Select whether it was justified");
    const auto words = base::tidy(note);
    if (outcome == "not_justified" && words.empty()) return base::invalid("Enter what happens next");
    return office().database.write([&](Session& s) -> base::Result<> {
        if (!store::review_emergency(office(), s, id, viewer.user_id, outcome, words))
            return base::conflict("Somebody has reviewed this already.");
        office().audit.append(s, entry_of(viewer, "review-emergency", found->row.person, "allowed", "oversight",
                                          "look=" + id + " outcome=" + outcome));
        return base::done();
    });
}

}  // namespace rowan::people
