#include "protect/choices.h"
#include "protect/protect_desk.h"

#include <algorithm>
#include <tuple>

namespace rowan::protect {

using database::Session;
using partnership::Permission;

namespace {

constexpr std::size_t kMostClocks = 50;

std::string address(const std::string& referral, std::string_view page = "") {
    return "/referrals/" + referral + std::string(page);
}

WorkItem for_draft(const Draft& draft, const std::string& about) {
    WorkItem out;
    out.kind = WorkItem::Kind::draft;
    const bool referral = draft.kind == kReferralDraft;
    out.text =
        (referral ? "Finish your referral" : "Finish your screening") + (about.empty() ? "" : " about " + about);
    out.href = referral ? "/referrals/new/" + draft.id + "/check" : "/screenings/draft/" + draft.id;
    out.why = "Saved on " + base::display(draft.updated_at);
    return out;
}

// Worst first: danger, then what is overdue, then by when it is due; then the rest by kind.
auto rank(const WorkItem& item) {
    return std::tuple(!item.danger, item.urgency != Urgency::overdue, static_cast<int>(item.kind),
                      item.due.value_or(Instant::max()));
}

}  // namespace

void ProtectDesk::add_front_door_work(const Viewer& viewer, Session& s, std::vector<WorkItem>& out) const {
    const auto now = office().clock.now();
    const auto sealed = people_.sealed_out(viewer);
    for (auto& line : store::open_referrals(s)) {
        if (out.size() == kMostClocks) break;
        if (sealed.contains(people_.index().root_of(line.referral.person))) continue;
        const auto row = listed(viewer, s, std::move(line));
        WorkItem item;
        item.text = "Decide on " + row.line.referral.ref + ": " + row.subject;
        item.href = row.openable ? address(row.line.referral.id) : "/referrals";
        item.due = row.clock.due;
        item.urgency = urgency(row.clock, now);
        item.danger = row.line.referral.immediate_danger;
        item.why = (item.danger ? "Immediate danger. " : "") + sentence(row.clock, now);
        out.push_back(std::move(item));
    }
    for (const auto& [id, day] : store::pending_until(s, base::london_date(now))) {
        const auto found = store::find_referral(office(), s, id);
        if (!found || sight_of(viewer, *found).sight != ReferralSight::full) continue;
        WorkItem item;
        item.kind = WorkItem::Kind::decision;
        item.text = "Decide the level of risk for " + found->ref;
        item.href = address(id, "/decide");
        item.due = base::from_london(day, kOfficeCloses);
        item.urgency = now > *item.due ? Urgency::overdue : Urgency::soon;
        item.why = "Pending; to be decided by " + base::display(day);
        out.push_back(std::move(item));
    }
    for (const auto& line : store::unacknowledged(s)) {
        if (sight_of(viewer, line.referral).sight != ReferralSight::full) continue;
        WorkItem item;
        item.kind = WorkItem::Kind::decision;
        item.text = "Tell the referrer what was decided on " + line.referral.ref;
        item.href = address(line.referral.id, "/tell");
        item.why = "Decided on " + base::display(line.decision->decided_at);
        out.push_back(std::move(item));
    }
}

void ProtectDesk::add_own_work(const Viewer& viewer, Session& s, std::vector<WorkItem>& out) const {
    for (const auto& c : store::unreviewed(s, viewer.agency, viewer.user_id)) {
        if (!may_review(viewer, c)) continue;
        WorkItem item;
        item.kind = WorkItem::Kind::decision;
        const auto known = subject(viewer, c.person);
        item.text = "Review the screening of " + (known ? known->name : "somebody whose name is not known");
        item.href = "/screenings/" + c.id;
        item.why = "Completed on " + base::display(c.completed_at);
        out.push_back(std::move(item));
    }
    // Nothing that leads to a page which this role may not open.
    const bool refers = may(viewer, Permission::refer).allowed, screens = may(viewer, Permission::screen).allowed;
    for (const auto& line :
         refers ? store::unread_answers(s, viewer.user_id) : std::vector<store::ReferralLine>{}) {
        if (sight_of(viewer, line.referral).sight == ReferralSight::none) continue;
        WorkItem item;
        item.kind = WorkItem::Kind::news;
        item.text = "Read the answer to your referral " + line.referral.ref;
        item.href = address(line.referral.id);
        item.why = "Answered on " + base::display(*line.decision->acknowledged_at);
        out.push_back(std::move(item));
    }
    for (const auto& draft : store::drafts_of(office(), s, viewer.user_id)) {
        if (draft.kind != kReferralDraft && draft.kind != kScreeningDraft)
            continue;  // their own desk tells of them
        if (!(draft.kind == kReferralDraft ? refers : screens)) continue;
        const auto known = draft.subject.empty() ? std::nullopt : subject(viewer, draft.subject);
        const auto typed = draft.answers.get("given_names") + " " + draft.answers.get("family_name");
        const auto place = draft.answers.get("place_name");
        out.push_back(for_draft(draft, known ? known->name : typed != " " ? typed : place));
    }
}

std::vector<WorkItem> ProtectDesk::work_for(const Viewer& viewer) const {
    std::vector<WorkItem> out;
    if (!viewer.protocol_in_force) return out;
    office().database.read_session([&](Session& s) {
        if (may(viewer, Permission::decide).allowed) add_front_door_work(viewer, s, out);
        add_own_work(viewer, s, out);
    });
    return worst_first({std::move(out)});
}

std::vector<WorkItem> worst_first(std::vector<std::vector<WorkItem>> lists) {
    std::vector<WorkItem> out;
    for (auto& list : lists) std::move(list.begin(), list.end(), std::back_inserter(out));
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return rank(a) < rank(b); });
    return out;
}

}  // namespace rowan::protect
