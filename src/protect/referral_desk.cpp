#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/choices.h"
#include "protect/protect_desk.h"

#include <algorithm>

namespace rowan::protect {

using database::Session;
using partnership::Permission;
using partnership::Sight;

namespace {

// A pair this likely is put before a person (2^-2); the same line as for extracts.
constexpr double kLeastWeight = -2;
constexpr std::size_t kMostProposals = 5;

base::Error not_there() { return base::not_found("There is no such referral."); }
base::Error changed() { return base::conflict("This referral has changed since you opened it."); }

std::vector<std::string> states_of(const std::string& filter) {
    if (filter == "open") return {"RECEIVED", "SCREENING"};
    if (filter == "decided") return {"DECISION_MADE"};
    if (filter == "joined") return {"LINKED"};
    return {};
}

store::ReferralQuery::Order order_of(const std::string& sort) {
    using O = store::ReferralQuery::Order;
    if (sort == "received") return O::oldest_first;
    if (sort == "-received") return O::newest_first;
    if (sort == "ref") return O::by_ref;
    if (sort == "area") return O::by_area;
    return O::danger_first;
}

}  // namespace

DecisionClock ProtectDesk::clock_of(const Referral& r, const std::optional<Decision>& d) const {
    const auto days =
        office().scheme.parameters_on(base::london_date(r.received_at)).referral_decision_working_days;
    return decision_clock(r.received_at, d ? std::optional{d->decided_at} : std::nullopt, days,
                          office().working_days);
}

SightOfReferral ProtectDesk::sight_of(const Viewer& viewer, const Referral& r) const {
    partnership::PersonSight person;
    if (!r.person.empty()) person = people_.sight(viewer, r.person);
    return may_see_referral(viewer, r.referrer_user, person.shut_out, protocol(), person.sealed_out);
}

// --- sending ----------------------------------------------------------------------------------------------------

base::Result<std::string> ProtectDesk::send(const Viewer& viewer, const std::string& draft_id) const {
    const auto permit = may(viewer, Permission::refer);
    if (!permit.allowed) return base::refused("You cannot refer: " + std::string(permit.sentence) + ".");
    const auto key = "send:" + draft_id;
    const auto draft = this->draft(viewer, draft_id);
    if (!draft) {
        const auto sent =
            office().database.read([&](Session& s) { return partnership::done_before(s, key, viewer.user_id); });
        if (sent) return *sent;
        return base::not_found("There is no such draft.");
    }
    auto filled = fill(draft->answers, office().scheme, office().clock.now());
    if (!filled.problems.empty() || draft->kind != kReferralDraft)
        return base::invalid("Some answers are missing or need a change. Nothing has been sent yet.");

    auto& r = filled.referral;
    r.referrer_user = viewer.user_id;
    r.referrer_agency = viewer.agency;
    r.state = name_of(*after(State::new_, Event::submit));
    const bool somebody_new = r.subject_kind != kLocation && filled.chosen_person.empty();
    std::vector<people::Match> matches;
    if (somebody_new) {
        matches = people_.index().matches(filled.identity, "", kLeastWeight, kMostProposals);
    } else if (r.subject_kind != kLocation) {
        const auto known = subject(viewer, filled.chosen_person);
        if (!known) return base::refused("You can no longer see the person you chose. Search again.");
        r.person = known->root;
        r.words.subject_name = known->name;
        r.area = known->area;
        const auto today = base::london_date(r.received_at);
        if (known->born && *known->born <= today) r.age_at = base::age_on(*known->born, today);
    }

    std::vector<std::string> touched;
    std::vector<partnership::AuditEntry> entries;
    if (!r.person.empty())
        for (const auto& each : people_.index().records_of(people_.index().root_of(r.person)))
            touched.push_back(each.id);
    auto sent = office().database.write([&](Session& s) -> base::Result<std::string> {
        if (const auto before = partnership::done_before(s, key, viewer.user_id)) return *before;
        if (!store::delete_draft(s, draft_id, viewer.user_id)) return base::not_found("There is no such draft.");
        if (somebody_new) {
            const auto stored = people_.store_record(s, viewer.agency, filled.identity, "", viewer.user_id);
            r.person = stored.person;
            touched.push_back(stored.record);
            people_.propose_links(s, stored.record, matches, viewer.user_id, viewer.agency, entries);
        }
        store::insert_referral(office(), s, r, viewer.user_id);
        people_.note_change(s, touched);
        if (!entries.empty()) office().audit.append(s, entries);
        record(s, viewer, "create", "referral", r.id, permit.rule,
               "kind=" + r.subject_kind + (r.immediate_danger ? " danger=yes" : ""));
        partnership::remember_done(s, key, viewer.user_id, r.received_at, r.id);
        return r.id;
    });
    if (!sent.ok()) return sent;
    people_.refresh(touched);
    return sent;
}

// --- seeing -----------------------------------------------------------------------------------------------------

std::string ProtectDesk::subject_of(const Viewer& viewer, Session& s, const Referral& r) const {
    if (r.subject_kind == kLocation || r.person.empty()) return store::subject_name(office(), s, r.id);
    const auto known = subject(viewer, r.person);
    return known ? known->name : "";
}

ListedReferral ProtectDesk::listed(const Viewer& viewer, Session& s, store::ReferralLine line) const {
    ListedReferral out;
    out.clock = clock_of(line.referral, line.decision);
    out.openable = sight_of(viewer, line.referral).sight != ReferralSight::none;
    out.subject = out.openable ? subject_of(viewer, s, line.referral) : "";
    if (out.subject.empty()) out.subject = "Restricted record";
    out.alarms = alarms(line.referral);
    out.line = std::move(line);
    return out;
}

Listing ProtectDesk::listing(const Viewer& viewer, const ListFilter& filter, bool all_pages) const {
    Listing out;
    const bool sees_all = may(viewer, Permission::see_all_referrals).allowed;
    out.rule = sees_all ? "front-door" : "referrer";
    out.sentence =
        sees_all ? "you work at the front door of the partnership" : "these are the referrals that you made";
    if (!viewer.protocol_in_force) return out;
    const auto now = office().clock.now();
    const auto sealed = people_.sealed_out(viewer);
    return office().database.read([&](Session& s) {
        std::vector<std::string> overdue;
        for (const auto& line : store::open_referrals(s)) {
            if (sealed.contains(people_.index().root_of(line.referral.person))) continue;
            if (!sees_all && line.referral.referrer_user != viewer.user_id) continue;
            const auto how = urgency(clock_of(line.referral, std::nullopt), now);
            ++out.counts.open;
            out.counts.danger += line.referral.immediate_danger;
            out.counts.due_today += how == Urgency::soon;
            out.counts.overdue += how == Urgency::overdue;
            if (how == Urgency::overdue) overdue.push_back(line.referral.id);
        }
        store::ReferralQuery query;
        query.states = states_of(filter.state);
        query.area = filter.area;
        query.subject_kind = filter.kind;
        if (filter.mine || !sees_all) query.referrer_user = viewer.user_id;
        if (filter.overdue) query.only = overdue;
        query.without = sealed;
        query.order = order_of(filter.sort);
        query.limit = all_pages ? 100'000 : kRowsOfAPage;
        query.offset = all_pages ? 0 : (std::max<std::size_t>(filter.page, 1) - 1) * kRowsOfAPage;
        out.total = store::count_referrals(s, query);
        for (auto& line : store::list_referrals(s, query)) out.rows.push_back(listed(viewer, s, std::move(line)));
        return out;
    });
}

namespace {

// The referrer learns what they were told, and nothing else of the decision.
void keep_to_what_was_told(std::optional<Decision>& d) {
    if (!d) return;
    if (!d->acknowledged_at) return d.reset();
    d->words = {.told = d->words.told};
    d->risk_level.clear();
    d->decide_by.reset();
    d->decided_by.clear();
}

}  // namespace

std::optional<ReferralView> ProtectDesk::referral(const Viewer& viewer, const std::string& id) const {
    return office().database.read([&](Session& s) -> std::optional<ReferralView> {
        auto found = store::find_referral(office(), s, id);
        if (!found) return std::nullopt;
        ReferralView out;
        out.sight = sight_of(viewer, *found);
        if (out.sight.sight == ReferralSight::none) return std::nullopt;
        out.decision = store::decision_of(office(), s, id);
        out.clock = clock_of(*found, out.decision);
        out.referral = std::move(*found);
        const auto& r = out.referral;
        const auto who = partnership::shown_user(s, r.referrer_user);
        out.referrer = who.name;
        if (const auto* agency = office().scheme.find_agency(r.referrer_agency))
            out.referrer_agency = agency->name;
        if (!r.person.empty() && people_.sight(viewer, r.person).sight == Sight::full)
            out.person = people_.index().root_of(r.person);
        out.subject = out.sight.sight == ReferralSight::own ? r.words.subject_name : subject_of(viewer, s, r);
        if (out.sight.sight == ReferralSight::own) {
            keep_to_what_was_told(out.decision);
            return out;
        }
        if (out.decision) {
            out.decided_by = partnership::shown_user(s, out.decision->decided_by).name;
            if (out.decision->acknowledged_at)
                out.acknowledged_by = partnership::shown_user(s, out.decision->acknowledged_by).name;
            out.decision_versions = store::versions_of(s, "front_door_decision", out.decision->id);
        }
        out.screenings = store::screenings_for(s, id);
        if (!out.person.empty())
            for (auto& line : store::referrals_about(s, out.person))
                if (line.referral.id != id) out.others.push_back(std::move(line));
        if (!r.duplicate_of.empty())
            if (const auto earlier = store::find_referral(office(), s, r.duplicate_of))
                out.duplicate_of_ref = earlier->ref;
        out.versions = store::versions_of(s, "referral", id);
        return out;
    });
}

std::vector<store::ReferralLine> ProtectDesk::referrals_of(const Viewer& viewer, const std::string& person) const {
    const auto root = people_.index().root_of(person);
    auto all = office().database.read([&](Session& s) { return store::referrals_about(s, root); });
    std::erase_if(all, [&](const store::ReferralLine& line) {
        return sight_of(viewer, line.referral).sight == ReferralSight::none;
    });
    for (auto& line : all)
        if (sight_of(viewer, line.referral).sight == ReferralSight::own) keep_to_what_was_told(line.decision);
    return all;
}

// --- changing ---------------------------------------------------------------------------------------------------

base::Result<Referral> ProtectDesk::referral_to_change(Session& s, const Viewer& viewer, const std::string& id,
                                                       std::int64_t version) const {
    auto found = store::find_referral(office(), s, id);
    if (!found || sight_of(viewer, *found).sight != ReferralSight::full) return not_there();
    const auto permit = may(viewer, Permission::decide);
    if (!permit.allowed) return base::refused("You cannot do this: " + std::string(permit.sentence) + ".");
    if (found->version != version) return changed();
    return std::move(*found);
}

base::Result<> ProtectDesk::mark_danger(const Viewer& viewer, const std::string& id, std::int64_t version,
                                        const std::string& note) const {
    return office().database.write([&](Session& s) -> base::Result<> {
        auto r = referral_to_change(s, viewer, id, version);
        if (!r.ok()) return r.error();
        const auto next = after(r->current(), Event::urgent_danger);
        if (!next.ok()) return next.error();
        r->state = name_of(*next);
        r->immediate_danger = true;
        if (const auto words = base::tidy(note); !words.empty()) {
            if (!r->words.danger_note.empty()) r->words.danger_note += "\n\n";
            r->words.danger_note += words;
        }
        if (!store::update_referral(office(), s, *r, office().clock.now(), viewer.user_id)) return changed();
        record(s, viewer, "mark-danger", "referral", id, "front-door");
        return base::done();
    });
}

base::Result<> ProtectDesk::link_duplicate(const Viewer& viewer, const std::string& id, std::int64_t version,
                                           const std::string& earlier_ref) const {
    return office().database.write([&](Session& s) -> base::Result<> {
        auto r = referral_to_change(s, viewer, id, version);
        if (!r.ok()) return r.error();
        const auto next = after(r->current(), Event::link_duplicate);
        if (!next.ok()) return next.error();
        const auto earlier_id = store::referral_by_ref(s, base::tidy_line(earlier_ref));
        const auto earlier = earlier_id ? store::find_referral(office(), s, *earlier_id) : std::nullopt;
        if (!earlier || sight_of(viewer, *earlier).sight != ReferralSight::full)
            return base::invalid("There is no referral with that reference. It looks like R-2018-0042.");
        if (earlier->id == id)
            return base::invalid("A referral cannot be joined to itself. Enter the earlier one.");
        if (earlier->current() == State::linked)
            return base::invalid("That referral is itself joined to another. Enter the one that it is joined to.");
        r->state = name_of(*next);
        r->duplicate_of = earlier->id;
        if (!store::update_referral(office(), s, *r, office().clock.now(), viewer.user_id)) return changed();
        record(s, viewer, "link-duplicate", "referral", id, "front-door", "to=" + earlier->id);
        return base::done();
    });
}

base::Result<> ProtectDesk::unlink(const Viewer& viewer, const std::string& id, std::int64_t version) const {
    return office().database.write([&](Session& s) -> base::Result<> {
        auto r = referral_to_change(s, viewer, id, version);
        if (!r.ok()) return r.error();
        const auto next = after(r->current(), Event::unlink);
        if (!next.ok()) return next.error();
        r->state = name_of(*next);
        r->duplicate_of.clear();
        if (!store::update_referral(office(), s, *r, office().clock.now(), viewer.user_id)) return changed();
        record(s, viewer, "unlink", "referral", id, "front-door");
        return base::done();
    });
}

}  // namespace rowan::protect
