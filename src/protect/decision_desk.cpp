#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/protect_desk.h"

namespace rowan::protect {

using database::Session;
using partnership::Permission;

namespace {

base::Error changed() {
    return base::conflict(
        "Somebody else has decided or changed this referral since you opened it. Nothing of yours "
        "has been saved, and nothing of theirs is lost.");
}

}  // namespace

base::Result<> ProtectDesk::decide(const Viewer& viewer, Decision proposed, std::int64_t referral_version,
                                   const std::string& key) const {
    const auto now = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<> {
        if (partnership::done_before(s, key, viewer.user_id)) return base::done();
        auto r = store::find_referral(office(), s, proposed.referral);
        if (!r || sight_of(viewer, *r).sight != ReferralSight::full)
            return base::not_found("There is no such referral.");
        const auto permit = may(viewer, Permission::decide);
        if (!permit.allowed) return base::refused("You cannot decide: " + std::string(permit.sentence) + ".");
        const auto stored = store::decision_of(office(), s, r->id);
        if ((stored ? stored->version : 0) != proposed.version || r->version != referral_version) return changed();
        const auto next = after(r->current(), stored ? Event::revise_decision : Event::decide);
        if (!next.ok()) return next.error();

        auto d = proposed;
        // The clock stops with the first decision; a later change of mind does not turn it back.
        d.decided_at = stored ? stored->decided_at : now;
        d.decided_by = viewer.user_id;
        const auto problems = check(d, r->subject_kind, r->received_at, office().scheme);
        if (!problems.empty()) return base::invalid(problems.front().message + ".");
        if (stored) {
            d.id = stored->id;
            // Another decision is news to the referrer: they are told again.
            const bool same = stored->decision == d.decision;
            d.acknowledged_at = same ? stored->acknowledged_at : std::nullopt;
            d.acknowledged_by = same ? stored->acknowledged_by : "";
            d.read_at = same ? stored->read_at : std::nullopt;
            d.words.told = same ? stored->words.told : "";
            if (!store::update_decision(office(), s, d, now, viewer.user_id)) return changed();
        } else {
            store::insert_decision(office(), s, d, viewer.user_id);
        }
        if (*next != r->current()) {
            r->state = name_of(*next);
            if (!store::update_referral(office(), s, *r, now, viewer.user_id)) return changed();
        }
        record(s, viewer, stored ? "revise" : "decide", "referral", r->id, permit.rule,
               "decision=" + d.decision + " level=" + d.risk_level);
        partnership::remember_done(s, key, viewer.user_id, now, r->id);
        return base::done();
    });
}

base::Result<> ProtectDesk::acknowledge(const Viewer& viewer, const std::string& referral,
                                        std::int64_t decision_version, const std::string& note) const {
    const auto now = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<> {
        const auto r = store::find_referral(office(), s, referral);
        if (!r || sight_of(viewer, *r).sight != ReferralSight::full)
            return base::not_found("There is no such referral.");
        const auto permit = may(viewer, Permission::decide);
        if (!permit.allowed) return base::refused("You cannot do this: " + std::string(permit.sentence) + ".");
        const auto next = after(r->current(), Event::acknowledge);
        if (!next.ok()) return next.error();
        auto d = store::decision_of(office(), s, referral);
        if (!d || d->version != decision_version) return changed();
        d->words.told = acknowledgement(*d, r->ref, note, office().scheme);
        d->acknowledged_at = now;
        d->acknowledged_by = viewer.user_id;
        d->read_at.reset();
        if (!store::update_decision(office(), s, *d, now, viewer.user_id)) return changed();
        record(s, viewer, "acknowledge", "referral", referral, permit.rule);
        return base::done();
    });
}

base::Result<> ProtectDesk::mark_read(const Viewer& viewer, const std::string& referral) const {
    const auto now = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<> {
        const auto r = store::find_referral(office(), s, referral);
        if (!r || r->referrer_user != viewer.user_id || sight_of(viewer, *r).sight == ReferralSight::none)
            return base::not_found("There is no such referral.");
        auto d = store::decision_of(office(), s, referral);
        if (!d || !d->acknowledged_at) return base::conflict("There is nothing to read yet.");
        if (d->read_at) return base::done();
        d->read_at = now;
        if (!store::update_decision(office(), s, *d, now, viewer.user_id)) return changed();
        record(s, viewer, "read-answer", "referral", referral, "referrer");
        return base::done();
    });
}

}  // namespace rowan::protect
