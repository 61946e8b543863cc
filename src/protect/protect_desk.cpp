#include "protect/protect_desk.h"

#include "partnership/accounts.h"

#include <algorithm>

namespace rowan::protect {

using database::Session;
using partnership::Permission;

ProtectDesk::ProtectDesk(people::PeopleDesk& people) : people_(people) {
    people_.hooks.referred_by = [](Session& s, const std::string& root, const std::string& user) {
        return store::referred_by(s, root, user);
    };
}

const partnership::Protocol* ProtectDesk::protocol() const {
    return office().scheme.protocol_on(base::london_date(office().clock.now()));
}

void ProtectDesk::record(Session& s, const Viewer& viewer, std::string_view act, std::string_view kind,
                         const std::string& id, std::string_view rule, std::string_view detail) const {
    office().audit.append(s, partnership::AuditEntry{.user_id = viewer.user_id,
                                                     .agency = viewer.agency,
                                                     .act = std::string(act),
                                                     .subject_kind = std::string(kind),
                                                     .subject_id = id,
                                                     .rule = std::string(rule),
                                                     .detail = std::string(detail)});
}

SubjectFacts ProtectDesk::facts_of(const std::string& root, const std::string& agency) const {
    SubjectFacts out;
    out.root = root;
    // What the viewer's own agency says first; what it leaves open, from whoever knows.
    auto records = people_.index().records_of(root);
    std::stable_partition(records.begin(), records.end(), [&](const auto& r) { return r.agency == agency; });
    for (const auto& record : records) {
        if (!out.born) out.born = record.identity.born;
        if (out.area.empty()) out.area = record.area;
        if (out.ref.empty()) out.ref = record.ref;
        if (out.name.empty()) out.name = record.identity.display_name();
    }
    return out;
}

std::optional<SubjectFacts> ProtectDesk::subject(const Viewer& viewer, const std::string& person) const {
    if (people_.sight(viewer, person).sight != partnership::Sight::full) return std::nullopt;
    const auto root = people_.index().root_of(person);
    if (viewer.at_front_door()) return facts_of(root, viewer.agency);
    // H-025: who may see a person may still not read what other agencies say of them.
    const auto view = people_.view(viewer, root);
    if (!view) return std::nullopt;
    SubjectFacts out;
    out.root = root;
    out.ref = view->ref;
    out.name = view->identity.display_name();
    out.born = view->identity.born;
    for (const auto& record : view->records) {
        if (!out.born && record.agency == viewer.agency) out.born = record.identity.born;
        if (out.area.empty() || record.agency == viewer.agency) out.area = record.area;
    }
    return out;
}

// --- drafts -----------------------------------------------------------------------------------------------------

base::Result<std::string> ProtectDesk::start_referral(const Viewer& viewer, const std::string& person) const {
    const auto permit = may(viewer, Permission::refer);
    if (!permit.allowed) return base::refused("You cannot refer: " + std::string(permit.sentence) + ".");
    Draft draft;
    draft.user_id = viewer.user_id;
    draft.kind = kReferralDraft;
    prefill_referrer(draft.answers, viewer.name, viewer.post, viewer.agency_type);
    if (!person.empty()) {
        const auto known = subject(viewer, person);
        if (!known) return base::not_found("There is no such person.");
        draft.subject = known->root;
        draft.answers.set("person", known->root);
        draft.answers.set("q", known->name);
    }
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        store::insert_draft(office(), s, draft);
        record(s, viewer, "create", "draft", draft.id, permit.rule, "kind=referral");
        return draft.id;
    });
}

std::optional<Draft> ProtectDesk::draft(const Viewer& viewer, const std::string& id) const {
    return office().database.read([&](Session& s) { return store::find_draft(office(), s, id, viewer.user_id); });
}

base::Result<> ProtectDesk::save_draft(const Viewer& viewer, Draft& draft) const {
    return office().database.write([&](Session& s) -> base::Result<> {
        if (draft.user_id != viewer.user_id || !store::update_draft(office(), s, draft))
            return base::conflict("You have changed this in another window since you opened it here.");
        record(s, viewer, "save", "draft", draft.id, "own");
        return base::done();
    });
}

base::Result<> ProtectDesk::delete_draft(const Viewer& viewer, const std::string& id) const {
    return office().database.write([&](Session& s) -> base::Result<> {
        if (!store::delete_draft(s, id, viewer.user_id)) return base::not_found("There is no such draft.");
        record(s, viewer, "delete", "draft", id, "own");
        return base::done();
    });
}

std::vector<Draft> ProtectDesk::drafts(const Viewer& viewer) const {
    return office().database.read([&](Session& s) { return store::drafts_of(office(), s, viewer.user_id); });
}

}  // namespace rowan::protect
