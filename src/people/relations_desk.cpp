#include "people/relations_desk.h"

#include "base/id.h"
#include "base/text.h"
#include "partnership/accounts.h"
#include "partnership/viewer.h"
#include "people/person_store.h"

#include <algorithm>

namespace rowan::people {

using database::Session;
using partnership::Permission, partnership::Work;

namespace {

base::Error gone() { return base::not_found("There is no such record."); }
base::Error shut() {
    return base::refused("Only those who are named on this record see it. Name somebody on it instead.");
}

bool may_ask(const Viewer& viewer) {
    return may(viewer, Permission::protect_people).allowed || may(viewer, Permission::disclose).allowed;
}

// Whoever may give something may end it.
bool may_give(const Viewer& viewer, Work work, const std::string& agency) {
    switch (work) {
        case Work::allocated:
            return may(viewer, Permission::protect_people).allowed && agency == viewer.agency;
        case Work::meeting:
            return may_ask(viewer);
        case Work::disclosure:
            return may(viewer, Permission::disclose).allowed;
    }
    return false;
}

// The first moment at which it is over.
base::Instant after(base::Date last_day) { return base::from_london(base::add_days(last_day, 1)); }

partnership::AuditEntry entry_of(const Viewer& viewer, std::string_view act, const Works& works,
                                 const std::string& user, const std::string& work) {
    return {.user_id = viewer.user_id,
            .agency = viewer.agency,
            .act = std::string(act),
            .subject_kind = "person",
            .subject_id = works.person,
            .rule = std::string(works.sight.rule),
            .detail = "user=" + user + " work=" + work};
}

WorkLine line_of(const Office& office, Session& s, const Viewer& viewer, const Works& works, store::WorkRow row) {
    WorkLine out;
    const auto who = partnership::shown_user(s, row.user);
    const auto* agency = office.scheme.find_agency(who.agency);
    const auto now = partnership::viewer_for(office, s, row.user);
    out.name = who.name;
    out.post = who.post;
    out.agency_name = agency ? agency->name : who.agency;
    out.by = partnership::shown_user(s, row.by).name;
    if (row.ended_at) out.ended_by = partnership::shown_user(s, row.ended_by).name;
    out.active = now && may(*now, Permission::search_people).allowed;
    const bool giver = works.sight.rule != "break-glass" && may_give(viewer, row.work, who.agency);
    out.may_end = giver && row.in_force(office.clock.now());
    if (!giver && row.user != viewer.user_id) row.purpose.clear();
    out.row = std::move(row);
    return out;
}

}  // namespace

std::optional<Works> RelationsDesk::works(const Viewer& viewer, const std::string& person) const {
    const auto lines = people_.lines(viewer, {person});
    if (lines.empty() || lines.front().sight.sight != Sight::full) return std::nullopt;
    Works out;
    out.person = lines.front().person;
    out.ref = lines.front().ref;
    out.name = lines.front().name;
    out.sight = lines.front().sight;
    out.shut = is_shut(people_.sensitivity(out.person));
    // An emergency is for looking.
    if (!out.shut && out.sight.rule != "break-glass") {
        out.may_allocate = may_give(viewer, Work::allocated, viewer.agency);
        out.may_ask = may_give(viewer, Work::meeting, viewer.agency);
        out.may_disclose = may_give(viewer, Work::disclosure, viewer.agency);
    }
    office().database.read([&](Session& s) {
        for (auto& row : store::works_with(office(), s, out.person)) {
            auto& list = row.in_force(office().clock.now()) ? out.now : out.before;
            list.push_back(line_of(office(), s, viewer, out, std::move(row)));
        }
    });
    return out;
}

// SECURITY.md A2: from whom somebody is sealed out, with them they do not work. It is refused like any choice that
// cannot be made.
bool RelationsDesk::choosable(const Viewer& viewer, const std::string& person, const Viewer& who) const {
    return who.user_id != viewer.user_id && may(who, Permission::search_people).allowed &&
           !people_.sight(who, person).sealed_out;
}

std::vector<Choice> RelationsDesk::colleagues(const Viewer& viewer, const Works& works) const {
    if (!works.gives()) return {};
    return choices_among_staff(office(), [&](const Viewer& who) { return choosable(viewer, works.person, who); });
}

base::Result<> RelationsDesk::give(const Viewer& viewer, const Works& works, store::WorkRow row,
                                   std::string_view act) const {
    const auto who =
        office().database.read([&](Session& s) { return partnership::viewer_for(office(), s, row.user); });
    if (!who || !choosable(viewer, works.person, *who))
        return base::invalid(
            "Choose somebody else than yourself, who works with young people and whose agency has signed the "
            "protocol.");
    row.id = base::new_id();
    row.person = works.person;
    row.by = viewer.user_id;
    row.given_at = row.from = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<> {
        if (row.work == Work::allocated && who->agency != viewer.agency)
            return base::invalid("Choose somebody of your own agency.");
        const auto person = store::find_person(s, works.person);
        if (!person || person->merged_into) return gone();
        for (const auto& other : store::works_with(office(), s, works.person))
            if (other.user == row.user && other.work == row.work && other.meeting_on == row.meeting_on &&
                other.in_force(row.from))
                return base::conflict(row.work == Work::allocated ? "They work with this person already."
                                      : row.work == Work::meeting ? "They are asked to this meeting already."
                                                                  : "The record is disclosed to them already. End "
                                                                    "that first.");
        store::give_work(office(), s, row);
        office().audit.append(s, entry_of(viewer, act, works, row.user, row.id));
        return base::done();
    });
}

base::Result<> RelationsDesk::allocate(const Viewer& viewer, const std::string& person, const std::string& user,
                                       const std::string& why) const {
    const auto before = works(viewer, person);
    if (!before || !may(viewer, Permission::protect_people).allowed) return gone();
    if (!before->may_allocate) return shut();
    store::WorkRow row;
    row.user = user;
    row.purpose = base::tidy(why);
    if (row.purpose.empty()) return base::invalid("Enter why.");
    return give(viewer, *before, std::move(row), "allocate");
}

base::Result<> RelationsDesk::ask(const Viewer& viewer, const std::string& person, const std::string& user,
                                  const base::Result<base::Date>& meeting, const std::string& why) const {
    const auto before = works(viewer, person);
    if (!before || !may_ask(viewer)) return gone();
    if (!before->may_ask) return shut();
    const auto today = base::london_date(office().clock.now());
    if (!meeting.ok()) return meeting.error();
    if (*meeting < today || base::days_between(today, *meeting) > kFurthestMeetingDays)
        return base::invalid("The meeting must be today or on one of the next 92 days.");
    store::WorkRow row;
    row.work = Work::meeting;
    row.user = user;
    row.meeting_on = *meeting;
    row.until = after(base::add_days(*meeting, office().scheme.access.meeting_days_after));
    row.purpose = base::tidy(why);
    if (row.purpose.empty()) return base::invalid("Enter what the meeting is for.");
    return give(viewer, *before, std::move(row), "ask-to-meeting");
}

// H-115: a third party is told by permission of the chair alone.
base::Result<> RelationsDesk::disclose(const Viewer& viewer, const std::string& person, const std::string& user,
                                       const base::Result<base::Date>& last_day,
                                       const std::string& purpose) const {
    const auto before = works(viewer, person);
    if (!before || !may(viewer, Permission::disclose).allowed) return gone();
    if (!before->may_disclose) return shut();
    const auto today = base::london_date(office().clock.now());
    const int longest = office().scheme.access.disclosure_days;
    if (!last_day.ok()) return last_day.error();
    if (*last_day < today || base::days_between(today, *last_day) > longest)
        return base::invalid("The last day must be today or one of the next " + std::to_string(longest) +
                             " days.");
    store::WorkRow row;
    row.work = Work::disclosure;
    row.user = user;
    row.until = after(*last_day);
    row.purpose = base::tidy(purpose);
    if (row.purpose.empty()) return base::invalid("Enter what the record is disclosed for.");
    return give(viewer, *before, std::move(row), "disclose");
}

base::Result<> RelationsDesk::end(const Viewer& viewer, const std::string& person, const std::string& work) const {
    const auto before = works(viewer, person);
    if (!before || !may_ask(viewer)) return gone();
    const auto found = std::find_if(before->now.begin(), before->now.end(),
                                    [&](const auto& line) { return line.row.id == work && line.may_end; });
    if (found == before->now.end()) return base::conflict("This is over already, or not yours to end.");
    return office().database.write([&](Session& s) -> base::Result<> {
        if (!store::end_work(office(), s, work, viewer.user_id)) return base::conflict("This is over already.");
        office().audit.append(s, entry_of(viewer, "end-work", *before, found->row.user, work));
        return base::done();
    });
}

std::vector<Asked> RelationsDesk::asked(const Viewer& viewer) const {
    std::vector<Asked> out;
    const bool any = std::any_of(viewer.ties.begin(), viewer.ties.end(),
                                 [](const auto& tie) { return tie.work != Work::allocated; });
    if (!any) return out;
    for (auto& row :
         office().database.read([&](Session& s) { return store::work_of(office(), s, viewer.user_id); })) {
        if (row.work == Work::allocated) continue;
        const auto lines = people_.lines(viewer, {row.person});
        if (lines.empty() || lines.front().sight.sight != Sight::full) continue;
        out.push_back(
            {std::move(row), lines.front().person, lines.front().name, std::string(lines.front().sight.rule)});
    }
    return out;
}

}  // namespace rowan::people
