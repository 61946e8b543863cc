#include "base/id.h"
#include "base/text.h"
#include "formats/csv.h"
#include "html/casework.h"
#include "html/charts.h"
#include "partnership/accounts.h"
#include "partnership/front.h"
#include "partnership/looks.h"
#include "people/looking_up.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace rowan::people {

namespace {

using html::cls, html::el, html::Html, html::href, html::text;
using partnership::PageBody, partnership::page, partnership::Visit;

std::string sex_word(const std::string& code) {
    if (code == "M") return "Male";
    if (code == "F") return "Female";
    return "Not known";
}

std::string area_name(const Visit& visit, const std::string& code) {
    const auto* area = visit.office.scheme.find_area(code);
    return area ? std::string(area->name()) : code;
}

std::string agency_name(const Visit& visit, const std::string& code) {
    const auto* agency = visit.office.scheme.find_agency(code);
    return agency ? agency->name : code;
}

std::string why_sentence(std::string_view sentence) {
    return sentence.empty() ? "" : "You can see this because " + std::string(sentence) + ".";
}

std::string ended(const std::string& sentence) { return sentence.ends_with('.') ? sentence : sentence + "."; }

Html contact_of(const Signpost& post) {
    return html::join(el("strong", post.agency_name), ": ", post.contact.role,
                      when(!post.contact.phone.empty(), html::join(", ", post.contact.phone)),
                      when(!post.contact.email.empty(), html::join(", ", post.contact.email)),
                      when(!post.contact.hours.empty(), html::join(" (", post.contact.hours, ")")));
}

// --- search ---------------------------------------------------------------------------------------------------

Html search_form(const std::string& words) {
    return el("form", html::attr("action", "/search"), html::attr("method", "get"), html::attr("role", "search"),
              html::attr("aria-label", "People"), cls("rowan-search-form"),
              html::input({.name = "q",
                           .id = "search-words",
                           .label = {.text = "Search for a person", .classes = "govuk-label--m"},
                           .hint = {.text = "Names in any order and spelling, a nickname, date of birth, NHS "
                                            "number, UPN, phone or postcode"},
                           .type = "search",
                           .value = words,
                           .autocomplete = "off"}),
              html::button({.text = "Search"}));
}

http::Response search_page(Visit& visit, const PeopleDesk& desk) {
    const auto words = searched_words(visit);
    PageBody body;
    body.title = words.empty() ? "People" : "Search results";
    body.navigation = "people";
    std::vector<Html> parts{html::page_heading(body.title), search_form(words)};
    if (words.empty()) {
        visit.looked_at("search", "", "role", "results=0");
        visit.looks.back().act = "search";
        body.body = html::join(parts);
        return page(visit, std::move(body));
    }
    const auto [found, signposts_spent] = search(visit, desk, words);
    if (signposts_spent)
        parts.push_back(
            html::inset_text({.text = "You have asked about many people in the last hour. Rowan no longer says "
                                      "whether another agency knows somebody; ring the front door, or wait."}));
    if (found.empty()) {
        parts.push_back(
            html::empty_note("Nobody that you may see matches. Try fewer words, another spelling, or the date of "
                             "birth with the name."));
        parts.push_back(html::para("If you are worried about a child, ",
                                   html::anchor("/referrals/new", "make a referral"),
                                   "; you do not need to find them here first."));
    } else {
        parts.push_back(people_table(visit, found, "People who match, best first"));
        if (found.size() == kMostFound)
            parts.push_back(html::para("These are the first ", static_cast<int>(kMostFound),
                                       ". Add a name or a date of birth to narrow the search."));
    }
    parts.push_back(html::para("If somebody is in danger and you need a record that is not here, ",
                               html::anchor("/emergency", "open it in an emergency"), "."));
    body.body = html::join(parts);
    visit.why = "You see people whom your agency or your role has to do with; of others, at most whom to contact.";
    return page(visit, std::move(body));
}

// --- a person ---------------------------------------------------------------------------------------------------

Html identity_section(const Visit& visit, const PersonView& view) {
    const auto& who = view.identity;
    auto or_unknown = [](const std::string& value) { return value.empty() ? std::string("Not known") : value; };
    html::SummaryList list;
    list.rows = {
        html::summary_row("Name", or_unknown(base::tidy_line(who.given_names + " " + who.family_name))),
        html::summary_row("Date of birth", who.born ? base::display(*who.born) : "Not known"),
        html::summary_row("Sex", sex_word(who.sex)),
        html::summary_row("NHS number",
                          who.nhs_number.empty() ? "Not known" : base::display_nhs_number(who.nhs_number)),
        html::summary_row("UPN", or_unknown(who.upn)),
    };
    if (view.sight.address) {
        list.rows.push_back(html::summary_row("Address", or_unknown(who.address)));
        list.rows.push_back(html::summary_row("Postcode", or_unknown(who.postcode)));
        list.rows.push_back(html::summary_row(
            "Area", area_name(visit, visit.office.scheme.area_of(base::parse_postcode(who.postcode)).code)));
        list.rows.push_back(
            html::summary_row("Phone", who.phone.empty() ? "Not known" : base::display_phone(who.phone)));
    } else {
        list.rows.push_back(html::summary_row("Address and phone",
                                              "Safe address: shown only to those who are named on this record"));
    }
    if (!who.known_as.empty())
        list.rows.insert(list.rows.begin() + 1, html::summary_row("Known as", who.known_as));
    if (!who.aliases.empty())
        list.rows.insert(list.rows.begin() + 1, html::summary_row("Other names", base::join(who.aliases, ", ")));
    return html::summary_list(list);
}

Html flags_section(const Visit& visit, const PersonView& view) {
    if (view.flags.empty()) return html::empty_note("No agency whose flags you may see has set one.");
    const auto today = base::london_date(visit.office.clock.now());
    html::Table table;
    table.caption = "Flags set by agencies";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Flag", "Agency", "Set", "State");
    for (const auto& flag : view.flags) {
        const auto* known = visit.office.scheme.find_flag(flag.flag);
        const bool active = flag.active_on(today);
        table.rows.push_back(html::row(known ? known->label : flag.flag, agency_name(visit, flag.agency),
                                       html::date_of(flag.set_on),
                                       html::tag({.text = active ? "In force" : "Cleared",
                                                  .classes = active ? "govuk-tag--red" : "govuk-tag--grey"})));
    }
    return html::working_table(table);
}

Html records_section(const Visit& visit, const PersonView& view) {
    html::Table table;
    table.caption = "Records held by agencies";
    table.caption_classes = "govuk-visually-hidden";
    table.head = html::columns("Agency", "Name in that record", "Date of birth", "Updated");
    for (const auto& record : view.records) {
        const bool readable = record.identity.display_name() != "Name not known" || record.identity.born;
        table.rows.push_back(
            readable ? html::row(agency_name(visit, record.agency), record.identity.display_name(),
                                 record.identity.born ? base::display(*record.identity.born) : "Not known",
                                 html::time_of(record.updated_at))
                     : html::row(agency_name(visit, record.agency),
                                 html::TableCell{.text = "Held there; ask them", .colspan = 2},
                                 html::time_of(record.updated_at)));
    }
    Html links;
    if (!view.links.empty() && visit.viewer.has(partnership::Permission::review_matches)) {
        std::vector<Html> items;
        const auto agency_of = [&](const std::string& id) {
            const auto found = std::find_if(view.records.begin(), view.records.end(),
                                            [&](const AgencyRecord& r) { return r.id == id; });
            return found == view.records.end() ? std::string("another record") : agency_name(visit, found->agency);
        };
        for (const auto& link : view.links)
            items.push_back(html::join(
                agency_of(link.record_a), " and ", agency_of(link.record_b), ", linked ", html::time_of(link.at),
                when(!link.reason.empty(), html::join(": ", link.reason)), ". ",
                partnership::post_form(
                    visit, "/people/" + view.id + "/undo-link",
                    html::join(el("input", html::attr("type", "hidden"), html::attr("name", "decision"),
                                  html::attr("value", link.decision)),
                               html::checkboxes(
                                   {.name = "apart",
                                    .id_prefix = "apart-" + link.decision,
                                    .items = {{.value = "yes",
                                               .text = "They are different people: never propose this again"}},
                                    .classes = "govuk-checkboxes--small"}),
                               html::input({.name = "reason",
                                            .id = "reason-" + link.decision,
                                            .label = {.text = "Why"},
                                            .classes = "govuk-input--width-20"}),
                               html::button({.text = "Undo this link",
                                             .classes = "govuk-button--warning govuk-!-margin-bottom-1"})))));
        links = html::details({.summary = "Links between these records", .text = html::bullets(items)});
    }
    std::vector<Html> apart;
    for (const auto& each : view.apart) {
        const bool first = each.person_a == view.id;
        apart.push_back(html::join(
            "Not ",
            html::anchor("/people/" + (first ? each.person_b : each.person_a), first ? each.ref_b : each.ref_a),
            ", decided ", html::time_of(each.at), ". ",
            html::anchor("/kept-apart/" + each.decision, "See or undo this decision")));
    }
    if (!apart.empty())
        links = html::join(
            links, html::details({.summary = "Decided to be somebody else", .text = html::bullets(apart)}));
    return html::join(html::working_table(table), links);
}

Html contacts_section(const PersonView& view) {
    if (view.contacts.empty()) return {};
    std::vector<Html> items;
    for (const auto& post : view.contacts) items.push_back(contact_of(post));
    return html::join(html::heading(2, "Who else to speak to"), html::bullets(items));
}

http::Response signpost_page(Visit& visit, const PersonView& view, const std::string& person) {
    visit.looked_at("person", person, view.sight.rule, "signpost");
    visit.why = why_sentence(view.sight.sentence);
    std::vector<Html> items;
    for (const auto& post : view.contacts) items.push_back(contact_of(post));
    const bool own = view.sight.rule == "own-agency";
    PageBody body;
    body.title = own ? "Known to your agency" : "Known to another agency";
    body.navigation = "people";
    body.body = html::join(
        html::page_heading(body.title),
        html::para(own ? "Your agency holds a record of this person, which those see who work with them. "
                         "Contact:"
                       : "Another agency knows this person and is worried about them. Contact:"),
        html::bullets(items), html::para("Both your look and this signpost have been recorded."));
    return page(visit, std::move(body));
}

http::Response person_page(Visit& visit, const PeopleDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto view = desk.view(visit.viewer, id);
    if (!view) {
        visit.refused("person", base::is_id(id) ? id : "", "no-relationship");
        return partnership::not_there(visit);
    }
    if (view->sight.sight == Sight::signpost)
        return may_be_signposted(visit, id) ? signpost_page(visit, *view, id) : partnership::not_there(visit);
    // What for: whoever reads the log finds it in the disclosure or the meeting that is named here, and of any
    // other look in the protocol of that day.
    visit.looked_at("person", view->id, view->sight.rule, view->work.empty() ? "" : "work=" + view->work);
    visit.why = why_sentence(view->sight.sentence);
    if (!view->purpose.empty()) visit.why += " Purpose: " + ended(view->purpose);
    const auto today = base::london_date(visit.office.clock.now());
    const bool at_risk = std::any_of(view->flags.begin(), view->flags.end(), [&](const Flag& flag) {
        const auto* known = visit.office.scheme.find_flag(flag.flag);
        return flag.active_on(today) && known && (known->table1 || known->offender);
    });

    html::IdentityBar bar;
    bar.name = view->identity.display_name();
    if (!view->identity.known_as.empty()) bar.facts.push_back("Known as " + view->identity.known_as);
    if (view->identity.born)
        bar.facts.push_back(std::to_string(base::age_on(*view->identity.born, today)) + " years");
    bar.facts.push_back(view->ref);
    if (at_risk) bar.tags.push_back(html::tag({.text = "Flag in force", .classes = "govuk-tag--red"}));
    if (view->sensitivity != partnership::Sensitivity::ordinary)
        bar.tags.push_back(
            html::tag({.text = partnership::title_of(view->sensitivity), .classes = "govuk-tag--purple"}));
    if (view->agencies.size() == 1)
        bar.tags.push_back(html::tag({.text = "Known to one agency only", .classes = "govuk-tag--yellow"}));
    if (desk.hooks.actions) bar.actions = desk.hooks.actions(visit, *view);

    std::vector<Html> parts{html::identity_bar(bar)};
    std::vector<html::NavigationLink> links{{.text = "Overview", .href = "#overview", .current = true}};
    auto add = [&](const std::string& heading, const std::string& anchor, Html body) {
        parts.push_back(html::heading(2, heading, "m", anchor));
        parts.push_back(std::move(body));
        links.push_back({.text = heading, .href = "#" + anchor});
    };
    std::vector<Html> overview{html::heading(2, "Overview", "m", "overview"),
                               html::para(html::join("Known to ", base::join(view->agencies, ", "), "."))};
    parts.insert(parts.end(), overview.begin(), overview.end());
    int number = 0;
    for (const auto& section : desk.hooks.sections)
        if (auto made = section(visit, *view))
            add(made->heading, "section-" + std::to_string(++number), std::move(made->body));
    add("Flags", "flags", flags_section(visit, *view));
    add("Who they are", "identity", identity_section(visit, *view));
    add("Records held by agencies", "records", records_section(visit, *view));
    parts.push_back(contacts_section(*view));
    links.push_back({.text = "Who works with this person", .href = "/people/" + view->id + "/relations"});
    links.push_back({.text = "Who has looked", .href = "/people/" + view->id + "/looks"});
    if (may(visit.viewer, partnership::Permission::protect_people).allowed)
        links.push_back({.text = "Who may see this record", .href = "/people/" + view->id + "/protection"});

    PageBody body;
    body.title = view->identity.display_name();
    body.navigation = "people";
    body.wide = true;
    const auto bar_html = parts.front();
    parts.erase(parts.begin());
    body.body = html::join(
        bar_html, html::record_layout(html::side_navigation({.sections = {{.items = links}}}), html::join(parts)));
    return page(visit, std::move(body));
}

http::Response person_looks_page(Visit& visit, const PeopleDesk& desk) {
    const auto id = desk.index().root_of(visit.parameter("id"));
    const auto sight = desk.sight(visit.viewer, id);
    if (sight.sight != Sight::full) {
        visit.refused("person", base::is_id(id) ? id : "", "no-relationship");
        return partnership::not_there(visit);
    }
    std::set<std::string> people{id};
    for (const auto& record : desk.index().records_of(id)) people.insert(record.person);
    const auto [looks, pagination] = partnership::looks_page(visit, people, "/people/" + id + "/looks");
    visit.looked_at("person", id, sight.rule, "looks");
    visit.why = why_sentence(sight.sentence);
    html::Table table;
    table.caption = "Who has looked at this record, newest first";
    table.head = html::columns("When", "Who", "Agency", "What", "Answer");
    for (const auto& look : looks)
        table.rows.push_back(
            html::row(html::time_of(look.at), look.user_name.empty() ? "Rowan itself" : look.user_name,
                      agency_name(visit, look.agency), look.act,
                      html::tag({.text = look.outcome == "allowed" ? "Seen" : "Refused",
                                 .classes = look.outcome == "allowed" ? "govuk-tag--grey" : "govuk-tag--red"})));
    PageBody body;
    body.title = "Who has looked";
    body.navigation = "people";
    body.back_link = "/people/" + id;
    body.body = html::join(html::page_heading(body.title),
                           looks.empty() ? html::empty_note("Nobody has looked at this record before you.")
                                         : html::working_table(table),
                           pagination);
    return page(visit, std::move(body));
}

http::Response undo_link_page(Visit& visit, const PeopleDesk& desk) {
    const auto done = desk.undo_link(visit.viewer, visit.form.get("decision"), visit.form.get("apart") == "yes",
                                     visit.form.get("reason"));
    return done.ok() ? http::redirect("/people/" + visit.parameter("id"))
                     : partnership::problem(visit, done.error());
}

// --- same person? -----------------------------------------------------------------------------------------------

html::Likeness likeness(const std::string& a, const std::string& b) {
    if (a.empty() || b.empty()) return html::Likeness::missing;
    if (base::fold(a) == base::fold(b)) return html::Likeness::same;
    return html::Likeness::different;
}

Html comparison_of(const Visit& visit, const AgencyRecord& a, const AgencyRecord& b) {
    html::Comparison out;
    out.caption = "The two records side by side";
    out.left_heading = agency_name(visit, a.agency);
    out.right_heading = agency_name(visit, b.agency);
    auto add = [&](const std::string& field, const std::string& a, const std::string& b) {
        if (a.empty() && b.empty()) return;
        out.rows.push_back({.field = field,
                            .left = a.empty() ? "Not known" : a,
                            .right = b.empty() ? "Not known" : b,
                            .likeness = likeness(a, b)});
    };
    const auto &x = a.identity, &y = b.identity;
    auto born = [](const Identity& who) { return who.born ? base::display(*who.born) : std::string{}; };
    auto sex = [](const Identity& who) { return who.sex == "U" ? std::string{} : sex_word(who.sex); };
    add("First names", x.given_names, y.given_names);
    add("Family name", x.family_name, y.family_name);
    add("Known as", x.known_as, y.known_as);
    add("Other names", base::join(x.aliases, ", "), base::join(y.aliases, ", "));
    add("Date of birth", born(x), born(y));
    add("Sex", sex(x), sex(y));
    add("Postcode", x.postcode, y.postcode);
    add("Address", x.address, y.address);
    auto nhs = [](const Identity& who) {
        return who.nhs_number.empty() ? std::string{} : base::display_nhs_number(who.nhs_number);
    };
    auto phone = [](const Identity& who) {
        return who.phone.empty() ? std::string{} : base::display_phone(who.phone);
    };
    add("NHS number", nhs(x), nhs(y));
    add("UPN", x.upn, y.upn);
    add("Phone", phone(x), phone(y));
    return html::comparison(out);
}

Html waterfall_of(const Pair& pair) {
    html::Waterfall out;
    out.caption = "What speaks for and against";
    out.start = pair.waterfall.prior;
    for (const auto& step : pair.waterfall.steps)
        out.steps.push_back({.label = step.field, .found = step.says, .weight = step.weight});
    const auto in_hundred = static_cast<int>(std::lround(pair.waterfall.score.probability * 100));
    out.total_words =
        "About " + std::to_string(in_hundred) + " in 100 pairs like this are the same person. A person decides.";
    return html::waterfall(out);
}

// `apart`: the decision that stands in the way, which can be undone on a page of its own.
http::Response pair_page(Visit& visit, const std::optional<Pair>& pair, std::string_view error = {},
                         const std::optional<std::string>& apart = std::nullopt) {
    PageBody body;
    body.title = "Same person?";
    body.navigation = "matches";
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty())
        parts.push_back(html::error_summary(
            {.error_list = {{.text = error, .href = apart ? "/kept-apart/" + *apart : "#reason"}}}));
    parts.push_back(html::page_heading(body.title));
    if (apart)
        parts.push_back(html::para(
            html::anchor("/kept-apart/" + *apart,
                         "See the decision that they are different people, and undo it if it was wrong")));
    if (!pair) {
        visit.looked_at("match", "", "role", "waiting=0");
        parts.push_back(
            html::empty_note("No pairs wait for you. New ones come when an agency brings in its extract."));
        body.body = html::join(parts);
        return page(visit, std::move(body));
    }
    visit.looked_at("record", pair->a.id, "role", "match");
    visit.looked_at("record", pair->b.id, "role", "match");
    visit.looked_at("person", pair->a.person, "role", "match");
    visit.looked_at("person", pair->b.person, "role", "match");
    visit.why = "You can see these two records because your role is to say whether they are the same person.";
    parts.push_back(html::para(pair->waiting == 1
                                   ? "This is the only pair that waits."
                                   : std::to_string(pair->waiting) + " pairs wait, the likeliest first."));
    std::vector<html::Content> warnings(pair->waterfall.contradictions.begin(),
                                        pair->waterfall.contradictions.end());
    parts.push_back(html::alerts(warnings));
    parts.push_back(comparison_of(visit, pair->a, pair->b));
    parts.push_back(partnership::post_form(
        visit, "/matches/" + pair->a.id + "/" + pair->b.id,
        html::join(html::input({.name = "reason",
                                .label = {.text = "Why (if it is not plain from the table)"},
                                .value = visit.form.get("reason")}),
                   html::button_group(
                       {html::key_button({.text = "Same person", .name = "verdict", .value = "same", .key = "1"}),
                        html::key_button({.text = "Different people",
                                          .name = "verdict",
                                          .value = "different",
                                          .key = "2",
                                          .classes = "govuk-button--secondary"}),
                        html::key_button({.text = "Not sure",
                                          .name = "verdict",
                                          .value = "unsure",
                                          .key = "3",
                                          .classes = "govuk-button--secondary"})}),
                   html::para("Same person: the two records are shown as one person; it can be undone. Different "
                              "people: this pair is never put before anybody again."))));
    parts.push_back(waterfall_of(*pair));
    body.body = html::join(parts);
    body.wide = true;
    return page(visit, std::move(body));
}

http::Response next_pair_page(Visit& visit, const PeopleDesk& desk) {
    return pair_page(visit,
                     desk.next_pair(visit.viewer, visit.request.query.get("a"), visit.request.query.get("b")));
}

http::Response decide_pair_page(Visit& visit, const PeopleDesk& desk) {
    const auto &a = visit.parameter("a"), &b = visit.parameter("b");
    const auto& said = visit.form.get("verdict");
    const auto shown = desk.pair(visit.viewer, a, b);
    if (!shown) {
        visit.refused("match", "", "no-relationship");
        return partnership::not_there(visit);
    }
    if (said != "same" && said != "different" && said != "unsure")
        return pair_page(visit, shown, "Choose one of the three: same person, different people or not sure");
    const auto verdict = said == "same"        ? Verdict::same
                         : said == "different" ? Verdict::different
                                               : Verdict::unsure;
    const auto done = desk.decide_pair(visit.viewer, a, b, verdict, visit.form.get("reason"));
    if (!done.ok() && done.error().kind == base::ErrorKind::conflict)
        if (const auto pair = desk.pair(visit.viewer, a, b))
            return pair_page(visit, pair, done.error().message,
                             verdict == Verdict::same ? desk.apart_between(visit.viewer, a, b) : std::nullopt);
    if (!done.ok()) return partnership::problem(visit, done.error());
    return http::redirect("/matches?" + http::query_string({{"a", a}, {"b", b}}));
}

// --- decided to be different ------------------------------------------------------------------------------------

http::Response apart_page(Visit& visit, const PeopleDesk& desk, std::string_view error = {}) {
    const auto found = desk.apart(visit.viewer, visit.parameter("id"));
    if (!found) {
        visit.refused("match", "", "no-relationship");
        return partnership::not_there(visit);
    }
    const auto& apart = *found;
    for (const auto* record : {&apart.a, &apart.b}) visit.looked_at("record", record->id, "role", "kept-apart");
    visit.looked_at("person", apart.person_a, "role", "kept-apart");
    visit.looked_at("person", apart.person_b, "role", "kept-apart");
    visit.why = "You can see these two records because your role is to say whether they are the same person.";
    const auto by = visit.office.database.read(
        [&](database::Session& s) { return partnership::shown_user(s, apart.decided_by).name; });
    PageBody body;
    body.title = "Decided to be different people";
    body.navigation = "matches";
    body.wide = true;
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty()) parts.push_back(html::error_summary({.error_list = {{.text = error, .href = "#reason"}}}));
    parts.push_back(html::page_heading(body.title));
    parts.push_back(html::para(by, " decided this at ", html::time_of(apart.at),
                               apart.reason.empty() ? "." : ": " + apart.reason));
    parts.push_back(html::para(html::anchor("/people/" + apart.person_a, apart.ref_a), " and ",
                               html::anchor("/people/" + apart.person_b, apart.ref_b)));
    parts.push_back(comparison_of(visit, apart.a, apart.b));
    parts.push_back(partnership::post_form(
        visit, "/kept-apart/" + apart.decision,
        html::join(html::input({.name = "reason",
                                .label = {.text = "Why they may be the same person after all"},
                                .error_message = {.text = error},
                                .value = visit.form.get("reason")}),
                   html::button({.text = "Undo this decision", .classes = "govuk-button--warning"}),
                   html::para("Both people stay as they are. If the records look alike, the pair is put before "
                              "somebody again."))));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response undo_apart_page(Visit& visit, const PeopleDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto before = desk.apart(visit.viewer, id);
    const auto done = desk.undo_apart(visit.viewer, id, visit.form.get("reason"));
    if (done.ok()) return http::redirect("/people/" + before->person_a);
    if (done.error().kind == base::ErrorKind::invalid) return apart_page(visit, desk, done.error().message);
    return partnership::problem(visit, done.error());
}

}  // namespace

Html people_table(const Visit& visit, const std::vector<PersonLine>& lines, const std::string& caption) {
    html::Table table;
    table.caption = caption;
    table.head = html::columns("Name", "Date of birth", "Sex", "Area", "Known to");
    std::vector<Html> signposts;
    for (const auto& line : lines) {
        if (line.sight.sight == Sight::signpost) {
            Html contacts = line.agencies.empty() ? text("Another agency") : text(base::join(line.agencies, ", "));
            std::vector<Html> whom;
            for (const auto& name : line.agencies)
                for (const auto& agency : visit.office.scheme.agencies)
                    if (agency.name == name)
                        whom.push_back(contact_of({agency.code, agency.name, agency.contact}));
            // Not in the table, where a phone would show half of a telephone number.
            signposts.push_back(html::inset_text(
                {.text = html::join(html::tag({.text = line.sight.rule == "own-agency" ? "Known to your agency"
                                                                                       : "Known to another agency",
                                               .classes = "govuk-tag--yellow"}),
                                    " Contact ", whom.empty() ? contacts : html::join_with("; ", whom))}));
            continue;
        }
        table.rows.push_back(html::row(
            html::join(
                html::anchor("/people/" + line.person, line.name),
                when(line.at_risk, html::join(" ", html::tag({.text = "Flag", .classes = "govuk-tag--red"}))),
                el("br"), el("span", cls("govuk-hint govuk-!-margin-bottom-0"), line.ref)),
            line.born ? base::display(*line.born) : "Not known", sex_word(line.sex), area_name(visit, line.area),
            base::join(line.agencies, ", ")));
    }
    return html::join(table.rows.empty() ? Html{} : html::working_table(table), html::join(signposts));
}

void add_people_routes(partnership::Routes& routes, const PeopleDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto search = Access::needs(Permission::search_people),
               review = Access::needs(Permission::review_matches);
    routes.get(
        "/people", search, AuditClass::search(), Limits::page(),
        [&desk](Visit& v) { return search_page(v, desk); }, "people");
    routes.get(
        "/search", search, AuditClass::search(), Limits::page(),
        [&desk](Visit& v) { return search_page(v, desk); }, "people");
    routes.get(
        "/people/{id}", search, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return person_page(v, desk); }, "people");
    routes.get(
        "/people/{id}/looks", search, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return person_looks_page(v, desk); }, "people");
    routes.post(
        "/people/{id}/undo-link", review, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return undo_link_page(v, desk); }, "people");
    routes.get(
        "/matches", review, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return next_pair_page(v, desk); }, "matches");
    routes.get(
        "/kept-apart/{id}", review, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return apart_page(v, desk); }, "matches");
    routes.post(
        "/kept-apart/{id}", review, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return undo_apart_page(v, desk); }, "matches");
    routes.post(
        "/matches/{a}/{b}", review, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return decide_pair_page(v, desk); }, "matches");
}

}  // namespace rowan::people
