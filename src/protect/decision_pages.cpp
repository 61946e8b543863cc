#include "base/text.h"
#include "protect/pages.h"

#include <algorithm>

namespace rowan::protect::pages {

namespace {

using partnership::Permission;

struct Typed {
    Decision decision;
    Problems problems;
    std::string day, month, year;
};

Typed read_form(const Visit& visit, const std::string& referral) {
    const auto& form = visit.form;
    Typed out;
    auto& d = out.decision;
    d.referral = referral;
    d.version = number_field(visit, "decision_version");
    d.decision = form.get("decision");
    d.risk_level = form.get("risk_level");
    d.words.rationale = base::tidy(form.get("rationale"));
    d.words.best_interests = base::tidy(form.get("best_interests"));
    out.day = form.get("decide_by-day");
    out.month = form.get("decide_by-month");
    out.year = form.get("decide_by-year");
    // The date counts only for a pending level; what was typed for another is kept on the page and not used.
    if (d.risk_level == "pending" && !(out.day + out.month + out.year).empty()) {
        const auto day = people::parse_written_date(out.day, out.month, out.year);
        if (day.ok())
            d.decide_by = *day;
        else
            out.problems.push_back({"decide_by-day", day.error().message});
    }
    return out;
}

Typed from_stored(const std::string& referral, const std::optional<Decision>& stored) {
    Typed out;
    if (stored) out.decision = *stored;
    out.decision.referral = referral;
    if (const auto& day = out.decision.decide_by) {
        out.day = std::to_string(unsigned(day->day()));
        out.month = std::to_string(unsigned(day->month()));
        out.year = std::to_string(int(day->year()));
    }
    return out;
}

// H-033: five statements of young people; the page reminds, it does not ask.
Html statements() {
    return html::details(
        {.summary = "What young people ask of us",
         .text = html::bullets({html::text("Don’t make assumptions about who I am and what I need"),
                                html::text("Help make me safe and stop it happening"),
                                html::text("It’s not just me"), html::text("Punish the right people"),
                                html::text("Don’t think there is a quick fix")})});
}

Html decision_fields(const Visit& visit, const ReferralView& view, const Typed& typed) {
    const auto& scheme = visit.office.scheme;
    const auto& d = typed.decision;
    const auto error = [&](std::string_view field) {
        return html::ErrorMessage{.text = error_of(typed.problems, field)};
    };
    html::Radios decision{.name = "decision",
                          .fieldset = legend("What happens next?"),
                          .error_message = error("decision"),
                          .value = d.decision};
    for (const auto& each : scheme.decisions)
        decision.items.push_back({.value = each.code, .text = each.label, .hint = {.text = each.help}});
    html::Radios level{.name = "risk_level",
                       .fieldset = legend("Level of risk"),
                       .hint = {.text = "You need no disclosure and no evidence to decide. “" +
                                        level_label(scheme, "3") + "” means a strategy discussion immediately."},
                       .error_message = error("risk_level"),
                       .value = d.risk_level};
    for (const auto& each : scheme.risk_levels) {
        level.items.push_back({.value = each.code, .text = each.label, .hint = {.text = each.description}});
        if (each.code == "pending")
            level.items.back().conditional =
                html::date_input({.id = "decide_by",
                                  .name_prefix = "decide_by",
                                  .fieldset = legend("By which day will it be decided?", "s"),
                                  .error_message = {.text = error_of(typed.problems, "decide_by-day")},
                                  .values = {{"day", typed.day}, {"month", typed.month}, {"year", typed.year}}});
    }
    return join(
        html::radios(decision), when(view.referral.subject_kind == kChild, [&] { return html::radios(level); }),
        html::textarea({.name = "rationale",
                        .label = {.text = "Why?", .classes = "govuk-label--m"},
                        .hint = {.text = "A young person’s agreement is never a reason to do nothing"},
                        .error_message = error("rationale"),
                        .value = d.words.rationale,
                        .rows = 5}),
        html::textarea(
            {.name = "best_interests",
             .label = {.text = "How does this serve the child’s best interests?", .classes = "govuk-label--m"},
             .error_message = error("best_interests"),
             .value = d.words.best_interests,
             .rows = 4}),
        statements());
}

// Two people decided at once: yours and theirs, side by side; nothing has been overwritten.
Html side_by_side(const Visit& visit, const ReferralView& view, const Decision& mine) {
    const auto& scheme = visit.office.scheme;
    html::Comparison out;
    out.caption = "Yours and what is stored now";
    out.left_heading = "Yours, not saved";
    out.right_heading = view.decision ? "Stored, by " + view.decided_by : "Stored";
    const auto add = [&](std::string field, const std::string& left, const std::string& right) {
        const auto likeness = left == right                   ? html::Likeness::same
                              : right.empty() || left.empty() ? html::Likeness::missing
                                                              : html::Likeness::different;
        out.rows.push_back({.field = std::move(field), .left = left, .right = right, .likeness = likeness});
    };
    const auto theirs = view.decision.value_or(Decision{});
    const auto day = [](const Decision& d) { return d.decide_by ? base::display(*d.decide_by) : std::string{}; };
    add("Decision", decision_label(scheme, mine.decision), decision_label(scheme, theirs.decision));
    add("Level of risk", level_label(scheme, mine.risk_level), level_label(scheme, theirs.risk_level));
    add("Level to be decided by", day(mine), day(theirs));
    add("Why", mine.words.rationale, theirs.words.rationale);
    add("Best interests", mine.words.best_interests, theirs.words.best_interests);
    std::vector<Html> warnings;
    for (const auto& each : alarms(view.referral)) warnings.push_back(html::text(each));
    return join(html::notification_banner({.text = "This record has changed since you opened it. Yours and theirs "
                                                   "are below. Nothing has been overwritten.",
                                           .title = "Changed"}),
                warnings.empty() ? Html{} : html::bullets(warnings), html::comparison(out),
                html::para("If yours should stand, save it again below. Theirs stays in the history."));
}

std::string form_title(const ReferralView& view) { return view.decision ? "Revise the decision" : "Decide"; }

http::Response decide_form(Visit& visit, const ReferralView& view, Typed typed, const Html& before,
                           bool prompted) {
    const auto& r = view.referral;
    visit.looked_at("referral", r.id, view.sight.rule, "decide");
    visit.why = why_sentence(view.sight.sentence);
    const auto version = view.decision ? view.decision->version : 0;
    const Html form = partnership::post_form(
        visit, "/referrals/" + r.id + "/decide",
        join(hidden("referral_version", std::to_string(r.version)),
             hidden("decision_version", std::to_string(version)), when(prompted, hidden("prompted", "yes")),
             decision_fields(visit, view, typed),
             html::button({.text = view.decision ? "Save the new decision" : "Record the decision",
                           .prevent_double_click = true})));
    const auto title = form_title(view);
    const Html body = join(error_summary_of(typed.problems),
                           html::page_heading(title, r.ref + (view.subject.empty() ? "" : ", " + view.subject)),
                           html::para(clock_words(r.current(), view.clock, visit.office.clock.now())), before,
                           html::details({.summary = "The worry, as it was written",
                                          .text = html::paragraphs(r.words.narrative),
                                          .open = true}),
                           form);
    return shown(visit, title, html::two_thirds(body), "/referrals/" + r.id, !typed.problems.empty());
}

std::optional<ReferralView> full_view_of(Visit& visit, const ProtectDesk& desk) {
    auto view = desk.referral(visit.viewer, visit.parameter("id"));
    if (view && view->sight.sight == ReferralSight::full) return view;
    visit.refused("referral", "", "no-relationship");
    return std::nullopt;
}

http::Response decide_page(Visit& visit, const ProtectDesk& desk) {
    const auto view = full_view_of(visit, desk);
    if (!view) return partnership::not_there(visit);
    const auto next = after(view->referral.current(), view->decision ? Event::revise_decision : Event::decide);
    if (!next.ok()) return partnership::problem(visit, next.error());
    return decide_form(visit, *view, from_stored(view->referral.id, view->decision), {}, false);
}

http::Response save_decision(Visit& visit, const ProtectDesk& desk) {
    const auto view = full_view_of(visit, desk);
    if (!view) return partnership::not_there(visit);
    auto typed = read_form(visit, view->referral.id);
    auto candidate = typed.decision;
    candidate.decided_at = view->decision ? view->decision->decided_at : visit.office.clock.now();
    for (auto& problem :
         check(candidate, view->referral.subject_kind, view->referral.received_at, visit.office.scheme)) {
        if (problem.field == "decide_by") problem.field = "decide_by-day";
        if (error_of(typed.problems, problem.field).empty()) typed.problems.push_back(std::move(problem));
    }
    if (!typed.problems.empty()) return decide_form(visit, *view, std::move(typed), {}, false);
    // S-031: one gentle question, once; the second press records it as it is.
    const auto words = typed.decision.words.rationale + "\n" + typed.decision.words.best_interests;
    if (const auto prompts = gentle_prompts(words); !prompts.empty() && visit.form.get("prompted") != "yes")
        return decide_form(
            visit, *view, std::move(typed),
            join(prompts,
                 html::para("Nothing has been recorded yet. Change your words, or record them as they are.")),
            true);
    const auto done = desk.decide(visit.viewer, typed.decision, number_field(visit, "referral_version"),
                                  visit.form.get(partnership::kOnceField));
    if (done.ok()) return http::redirect("/referrals/" + view->referral.id);
    if (done.error().kind != base::ErrorKind::conflict) return partnership::problem(visit, done.error());
    const auto now = full_view_of(visit, desk);
    if (!now) return partnership::not_there(visit);
    if (!after(now->referral.current(), now->decision ? Event::revise_decision : Event::decide).ok())
        return partnership::problem(visit, done.error());
    const auto mine = typed.decision;
    return decide_form(visit, *now, std::move(typed), side_by_side(visit, *now, mine), true);
}

http::Response tell_page(Visit& visit, const ProtectDesk& desk) {
    const auto view = full_view_of(visit, desk);
    if (!view) return partnership::not_there(visit);
    if (!view->decision)
        return partnership::problem(visit, after(view->referral.current(), Event::acknowledge).error());
    const auto& r = view->referral;
    visit.looked_at("referral", r.id, view->sight.rule, "tell");
    visit.why = why_sentence(view->sight.sentence);
    const auto& w = r.words;
    const Html body = join(
        html::page_heading("Tell the referrer", r.ref),
        html::para("To ", el("strong", w.referrer_name.empty() ? view->referrer : w.referrer_name), ", ",
                   view->referrer_agency, ". They will find this under My work:"),
        html::inset_text(
            {.text = html::paragraphs(acknowledgement(*view->decision, r.ref, "", visit.office.scheme))}),
        partnership::post_form(
            visit, "/referrals/" + r.id + "/tell",
            join(hidden("version", std::to_string(view->decision->version)),
                 html::textarea(
                     {.name = "note",
                      .label = {.text = "Anything to add?"},
                      .hint = {.text = "Nothing about other people, and nothing that the referrer need not know"},
                      .rows = 4}),
                 html::button({.text = "Tell the referrer", .prevent_double_click = true}))));
    return shown(visit, "Tell the referrer", html::two_thirds(body), "/referrals/" + r.id);
}

http::Response tell(Visit& visit, const ProtectDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto done = desk.acknowledge(visit.viewer, id, number_field(visit, "version"), visit.form.get("note"));
    return done.ok() ? http::redirect("/referrals/" + id) : partnership::problem(visit, done.error());
}

}  // namespace

void add_decision_routes(Routes& routes, const ProtectDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto decide = Access::needs(Permission::decide);
    routes.get(
        "/referrals/{id}/decide", decide, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return decide_page(v, desk); }, "referrals");
    routes.post(
        "/referrals/{id}/decide", decide, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return save_decision(v, desk); }, "referrals");
    routes.get(
        "/referrals/{id}/tell", decide, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return tell_page(v, desk); }, "referrals");
    routes.post(
        "/referrals/{id}/tell", decide, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return tell(v, desk); }, "referrals");
}

}  // namespace rowan::protect::pages
