#include "people/protection_desk.h"

#include "base/text.h"
#include "partnership/accounts.h"
#include "partnership/viewer.h"
#include "people/person_store.h"
#include "people/protection_store.h"
#include "people/shield_store.h"

#include <algorithm>

namespace rowan::people {

using database::Session;
using partnership::Permission, partnership::Sensitivity;

namespace {

constexpr Sensitivity kAll[] = {Sensitivity::ordinary, Sensitivity::safe_address, Sensitivity::restricted,
                                Sensitivity::police_sensitive, Sensitivity::sealed};

base::Error gone() { return base::not_found("There is no such record."); }
base::Error no_reason() { return base::invalid("Enter why."); }

// Could this account open the record that names it?
bool can_open(const Viewer& who, Sensitivity sensitivity) {
    return may(who, Permission::search_people).allowed &&
           (sensitivity != Sensitivity::police_sensitive || who.agency_type == partnership::AgencyType::police);
}

Protection filled(const Office& office, Session& s, const store::PersonRow& person) {
    Protection out;
    out.person = person.id;
    out.ref = person.ref;
    out.version = person.version;
    out.sensitivity = store::sensitivity_of(s, person.id);
    out.shield = store::shield_of(s, person.id).level;
    if (out.sensitivity != Sensitivity::ordinary) out.alike = store::records_alike(s, person.id).size();
    for (auto& row : store::named_on(office, s, person.id)) {
        const auto viewer = partnership::viewer_for(office, s, row.user);
        const auto who = partnership::shown_user(s, row.user);
        const auto* agency = office.scheme.find_agency(who.agency);
        out.named.push_back({row.user, who.name, who.post, agency ? agency->name : who.agency,
                             partnership::shown_user(s, row.by).name, std::move(row.reason), row.at,
                             viewer && can_open(*viewer, out.sensitivity)});
    }
    return out;
}

Protection for_oversight(const Office& office, Session& s, const store::PersonRow& person) {
    auto out = filled(office, s, person);
    out.sight.rule = "oversight";
    out.may_name = true;
    for (auto& named : out.named) named.reason.clear();
    return out;
}

bool names(const Protection& protection, const std::string& user) {
    return std::any_of(protection.named.begin(), protection.named.end(),
                       [&](const auto& n) { return n.user == user; });
}

}  // namespace

std::vector<std::string> ProtectionDesk::records_of(const std::string& root) const {
    std::vector<std::string> out;
    for (const auto& record : people_.index().records_of(root)) out.push_back(record.id);
    return out;
}

void ProtectionDesk::told(Session& s, const Viewer& viewer, std::string_view act, const std::string& person,
                          std::string_view rule, std::string detail) const {
    office().audit.append(s, partnership::AuditEntry{.user_id = viewer.user_id,
                                                     .agency = viewer.agency,
                                                     .act = std::string(act),
                                                     .subject_kind = "person",
                                                     .subject_id = person,
                                                     .rule = std::string(rule),
                                                     .detail = std::move(detail)});
}

std::optional<Protection> ProtectionDesk::protection(const Viewer& viewer, const std::string& person) const {
    if (!may(viewer, Permission::protect_people).allowed) return std::nullopt;
    const auto root = people_.index().root_of(person);
    const auto sight = people_.sight(viewer, root);
    if (sight.sight != Sight::full) return std::nullopt;
    return office().database.read([&](Session& s) -> std::optional<Protection> {
        const auto row = store::find_person(s, root);
        if (!row || row->merged_into) return std::nullopt;
        auto out = filled(office(), s, *row);
        out.sight = sight;
        for (auto& change : store::sensitivity_changes(office(), s, root))
            out.history.push_back({change.was, change.becomes, change.at,
                                   partnership::shown_user(s, change.by).name, std::move(change.reason)});
        const bool named = names(out, viewer.user_id);
        for (const auto level : kAll)
            if (level > out.sensitivity || (level < out.sensitivity && named)) out.may_become.push_back(level);
        out.may_name = out.sensitivity != Sensitivity::ordinary && out.sensitivity != Sensitivity::sealed && named;
        return out;
    });
}

std::vector<Protection> ProtectionDesk::all(const Viewer& viewer) const {
    std::vector<Protection> out;
    if (!may(viewer, Permission::oversee_protection).allowed) return out;
    const auto sealed = people_.sealed_out(viewer);
    office().database.read_session([&](Session& s) {
        for (const auto& root : store::protected_people(s))
            if (!sealed.contains(root))
                out.push_back(for_oversight(office(), s, store::find_person(s, root).value()));
    });
    return out;
}

std::optional<Protection> ProtectionDesk::overseen(const Viewer& viewer, const std::string& person) const {
    if (!may(viewer, Permission::oversee_protection).allowed || people_.sealed_out(viewer).contains(person))
        return std::nullopt;
    return office().database.read([&](Session& s) -> std::optional<Protection> {
        const auto row = store::find_person(s, person);
        if (!row || row->merged_into || store::sensitivity_of(s, person) == Sensitivity::ordinary)
            return std::nullopt;
        return for_oversight(office(), s, *row);
    });
}

std::vector<Choice> ProtectionDesk::choices(const Protection& protection) const {
    return choices_among_staff(office(), [&](const Viewer& who) {
        return !names(protection, who.user_id) && can_open(who, protection.sensitivity);
    });
}

base::Result<> ProtectionDesk::nameable(Session& s, const Viewer& viewer, const std::string& user,
                                        Sensitivity sensitivity) const {
    if (user == viewer.user_id)
        return base::refused(
            "You cannot name yourself. Ask somebody who is named on this record, or information governance.");
    const auto who = partnership::viewer_for(office(), s, user);
    if (!who || !may(*who, Permission::search_people).allowed)
        return base::invalid(
            "Choose somebody who works with young people and whose agency has signed the protocol.");
    if (!can_open(*who, sensitivity))
        return base::invalid("Only people of the police are named on a record for the police only.");
    return base::done();
}

base::Result<> ProtectionDesk::protect(const Viewer& viewer, const std::string& person, Sensitivity level,
                                       const std::vector<std::string>& users, const std::string& reason,
                                       std::int64_t version) const {
    const auto before = protection(viewer, person);
    if (!before) return gone();
    const auto why = base::tidy(reason);
    if (why.empty()) return no_reason();
    if (std::find(before->may_become.begin(), before->may_become.end(), level) == before->may_become.end())
        return level == before->sensitivity
                   ? base::invalid("The record is protected like this already.")
                   : base::refused("Only somebody who is named on a record may lower its protection.");
    auto records = records_of(before->person);
    const auto done = office().database.write([&](Session& s) -> base::Result<> {
        for (auto& alike : store::records_alike(s, before->person)) records.push_back(std::move(alike));
        const auto row = store::find_person(s, before->person);
        if (!row || row->version != version || row->merged_into)
            return base::conflict(
                "Somebody else has changed this record since you opened it. Look again before you decide.");
        const auto& root = before->person;
        store::set_sensitivity(office(), s, root, level, viewer.user_id, why);
        if (level == Sensitivity::ordinary) {
            for (const auto& user : store::users_named(s, root))
                store::take_name(office(), s, root, user, viewer.user_id, why);
        } else {
            for (const auto& user : users) {
                if (auto can = nameable(s, viewer, user, level); !can.ok()) return can;
                store::put_name(office(), s, root, user, viewer.user_id, why);
            }
            // Who protects a record first is named on it. Later nobody gets onto it by protecting it further.
            if (before->sensitivity == Sensitivity::ordinary && can_open(viewer, level))
                store::put_name(office(), s, root, viewer.user_id, viewer.user_id, why);
            // Whoever could not open it any more is not left on the list, to be found there when the protection is
            // lowered.
            for (const auto& user : store::users_named(s, root)) {
                const auto who = partnership::viewer_for(office(), s, user);
                if (!who || !can_open(*who, level)) store::take_name(office(), s, root, user, viewer.user_id, why);
            }
            if (store::users_named(s, root).empty())
                return base::invalid("Name at least one person of the police, or nobody could open this record.");
        }
        people_.note_change(s, records);
        told(s, viewer, "protect", root, before->sight.rule,
             "was=" + std::string(name_of(before->sensitivity)) + " becomes=" + std::string(name_of(level)) +
                 " named=" + std::to_string(store::users_named(s, root).size()));
        return base::done();
    });
    if (done.ok()) people_.refresh(records);
    return done;
}

std::optional<Protection> ProtectionDesk::to_change(const Viewer& viewer, const std::string& person) const {
    if (auto seen = protection(viewer, person); seen && seen->may_name) return seen;
    return overseen(viewer, person);
}

base::Result<> ProtectionDesk::name(const Viewer& viewer, const std::string& person, const std::string& user,
                                    const std::string& reason) const {
    const auto before = to_change(viewer, person);
    if (!before) return gone();
    const auto why = base::tidy(reason);
    if (why.empty()) return no_reason();
    return office().database.write([&](Session& s) -> base::Result<> {
        if (store::sensitivity_of(s, before->person) != before->sensitivity) return gone();
        if (auto can = nameable(s, viewer, user, before->sensitivity); !can.ok()) return can;
        if (store::is_named(s, before->person, user))
            return base::conflict("This person is named on the record already.");
        store::put_name(office(), s, before->person, user, viewer.user_id, why);
        told(s, viewer, "name", before->person, before->sight.rule, "user=" + user);
        return base::done();
    });
}

base::Result<> ProtectionDesk::remove(const Viewer& viewer, const std::string& person, const std::string& user,
                                      const std::string& reason) const {
    const auto before = to_change(viewer, person);
    if (!before) return gone();
    const auto why = base::tidy(reason);
    if (why.empty()) return no_reason();
    return office().database.write([&](Session& s) -> base::Result<> {
        if (!store::is_named(s, before->person, user))
            return base::conflict("This person is not named on the record any more.");
        bool others = false;
        for (const auto& each : store::users_named(s, before->person)) {
            const auto who = each == user ? std::nullopt : partnership::viewer_for(office(), s, each);
            others |= who && can_open(*who, before->sensitivity);
        }
        if (!others)
            return base::refused("Nobody else who is named could open this record. Name somebody else first.");
        store::take_name(office(), s, before->person, user, viewer.user_id, why);
        told(s, viewer, "unname", before->person, before->sight.rule, "user=" + user);
        return base::done();
    });
}

}  // namespace rowan::people
