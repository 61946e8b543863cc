#include "people/conflict_desk.h"

#include "base/text.h"
#include "partnership/accounts.h"
#include "partnership/interests.h"
#include "people/person_store.h"

#include <algorithm>
#include <tuple>

namespace rowan::people {

using database::Session;
using partnership::Permission;

namespace {

base::Error gone() { return base::not_found("There is no such seal."); }

void told(const Office& office, Session& s, const Viewer& viewer, std::string_view act, const Seal& seal,
          std::string detail = "") {
    partnership::AuditEntry entry;
    entry.user_id = viewer.user_id;
    entry.agency = viewer.agency;
    entry.act = act;
    entry.subject_kind = "person";
    entry.subject_id = seal.person;
    entry.outcome = "allowed";
    entry.rule = "oversight";
    entry.detail = "user=" + seal.user + " ties=" + std::to_string(seal.ties) + detail;
    office.audit.append(s, entry);
}

}  // namespace

std::vector<Seal> ConflictDesk::seals(const Viewer& viewer) const {
    std::vector<Seal> out;
    if (!may(viewer, Permission::oversee_protection).allowed) return out;
    const auto hidden = people_.sealed_out(viewer);
    office().database.read([&](Session& s) {
        for (const auto& staff : partnership::all_interests(office(), s)) {
            if (staff.user == viewer.user_id) continue;
            for (const auto& [root, ties] : people_.index().tied(conflict_keys(staff.interests))) {
                const auto person = store::find_person(s, root);
                if (!person || hidden.contains(root)) continue;
                const auto* agency = office().scheme.find_agency(staff.agency);
                Seal seal{staff.user, staff.name,  staff.post, agency ? agency->name : staff.agency,
                          root,       person->ref, ties,       {},
                          false,      {},          false,      false};
                for (const auto& officer : store::readers(s, staff.user, root, ties)) {
                    seal.read_by_viewer |= officer == viewer.user_id;
                    seal.readers.push_back(partnership::shown_user(s, officer).name);
                }
                seal.lifts = store::lifts_of(office(), s, staff.user, root);
                if (!seal.lifts.empty())
                    seal.asked_by_viewer =
                        seal.lifts.front().waits() && seal.lifts.front().asked_by == viewer.user_id;
                for (auto& lift : seal.lifts) {
                    lift.asked_by = partnership::shown_user(s, lift.asked_by).name;
                    if (!lift.agreed_by.empty()) lift.agreed_by = partnership::shown_user(s, lift.agreed_by).name;
                }
                seal.lifted = (ties & ~store::lifted_ties(s, staff.user, root)) == 0;
                out.push_back(std::move(seal));
            }
        }
    });
    std::stable_sort(out.begin(), out.end(), [](const Seal& a, const Seal& b) {
        return std::tuple(a.lifted, a.read_by_viewer) < std::tuple(b.lifted, b.read_by_viewer);
    });
    return out;
}

std::size_t ConflictDesk::waiting(const Viewer& viewer) const {
    const auto all = seals(viewer);
    return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Seal& seal) {
        const bool to_read = !seal.lifted && !seal.read_by_viewer && seal.readers.size() < kReadersOfSeal;
        return to_read || (!seal.lifts.empty() && seal.lifts.front().waits() && !seal.asked_by_viewer);
    }));
}

std::optional<Seal> ConflictDesk::seal(const Viewer& viewer, const std::string& user,
                                       const std::string& person) const {
    auto all = seals(viewer);
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Seal& seal) { return seal.user == user && seal.person == person; });
    return found == all.end() ? std::nullopt : std::optional{std::move(*found)};
}

base::Result<> ConflictDesk::read(const Viewer& viewer, const std::string& user, const std::string& person) const {
    const auto found = seal(viewer, user, person);
    if (!found) return gone();
    return office().database.write([&](Session& s) -> base::Result<> {
        store::mark_read(office(), s, user, person, found->ties, viewer.user_id);
        told(office(), s, viewer, "read-seal", *found);
        return base::done();
    });
}

base::Result<> ConflictDesk::ask(const Viewer& viewer, const std::string& user, const std::string& person,
                                 const std::string& reason) const {
    const auto found = seal(viewer, user, person);
    if (!found) return gone();
    const auto why = base::tidy(reason);
    if (!found->lifts.empty() && found->lifts.front().waits())
        return base::conflict("Somebody has asked for this already. Another officer answers.");
    if (found->lifted) return base::conflict("This seal has been lifted already.");
    if (why.empty()) return base::invalid("Enter why this seal should be lifted.");
    return office().database.write([&](Session& s) -> base::Result<> {
        for (const auto& lift : store::lifts_of(office(), s, user, person))
            if (lift.waits())
                return base::conflict("Somebody has asked for this already. Another officer answers.");
        store::ask_to_lift(office(), s, user, person, found->ties, viewer.user_id, why);
        told(office(), s, viewer, "ask-to-lift", *found);
        return base::done();
    });
}

base::Result<> ConflictDesk::answer(const Viewer& viewer, const std::string& user, const std::string& person,
                                    const std::string& lift, bool agreed) const {
    const auto found = seal(viewer, user, person);
    if (!found) return gone();
    return office().database.write([&](Session& s) -> base::Result<> {
        const auto lifts = store::lifts_of(office(), s, user, person);
        const auto wanted = std::find_if(lifts.begin(), lifts.end(),
                                         [&](const auto& each) { return each.id == lift && each.waits(); });
        if (wanted == lifts.end()) return base::conflict("This has been answered already.");
        // Lifting takes two: who asked may only take it back.
        if (agreed && wanted->asked_by == viewer.user_id)
            return base::refused("Another officer must agree: lifting a seal takes two people.");
        if (!store::answer_lift(office(), s, lift, viewer.user_id, agreed))
            return base::conflict("This has been answered already.");
        told(office(), s, viewer, agreed ? "lift-seal" : "keep-seal", *found, " lift=" + lift);
        return base::done();
    });
}

}  // namespace rowan::people
