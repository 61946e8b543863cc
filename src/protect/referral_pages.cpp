#include "base/text.h"
#include "formats/csv.h"
#include "partnership/looks.h"
#include "partnership/security_key_pages.h"
#include "protect/pages.h"

#include <algorithm>

namespace rowan::protect::pages {

namespace {

using partnership::Permission;

std::string address(const Referral& r, std::string_view page = "") {
    return "/referrals/" + r.id + std::string(page);
}

// --- the list ---------------------------------------------------------------------------------------------------

constexpr std::pair<std::string_view, std::string_view> kStatesOfList[] = {{"open", "Waiting for a decision"},
                                                                           {"decided", "Decided"},
                                                                           {"joined", "Joined to an earlier one"},
                                                                           {"all", "All"}};

ListFilter filter_from(const http::Fields& query) {
    ListFilter out;
    const auto& state = query.get("state");
    for (const auto& [code, words] : kStatesOfList)
        if (state == code) out.state = state;
    out.area = query.get("area");
    out.kind = query.get("kind");
    out.overdue = query.get("overdue") == "yes";
    out.mine = query.get("mine") == "yes";
    out.sort = query.get("sort");
    out.page = html::page_asked(query.get("page"), 1'000'000);
    return out;
}

// The list's address with its filters, but for the part named.
std::string list_address(const ListFilter& f, std::string_view without = "",
                         std::string_view path = "/referrals") {
    std::vector<std::pair<std::string, std::string>> parts;
    const auto add = [&](std::string name, std::string value, bool is_default) {
        if (!is_default && name != without) parts.emplace_back(std::move(name), std::move(value));
    };
    add("state", f.state, f.state == "open");
    add("area", f.area, f.area.empty());
    add("kind", f.kind, f.kind.empty());
    add("overdue", "yes", !f.overdue);
    add("mine", "yes", !f.mine);
    add("sort", f.sort, f.sort.empty());
    return std::string(path) + "?" + http::query_string(parts);
}

Html list_filter(const Visit& visit, const ListFilter& f, bool sees_all) {
    const auto& scheme = visit.office.scheme;
    html::Filter out;
    out.action = "/referrals";
    out.clear_href = "/referrals";
    if (!f.sort.empty()) out.keep = {{"sort", f.sort}};
    const auto chosen = [&](std::string heading, std::string text, std::string_view part) {
        out.selected.push_back({std::move(heading), std::move(text), list_address(f, part)});
    };
    html::Radios state{
        .name = "state", .fieldset = legend("State", "s"), .value = f.state, .classes = "govuk-radios--small"};
    for (const auto& [code, words] : kStatesOfList) {
        state.items.push_back({.value = std::string(code), .text = words});
        if (f.state == code && code != "open") chosen("State", std::string(words), "state");
    }
    html::Select area{.name = "area", .label = {.text = "Area", .classes = "govuk-label--s"}, .value = f.area};
    area.items.push_back({.value = "", .text = "All areas"});
    for (const auto& each : scheme.areas)
        area.items.push_back({.value = each.code, .text = std::string(each.name())});
    html::Select kind{.name = "kind", .label = {.text = "About", .classes = "govuk-label--s"}, .value = f.kind};
    kind.items.push_back({.value = "", .text = "Everybody and everything"});
    for (const auto code : {kChild, kIndividual, kLocation})
        kind.items.push_back({.value = std::string(code), .text = subject_title(scheme, code)});
    if (!f.area.empty()) chosen("Area", area_name(scheme, f.area), "area");
    if (!f.kind.empty()) chosen("About", subject_title(scheme, f.kind), "kind");
    if (f.overdue) chosen("Clock", "Overdue", "overdue");
    if (f.mine) chosen("Referrer", "Me", "mine");
    const auto tick = [](const char* name, std::string text, bool on) {
        return html::checkboxes({.name = name,
                                 .items = {{.value = "yes", .text = std::move(text), .checked = on}},
                                 .classes = "govuk-checkboxes--small"});
    };
    out.options = join(html::radios(state), html::select(area), html::select(kind),
                       tick("overdue", "Overdue only", f.overdue),
                       when(sees_all, [&] { return tick("mine", "Only those that I made", f.mine); }));
    return html::filter(out);
}

Html why_here(const ListedReferral& row, Instant now) {
    std::vector<Html> parts;
    if (row.line.referral.immediate_danger && is_open(row.line.referral.current()))
        parts.push_back(html::tag({.text = "Immediate danger", .classes = "rowan-tag--berry"}));
    parts.push_back(clock_of(row, now));
    if (row.line.decision && !row.line.decision->acknowledged_at &&
        row.line.referral.current() == State::decision_made)
        parts.push_back(html::tag({.text = "Referrer not told yet", .classes = "rowan-tag--amber"}));
    return html::join_with(" ", parts);
}

Html list_table(Visit& visit, const Listing& list, const ListFilter& f) {
    const auto& scheme = visit.office.scheme;
    const auto now = visit.office.clock.now();
    const auto sorting = html::sorting_from(f.sort, {"received", "ref", "area"}, {});
    html::Sorting with_base = sorting;
    with_base.base = list_address(f, "sort");
    html::Table table;
    table.caption = "Referrals";
    table.caption_classes = "govuk-visually-hidden";
    table.head = {html::sort_head("Reference", "ref", with_base),
                  {.text = "About"},
                  {.text = "Why it is here"},
                  html::sort_head("Received", "received", with_base),
                  html::sort_head("Area", "area", with_base),
                  {.text = "From"}};
    for (const auto& row : list.rows) {
        const auto& r = row.line.referral;
        visit.looked_at("referral", r.id, list.rule, "list");
        if (!r.person.empty() && row.openable) visit.looked_at("person", r.person, list.rule, "list");
        const auto* agency = scheme.find_agency(r.referrer_agency);
        table.rows.push_back(html::row(
            el("span", cls("rowan-nowrap"), row.openable ? html::anchor(address(r), r.ref) : html::text(r.ref)),
            join(row.subject, el("br"), html::text(subject_title(scheme, r.subject_kind))), why_here(row, now),
            html::time_of(r.received_at), area_name(scheme, r.area), agency ? agency->name : r.referrer_agency));
    }
    return html::working_table(table);
}

Html counts(const Listing& list) {
    const auto number = [](std::size_t n, const char* label, std::string href) {
        return html::Stat{
            .number = html::grouped(static_cast<std::int64_t>(n)), .label = label, .href = std::move(href)};
    };
    return html::stats({number(list.counts.open, "waiting for a decision", "/referrals"),
                        number(list.counts.overdue, "overdue", "/referrals?overdue=yes"),
                        number(list.counts.due_today, "due today", ""),
                        number(list.counts.danger, "in immediate danger", "")});
}

http::Response list_page(Visit& visit, const ProtectDesk& desk) {
    const auto f = filter_from(visit.request.query);
    const auto list = desk.listing(visit.viewer, f);
    const bool sees_all = may(visit.viewer, Permission::see_all_referrals).allowed;
    visit.looked_at("referrals", "", list.rule, "rows=" + std::to_string(list.rows.size()));
    visit.why = why_sentence(list.sentence);
    const auto first = (f.page - 1) * kRowsOfAPage;
    const std::string title = sees_all ? "Referrals" : "Your referrals";
    const Html rows =
        list.rows.empty()
            ? html::empty_note(f.overdue           ? "Nothing is overdue."
                               : f.state == "open" ? "No referral is waiting for a decision."
                                                   : "No referral matches.")
            : join(html::list_count(first + 1, first + list.rows.size(), list.total,
                                    list.total == 1 ? "referral" : "referrals"),
                   list_table(visit, list, f),
                   html::page_links(f.page, (list.total + kRowsOfAPage - 1) / kRowsOfAPage, list_address(f)),
                   html::para(html::anchor(list_address(f, "", "/referrals/export"), "Download this list (CSV)")));
    const Html body =
        join(html::page_heading(title), html::button({.text = "Make a referral", .href = "/referrals/new"}),
             counts(list), html::list_layout(list_filter(visit, f, sees_all), rows));
    return shown(visit, title, body, "", false, true);
}

http::Response export_list(Visit& visit, const ProtectDesk& desk) {
    // Everybody's referrals are many people; one's own are not.
    if (may(visit.viewer, Permission::see_all_referrals).allowed)
        if (auto refused = partnership::key_first(visit)) return std::move(*refused);
    const auto f = filter_from(visit.request.query);
    const auto list = desk.listing(visit.viewer, f, true);
    const auto& scheme = visit.office.scheme;
    const auto now = visit.office.clock.now();
    std::vector<formats::CsvRow> rows = {
        {scheme.marking, "Referrals"},
        {"Reference", "Received", "State", "Clock", "About", "Name", "Area", "Reason", "Kinds of exploitation",
         "Referred by", "Immediate danger", "Decision", "Level of risk", "Decided", "Referrer told"}};
    visit.looked_at("referrals", "", list.rule, "export rows=" + std::to_string(list.rows.size()));
    visit.looks.back().act = "export";
    const bool full = list.rule == "front-door";
    for (const auto& row : list.rows) {
        const auto& r = row.line.referral;
        auto d = row.line.decision;
        if (!full && d && !d->acknowledged_at) d.reset();
        visit.looked_at("referral", r.id, list.rule, "export");
        visit.looks.back().act = "export";
        if (!r.person.empty() && row.openable) {
            visit.looked_at("person", r.person, list.rule, "export");
            visit.looks.back().act = "export";
        }
        const auto* agency = scheme.find_agency(r.referrer_agency);
        rows.push_back(
            {r.ref, base::to_iso(r.received_at), std::string(words_for(r.current())),
             r.current() == State::linked ? "" : sentence(row.clock, now), subject_title(scheme, r.subject_kind),
             row.subject, area_name(scheme, r.area), scheme.text_of("referral_reasons", r.reason),
             texts_of(scheme, "exploitation_types", r.exploitation), agency ? agency->name : r.referrer_agency,
             r.immediate_danger ? "yes" : "no", d ? decision_label(scheme, d->decision) : "",
             d && full ? level_label(scheme, d->risk_level) : "", d ? base::to_iso(d->decided_at) : "",
             d && d->acknowledged_at ? base::to_iso(*d->acknowledged_at) : ""});
    }
    rows.front().resize(rows[1].size());
    return partnership::csv_file("referrals.csv", formats::to_csv(rows));
}

// --- one referral -----------------------------------------------------------------------------------------------

html::SummaryListRow fact(std::string key, const std::string& value) {
    return html::summary_row(std::move(key),
                             value.empty() ? html::Content("Not said") : html::Content(html::paragraphs(value)));
}

Html what_was_said(const Visit& visit, const ReferralView& view) {
    const auto& scheme = visit.office.scheme;
    const auto& r = view.referral;
    const auto& w = r.words;
    html::SummaryList list;
    const auto add = [&](std::string key, std::string value, bool always = true) {
        if (always || !value.empty()) list.rows.push_back(fact(std::move(key), value));
    };
    add("The worry", w.narrative);
    add("Their own words", w.their_words, false);
    add("Reason", scheme.text_of("referral_reasons", r.reason));
    add("Kinds of exploitation", texts_of(scheme, "exploitation_types", r.exploitation), r.reason != "missing");
    add("What they do", texts_of(individual_roles(), w.individual_roles), false);
    add("Address", lines({w.place_address, w.place_postcode}), r.subject_kind == kLocation);
    add("Given or promised", texts_of(scheme, "something_received", w.something_received), false);
    add("Who gains", texts_of(exchange_kinds(), w.exchange), false);
    add("How", text_of(technology_kinds(), w.technology), false);
    add("Contact", text_of(contact_kinds(), w.contact), false);
    add("By what means", texts_of(methods(), w.methods), false);
    add("By whom", texts_of(who_kinds(), w.who), false);
    add("Young person knows", text_of(awareness(), r.child_aware), false);
    add("Parent or carer knows", text_of(awareness(), r.parent_aware), false);
    add("Immediate danger", r.immediate_danger ? lines({"Yes", w.danger_note}) : "No");
    add("Children’s Social Care", lines({text_of(csc_answers(), r.csc_question), w.csc_ref + w.csc_reason}));
    add("Age when referred", r.age_at ? std::to_string(*r.age_at) : "", false);
    add("Area", area_name(scheme, r.area));
    const auto phone =
        w.referrer_phone.starts_with("+") ? base::display_phone(w.referrer_phone) : w.referrer_phone;
    add("Referred by",
        lines({w.referrer_name.empty() ? view.referrer : w.referrer_name, w.referrer_post, view.referrer_agency,
               phone, w.referrer_email, text_of(source_codes(), r.source_code)}));
    add("Definition shown", r.definition_version);
    return html::summary_list(list);
}

Html decision_section(const Visit& visit, const ReferralView& view) {
    const auto& scheme = visit.office.scheme;
    const auto& r = view.referral;
    if (!view.decision) return html::para("No decision yet.");
    const auto& d = *view.decision;
    html::SummaryList list;
    list.rows = {html::summary_row("Decision", decision_label(scheme, d.decision)),
                 html::summary_row("Decided", join(html::time_of(d.decided_at), " by ", view.decided_by)),
                 fact("Why", d.words.rationale),
                 fact("How it serves the young person’s best interests", d.words.best_interests)};
    if (!d.risk_level.empty())
        list.rows.insert(list.rows.begin() + 1,
                         html::summary_row("Level of risk", level_label(scheme, d.risk_level)));
    if (d.decide_by)
        list.rows.insert(list.rows.begin() + 2,
                         html::summary_row("Level to be decided by", html::date_of(*d.decide_by)));
    list.rows.push_back(html::summary_row(
        "Referrer told", d.acknowledged_at
                             ? html::Content(join(html::time_of(*d.acknowledged_at), " by ", view.acknowledged_by))
                             : html::Content("Not yet")));
    std::vector<Html> follows;
    for (const auto& each : what_follows(d, scheme)) follows.push_back(html::text(each));
    Html links;
    if (may(visit.viewer, Permission::decide).allowed)
        links = html::button_group(
            {html::button({.text = "Revise the decision",
                           .href = address(r, "/decide"),
                           .classes = "govuk-button--secondary"}),
             d.acknowledged_at ? Html{}
                               : html::button({.text = "Tell the referrer", .href = address(r, "/tell")})});
    return join(follows.empty() ? Html{} : html::inset_text({.text = html::bullets(follows)}),
                html::summary_list(list),
                when(!d.words.told.empty(),
                     [&] {
                         return html::details(
                             {.summary = "What the referrer was told", .text = html::paragraphs(d.words.told)});
                     }),
                links);
}

Html screenings_section(Visit& visit, const ReferralView& view) {
    if (view.screenings.empty())
        return html::para("Nobody has completed a screening for this referral. A decision need not wait for one.");
    html::Table table;
    table.caption = "Screenings for this referral";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Completed", "Sum", "Professional judgement");
    for (const auto& c : view.screenings) {
        visit.looked_at("screening", c.id, view.sight.rule, "line");
        table.rows.push_back(html::row(html::anchor("/screenings/" + c.id, base::display(c.completed_at)),
                                       html::numeric(c.score),
                                       level_label(visit.office.scheme, c.professional_outcome)));
    }
    return html::working_table(table);
}

Html others_section(Visit& visit, const ReferralView& view) {
    if (view.others.empty()) return {};
    std::vector<Html> items;
    for (const auto& line : view.others) {
        visit.looked_at("referral", line.referral.id, view.sight.rule, "line");
        items.push_back(join(html::anchor(address(line.referral), line.referral.ref), ", ",
                             html::time_of(line.referral.received_at), ", ",
                             std::string(words_for(line.referral.current()))));
    }
    return join(html::heading(2, "Other referrals about the same person"), html::bullets(items));
}

Html front_door_forms(const Visit& visit, const ReferralView& view) {
    const auto& r = view.referral;
    const Html version = hidden("version", std::to_string(r.version));
    if (r.current() == State::linked)
        return join(
            html::para("Joined to ", html::anchor("/referrals/" + r.duplicate_of, view.duplicate_of_ref), "."),
            partnership::post_form(visit, address(r, "/part"),
                                   join(version, html::button({.text = "Part these two again",
                                                               .classes = "govuk-button--secondary"}))));
    if (!is_open(r.current())) return {};
    const Html danger = partnership::post_form(
        visit, address(r, "/danger"),
        join(version,
             html::textarea(
                 {.name = "note", .label = {.text = "What is the danger, and who has been called?"}, .rows = 3}),
             html::button({.text = "Mark immediate danger", .classes = "govuk-button--warning"})));
    const Html joined =
        partnership::post_form(visit, address(r, "/join"),
                               join(version,
                                    html::input({.name = "ref",
                                                 .label = {.text = "Reference of the earlier referral"},
                                                 .hint = {.text = "For example, R-2018-0042"},
                                                 .classes = "govuk-input--width-10"}),
                                    html::button({.text = "Join to it", .classes = "govuk-button--secondary"})));
    return join(
        when(!r.immediate_danger, html::details({.summary = "Somebody is in immediate danger", .text = danger})),
        html::details({.summary = "This repeats an earlier referral", .text = joined}));
}

Html primary_actions(const Visit& visit, const ReferralView& view) {
    const auto& r = view.referral;
    std::vector<Html> out;
    if (is_open(r.current()) && may(visit.viewer, Permission::decide).allowed)
        out.push_back(html::button({.text = "Decide", .href = address(r, "/decide")}));
    if (!view.person.empty() && r.subject_kind == kChild && r.current() != State::linked &&
        may(visit.viewer, Permission::screen).allowed)
        out.push_back(html::button({.text = "Screen",
                                    .href = "/screenings/new?person=" + view.person + "&referral=" + r.id,
                                    .classes = "govuk-button--secondary"}));
    return out.empty() ? Html{} : html::button_group(out);
}

Html full_view(Visit& visit, const ReferralView& view) {
    const auto& r = view.referral;
    const auto now = visit.office.clock.now();
    html::IdentityBar bar;
    bar.name = view.subject.empty() ? "Referral " + r.ref : view.subject;
    bar.facts = {"Referral " + r.ref, subject_title(visit.office.scheme, r.subject_kind),
                 "Received " + base::display(r.received_at)};
    bar.tags = {clock_words(r.current(), view.clock, now),
                html::tag({.text = std::string(words_for(r.current())), .classes = "govuk-tag--grey"})};
    std::vector<html::Content> warnings;
    for (const auto& each : alarms(r)) warnings.push_back(each);
    const auto guidance = age_guidance(r.age_at, r.reason);
    return join(
        html::identity_bar(bar), html::alerts(warnings), primary_actions(visit, view),
        when(!view.person.empty(),
             [&] { return html::para(html::anchor("/people/" + view.person, "Open this person’s page")); }),
        when(!guidance.empty(), [&] { return html::inset_text({.text = guidance}); }),
        when(r.subject_kind != kLocation, [&] { return procedures_notice(visit.office.scheme); }),
        html::heading(2, "What was said"), what_was_said(visit, view), html::heading(2, "Decision"),
        decision_section(visit, view),
        when(r.subject_kind == kChild,
             [&] { return join(html::heading(2, "Screenings"), screenings_section(visit, view)); }),
        others_section(visit, view),
        when(may(visit.viewer, Permission::decide).allowed, [&] { return front_door_forms(visit, view); }),
        html::heading(2, "History"), versions_table(view.versions),
        html::para(html::anchor(address(r, "/looks"), "Who has looked at this referral")));
}

Html own_view(const Visit& visit, const ReferralView& view) {
    const auto& r = view.referral;
    const auto now = visit.office.clock.now();
    Html outcome;
    if (view.decision) {
        outcome = join(
            html::paragraphs(view.decision->words.told),
            view.decision->read_at
                ? html::para("You read this on ", html::time_of(*view.decision->read_at), ".")
                : partnership::post_form(visit, address(r, "/read"), html::button({.text = "I have read this"})));
    } else if (r.current() == State::linked) {
        outcome = html::para(
            "The front door has joined this to an earlier referral about the same worry. Both are looked at "
            "together.");
    } else if (r.current() == State::decision_made) {
        outcome = html::para("The front door has decided and will tell you here.");
    } else {
        outcome = join(html::para("The front door is looking at it."),
                       html::para(clock_words(r.current(), view.clock, now)));
    }
    return join(html::page_heading("Your referral " + r.ref, view.subject), html::heading(2, "What came of it"),
                outcome, html::heading(2, "What you said"), what_was_said(visit, view));
}

http::Response refused_page(Visit& visit) {
    visit.refused("referral", "", "no-relationship");
    return partnership::not_there(visit);
}

http::Response referral_page(Visit& visit, const ProtectDesk& desk) {
    const auto view = desk.referral(visit.viewer, visit.parameter("id"));
    if (!view) return refused_page(visit);
    const auto& r = view->referral;
    const bool own = view->sight.sight == ReferralSight::own;
    visit.looked_at("referral", r.id, view->sight.rule);
    if (!r.person.empty()) visit.looked_at("person", r.person, view->sight.rule, "referral");
    visit.why = why_sentence(view->sight.sentence);
    const auto title = own                     ? "Your referral " + r.ref
                       : view->subject.empty() ? "Referral " + r.ref
                                               : view->subject;
    return shown(visit, title, own ? html::two_thirds(own_view(visit, *view)) : full_view(visit, *view),
                 "/referrals");
}

http::Response looks_page(Visit& visit, const ProtectDesk& desk) {
    const auto view = desk.referral(visit.viewer, visit.parameter("id"));
    if (!view || view->sight.sight != ReferralSight::full) return refused_page(visit);
    visit.looked_at("referral", view->referral.id, view->sight.rule, "looks");
    visit.why = why_sentence(view->sight.sentence);
    const auto [looks, pagination] =
        partnership::looks_page(visit, {view->referral.id}, address(view->referral, "/looks"));
    html::Table table;
    table.caption = "Looks and changes, newest first";
    table.head = html::columns("When", "Who", "What", "Answer");
    for (const auto& look : looks) {
        const auto* agency = visit.office.scheme.find_agency(look.agency);
        table.rows.push_back(html::row(html::time_of(look.at),
                                       join(look.user_name, ", ", agency ? agency->name : look.agency), look.act,
                                       look.outcome));
    }
    return shown(
        visit, "Who has looked",
        join(html::page_heading("Who has looked", view->referral.ref), html::working_table(table), pagination),
        address(view->referral));
}

http::Response changed(Visit& visit, const base::Result<>& result) {
    return result.ok() ? http::redirect("/referrals/" + visit.parameter("id"))
                       : partnership::problem(visit, result.error());
}

}  // namespace

void add_referral_routes(Routes& routes, const ProtectDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto refer = Access::needs(Permission::refer), decide = Access::needs(Permission::decide);
    routes.get(
        "/referrals", refer, AuditClass::look(), Limits::page(), [&desk](Visit& v) { return list_page(v, desk); },
        "referrals");
    routes.get(
        "/referrals/export", refer, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return export_list(v, desk); }, "referrals");
    routes.get(
        "/referrals/{id}", refer, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return referral_page(v, desk); }, "referrals");
    routes.get(
        "/referrals/{id}/looks", Access::needs(Permission::see_all_referrals), AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return looks_page(v, desk); }, "referrals");
    routes.post(
        "/referrals/{id}/danger", decide, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            return changed(
                v, desk.mark_danger(v.viewer, v.parameter("id"), number_field(v, "version"), v.form.get("note")));
        },
        "referrals");
    routes.post(
        "/referrals/{id}/join", decide, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            return changed(v, desk.link_duplicate(v.viewer, v.parameter("id"), number_field(v, "version"),
                                                  v.form.get("ref")));
        },
        "referrals");
    routes.post(
        "/referrals/{id}/part", decide, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            return changed(v, desk.unlink(v.viewer, v.parameter("id"), number_field(v, "version")));
        },
        "referrals");
    routes.post(
        "/referrals/{id}/read", refer, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return changed(v, desk.mark_read(v.viewer, v.parameter("id"))); }, "referrals");
}

}  // namespace rowan::protect::pages
