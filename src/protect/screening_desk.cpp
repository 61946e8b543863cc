#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/choices.h"
#include "protect/protect_desk.h"
#include "protect/screening_form.h"

#include <algorithm>

namespace rowan::protect {

using database::Session;
using partnership::Permission;
using partnership::Sight;

namespace {

std::string completion_key(const std::string& draft) { return "complete:" + draft; }

}  // namespace

SightOfScreening ProtectDesk::sight_of(const Viewer& viewer, const Screening& c) const {
    const auto sight = people_.sight(viewer, c.person);
    return may_see_screening(viewer, c.completed_by, c.agency, sight.sight, sight.shut_out, protocol());
}

bool ProtectDesk::may_review(const Viewer& viewer, const Screening& c) const {
    if (c.current() != ScreeningState::completed || c.completed_by == viewer.user_id) return false;
    if (!sight_of(viewer, c).allowed) return false;
    const bool lead =
        std::find(viewer.roles.begin(), viewer.roles.end(), "safeguarding_lead") != viewer.roles.end();
    return (lead && c.agency == viewer.agency) || viewer.at_front_door();
}

const Tool* ProtectDesk::tool_of(const Draft& draft) const {
    return draft.kind == kScreeningDraft ? office().scheme.find_tool(draft.answers.get("tool")) : nullptr;
}

base::Result<std::string> ProtectDesk::start_screening(const Viewer& viewer, const std::string& person,
                                                       const std::string& referral,
                                                       std::optional<int> estimated_age) const {
    const auto permit = may(viewer, Permission::screen);
    if (!permit.allowed) return base::refused("You cannot screen: " + std::string(permit.sentence) + ".");
    const auto known = subject(viewer, person);
    if (!known) return base::not_found("There is no such person.");
    const auto today = base::london_date(office().clock.now());
    const auto age =
        known->born && *known->born <= today ? std::optional{base::age_on(*known->born, today)} : estimated_age;
    if (!age) return base::invalid("Enter about how old the young person is: the tool depends on the age.");
    const auto* tool = tool_for(office().scheme, age, today);
    if (!tool) return base::invalid("There is no screening tool for this age. Ask your coordinator.");

    Draft draft;
    draft.user_id = viewer.user_id;
    draft.kind = kScreeningDraft;
    draft.subject = known->root;
    draft.answers.set("tool", tool->code);
    draft.answers.set("age", std::to_string(*age));
    if (!known->born) draft.answers.set("age_estimated", "yes");
    if (!referral.empty()) draft.answers.set("referral", referral);
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        if (!referral.empty()) {
            auto r = store::find_referral(office(), s, referral);
            const auto sight = r ? sight_of(viewer, *r).sight : ReferralSight::none;
            if (sight == ReferralSight::none) return base::not_found("There is no such referral.");
            const auto next = after(r->current(), Event::start_screening);
            if (!next.ok()) return next.error();
            if (*next != r->current()) {
                r->state = name_of(*next);
                if (!store::update_referral(office(), s, *r, office().clock.now(), viewer.user_id))
                    return base::conflict("This referral has changed since you opened it.");
                record(s, viewer, "start-screening", "referral", r->id, permit.rule);
            }
        }
        store::insert_draft(office(), s, draft);
        record(s, viewer, "create", "draft", draft.id, permit.rule, "kind=screening tool=" + tool->code);
        return draft.id;
    });
}

base::Result<std::string> ProtectDesk::amend_screening(const Viewer& viewer, const std::string& id) const {
    const auto found = screening(viewer, id);
    if (!found) return base::not_found("There is no such screening.");
    if (!found->may_amend || !found->tool)
        return base::refused("Only people of the agency that screened can make a new version.");
    Draft draft;
    draft.user_id = viewer.user_id;
    draft.kind = kScreeningDraft;
    draft.subject = people_.index().root_of(found->screening.person);
    draft.answers = answers_from(found->screening);
    draft.answers.set("tool", found->tool->code);
    draft.answers.set("amends", id);
    draft.answers.set("amends_version", std::to_string(found->screening.version));
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        store::insert_draft(office(), s, draft);
        record(s, viewer, "create", "draft", draft.id, found->sight.rule, "kind=screening amends=" + id);
        return draft.id;
    });
}

base::Result<std::string> ProtectDesk::complete_screening(const Viewer& viewer,
                                                          const std::string& draft_id) const {
    if (auto draft = this->draft(viewer, draft_id)) return complete_screening(viewer, *draft);
    const auto done = office().database.read(
        [&](Session& s) { return partnership::done_before(s, completion_key(draft_id), viewer.user_id); });
    if (done) return *done;
    return base::not_found("There is no such draft.");
}

base::Result<std::string> ProtectDesk::complete_screening(const Viewer& viewer, const Draft& draft) const {
    const auto permit = may(viewer, Permission::screen);
    if (!permit.allowed) return base::refused("You cannot screen: " + std::string(permit.sentence) + ".");
    const auto key = completion_key(draft.id);
    const auto* tool = tool_of(draft);
    if (!tool) return base::invalid("The tool of this draft is no longer in use. Start again.");
    auto c = screening_from(draft.answers, *tool);
    if (!problems_of(draft.answers, c, *tool, office().scheme, true).empty())
        return base::invalid("Some answers are missing or need a change. Nothing has been completed yet.");
    if (people_.sight(viewer, draft.subject).sight != Sight::full)
        return base::not_found("There is no such person.");
    const auto now = office().clock.now();
    c.person = draft.subject;
    c.completed_at = now;
    c.completed_by = viewer.user_id;
    c.agency = viewer.agency;
    const auto amends = draft.answers.get("amends");
    const auto based_on = draft.answers.get("amends_version");
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        if (const auto before = partnership::done_before(s, key, viewer.user_id)) return *before;
        // Saved and completed by one write: a form that fails has done nothing, and may be sent again.
        if (draft.user_id != viewer.user_id || !store::delete_draft(s, draft))
            return base::conflict("You have changed this in another window since you opened it here.");
        if (amends.empty()) {
            store::insert_screening(office(), s, c, viewer.user_id);
        } else {
            const auto stored = store::find_screening(office(), s, amends);
            if (!stored) return base::not_found("There is no such screening.");
            const auto next = after(stored->current(), ScreeningEvent::amend);
            if (!next.ok()) return next.error();
            c.id = stored->id;
            c.person = stored->person;
            c.referral = stored->referral;
            c.version = stored->version;
            if (std::to_string(c.version) != based_on ||
                !store::update_screening(office(), s, c, now, viewer.user_id))
                return base::conflict(
                    "Somebody else has made a new version of this screening since you opened it.");
        }
        record(s, viewer, "complete", "screening", c.id, permit.rule,
               "tool=" + c.tool + " version=" + std::to_string(c.version) + (c.mash_referral ? " mash=yes" : ""));
        partnership::remember_done(s, key, viewer.user_id, now, c.id);
        return c.id;
    });
}

base::Result<> ProtectDesk::review_screening(const Viewer& viewer, const std::string& id, std::int64_t version,
                                             const std::string& outcome) const {
    if (!find_choice(screening_outcomes(), outcome))
        return base::invalid("Select what follows from this screening.");
    return office().database.write([&](Session& s) -> base::Result<> {
        auto c = store::find_screening(office(), s, id);
        if (!c || !sight_of(viewer, *c).allowed) return base::not_found("There is no such screening.");
        const auto next = after(c->current(), ScreeningEvent::review);
        if (!next.ok()) return next.error();
        if (!may_review(viewer, *c))
            return base::refused("A screening is reviewed by a safeguarding lead who did not complete it.");
        if (c->version != version) return base::conflict("This screening has changed since you opened it.");
        const auto now = office().clock.now();
        c->review_outcome = outcome;
        c->reviewed_at = now;
        c->reviewed_by = viewer.user_id;
        if (!store::update_screening(office(), s, *c, now, viewer.user_id))
            return base::conflict("This screening has changed since you opened it.");
        record(s, viewer, "review", "screening", id, sight_of(viewer, *c).rule, "outcome=" + outcome);
        return base::done();
    });
}

std::optional<ScreeningView> ProtectDesk::screening(const Viewer& viewer, const std::string& id) const {
    return office().database.read([&](Session& s) -> std::optional<ScreeningView> {
        auto found = store::find_screening(office(), s, id);
        if (!found) return std::nullopt;
        ScreeningView out;
        out.sight = sight_of(viewer, *found);
        if (!out.sight.allowed) return std::nullopt;
        out.screening = std::move(*found);
        const auto& c = out.screening;
        out.tool = office().scheme.find_tool(c.tool);
        if (out.tool) out.scored = score(*out.tool, c.words.answers);
        const auto known = subject(viewer, c.person);
        out.subject = known ? known->name : "Name not known";
        out.completed_by = partnership::shown_user(s, c.completed_by).name;
        if (const auto* agency = office().scheme.find_agency(c.agency)) out.agency_name = agency->name;
        if (c.reviewed_at) out.reviewed_by = partnership::shown_user(s, c.reviewed_by).name;
        if (!c.referral.empty())
            if (const auto r = store::find_referral(office(), s, c.referral);
                r && sight_of(viewer, *r).sight != ReferralSight::none)
                out.referral_ref = r->ref;
        out.may_review = may_review(viewer, c);
        out.may_amend = viewer.has(Permission::screen) && c.agency == viewer.agency;
        out.versions = store::versions_of(s, "screening", id);
        return out;
    });
}

std::vector<Screening> ProtectDesk::screenings_of(const Viewer& viewer, const std::string& person) const {
    const auto root = people_.index().root_of(person);
    auto all = office().database.read([&](Session& s) { return store::screenings_about(s, root); });
    std::erase_if(all, [&](const Screening& c) { return !sight_of(viewer, c).allowed; });
    return all;
}

}  // namespace rowan::protect
