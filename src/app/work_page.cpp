#include "app/work_page.h"

#include "html/casework.h"
#include "partnership/front.h"
#include "partnership/recovery_pages.h"
#include "partnership/role_requests.h"
#include "partnership/security_key_pages.h"
#include "protect/protect_pages.h"

#include <algorithm>

namespace rowan::app {

namespace {

using html::Html;
using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::page, partnership::PageBody,
    partnership::Permission, partnership::Visit;

// What somebody without cases comes here for.
Html other_work(const Visit& visit, const WorkDesks& desks) {
    std::vector<Html> lines;
    const auto& viewer = visit.viewer;
    if (may(viewer, Permission::review_matches).allowed)
        if (const int waiting = desks.people.pairs_waiting(desks.people.sealed_out(viewer)); waiting > 0)
            lines.push_back(html::join(
                html::anchor("/matches",
                             html::grouped(waiting) + (waiting == 1 ? " pair of records" : " pairs of records")),
                " wait: same person, or two?"));
    if (may(viewer, Permission::bring_extract).allowed)
        lines.push_back(html::anchor("/extracts", "Bring in your agency's extract"));
    if (may(viewer, Permission::see_profile).allowed)
        lines.push_back(html::anchor("/profile", "The problem profile: who knows which child"));
    // SECURITY.md 9.4: told without a name or anything else of the person.
    if (const auto waiting = desks.conflicts.waiting(viewer); waiting > 0)
        lines.push_back(html::join(
            html::anchor("/conflicts", html::grouped(static_cast<std::int64_t>(waiting)) +
                                           (waiting == 1 ? " conflict of interest" : " conflicts of interest")),
            waiting == 1 ? " waits for you" : " wait for you"));
    if (const auto waiting = desks.emergencies.waiting(viewer); waiting > 0)
        lines.push_back(
            html::join(html::anchor("/emergencies", html::grouped(static_cast<std::int64_t>(waiting)) +
                                                        (waiting == 1 ? " emergency look" : " emergency looks")),
                       waiting == 1 ? " waits for its review" : " wait for their review"));
    if (const auto waiting = desks.odd.waiting(viewer); waiting > 0)
        lines.push_back(
            html::join(html::anchor("/odd-looks", html::grouped(static_cast<std::int64_t>(waiting)) +
                                                      (waiting == 1 ? " look" : " looks") + " to ask about"),
                       waiting == 1 ? " waits" : " wait"));
    if (may(viewer, Permission::oversee_protection).allowed) {
        const auto all =
            visit.office.database.read([](database::Session& s) { return partnership::role_requests(s); });
        if (const auto waiting =
                std::count_if(all.begin(), all.end(), [](const auto& each) { return each.waits(); });
            waiting > 0)
            lines.push_back(html::join(
                html::anchor("/roles",
                             html::grouped(waiting) + (waiting == 1 ? " role is" : " roles are") + " asked for"),
                ": agree or not"));
        const auto ways_in = visit.office.database.read(
            [&](database::Session& s) { return partnership::recoveries(visit.office, s, viewer); });
        if (const auto waiting =
                std::count_if(ways_in.begin(), ways_in.end(), [](const auto& each) { return each.waits(); });
            waiting > 0)
            lines.push_back(html::join(
                html::anchor("/roles", html::grouped(waiting) +
                                           (waiting == 1 ? " new way in is" : " new ways in are") + " asked for"),
                ": agree or not"));
    }
    if (may(viewer, Permission::oversee_protection).allowed)
        lines.push_back(html::anchor("/protected", "Protected records, and who is named on them"));
    if (may(viewer, Permission::manage_protocol).allowed)
        lines.push_back(html::anchor("/protocol", "Who has signed the Information Sharing Protocol"));
    if (may(viewer, Permission::see_audit).allowed)
        lines.push_back(html::anchor("/looks", "Who has looked at what"));
    if (may(viewer, Permission::manage_users).allowed) lines.push_back(html::anchor("/accounts", "Accounts"));
    if (lines.empty()) return {};
    return html::join(html::heading(2, "Also yours to do"), html::bullets(lines));
}

// Meetings the viewer was asked to and records disclosed to them, while they last. Each names somebody: each is a
// look.
Html asked_for(Visit& visit, const people::RelationsDesk& desk) {
    std::vector<Html> lines;
    for (const auto& each : desk.asked(visit.viewer)) {
        visit.looked_at("person", each.person, each.rule, "work");
        const auto link = html::anchor("/people/" + each.person, each.name);
        lines.push_back(each.row.meeting_on
                            ? html::join("You were asked to a meeting about ", link, " on ",
                                         base::display(*each.row.meeting_on))
                            : html::join("The record of ", link, " was disclosed to you, until ",
                                         base::display(base::add_days(base::london_date(*each.row.until), -1))));
    }
    if (lines.empty()) return {};
    return html::join(html::heading(2, "Shared with you"), html::bullets(lines));
}

http::Response work_page(Visit& visit, const protect::ProtectDesk& desk, const WorkDesks& desks) {
    const auto now = visit.office.clock.now();
    std::vector<html::WorkItem> items;
    if (visit.viewer.protocol_in_force)
        items = protect::work_lines(
            protect::worst_first({desks.missing.work_for(visit.viewer), desk.work_for(visit.viewer)}), now);
    visit.looked_at("work", "", "role", "items=" + std::to_string(items.size()));
    visit.why = "This is your own work.";
    PageBody body;
    body.title = "My work";
    body.navigation = "work";
    std::vector<Html> parts{html::page_heading(body.title), partnership::told_of_recovery(visit),
                            partnership::told_of_withheld_roles(visit)};
    if (!visit.viewer.protocol_in_force)
        // H-111: nothing goes to an agency that has not signed, and it is told why.
        parts.push_back(
            html::warning_text({.text = "Your agency has not signed the Information Sharing Protocol, so Rowan "
                                        "can show you nothing. Ask your agency's lead to sign it."}));
    else {
        parts.push_back(html::work_list(items, "Nothing needs you now."));
        if (may(visit.viewer, Permission::refer).allowed)
            parts.push_back(
                html::button({.text = "Make a referral", .href = "/referrals/new", .is_start_button = true}));
    }
    if (visit.viewer.protocol_in_force) parts.push_back(asked_for(visit, desks.relations));
    parts.push_back(other_work(visit, desks));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response words_page(Visit& visit, const char* title, std::vector<Html> paragraphs) {
    PageBody body;
    body.title = title;
    paragraphs.insert(paragraphs.begin(), html::page_heading(title));
    body.body = html::two_thirds(html::join(paragraphs));
    return page(visit, std::move(body));
}

http::Response help_page(Visit& visit) {
    std::vector<Html> contacts;
    for (const auto& contact : visit.office.scheme.contacts)
        contacts.push_back(html::join(contact.role, ": ", contact.phone,
                                      html::when(!contact.email.empty(), html::join(", ", contact.email)),
                                      html::when(!contact.hours.empty(), html::join(" (", contact.hours, ")"))));
    return words_page(
        visit, "Help",
        {html::para("If a young person is in danger now, call 999."), html::heading(2, "Whom to ring"),
         html::bullets(contacts), html::heading(2, "Find somebody"),
         html::para("Type names in any order, a nickname, a date of birth, an NHS number, a UPN, a phone number "
                    "or a postcode. Press / to reach the search box."),
         html::heading(2, "Same person?"),
         html::para("Keys 1, 2 and 3 answer same person, different people and not sure."),
         html::heading(2, "What is recorded"),
         html::para("Every look, search and decision is recorded with your name, and can be shown to those who "
                    "may ask.")});
}

http::Response privacy_page(Visit& visit) {
    return words_page(
        visit, "Privacy",
        {html::para("Rowan holds what agencies share to keep young people safe from exploitation. Names, dates of "
                    "birth, identifiers and what people wrote are kept encrypted."),
         html::para("Who sees what follows from the Information Sharing Protocol, from the role, and from what "
                    "the agency has to do with the person. Every page says why you may see it."),
         html::para("One cookie keeps you signed in. It ends when you sign out, after 15 minutes without use, and "
                    "after 10 hours. There are no others.")});
}

http::Response accessibility_page(Visit& visit) {
    return words_page(visit, "Accessibility",
                      {html::para("Every page can be used with the keyboard alone, without scripts, with a screen "
                                  "reader, and on a phone. Charts have their numbers in a table beside them."),
                       html::para("Each page is checked against WCAG 2.2 AA by a program before a version is "
                                  "given out. If something is in your way, tell your administrator.")});
}

}  // namespace

void add_work_routes(partnership::Routes& routes, const protect::ProtectDesk& desk, const WorkDesks& desks) {
    routes.get(
        "/", Access::signed_in(), AuditClass::look(), Limits::page(),
        [&desk, desks](Visit& v) { return work_page(v, desk, desks); }, "work");
    routes.get("/help", Access::anyone(), AuditClass::nothing_personal(), Limits::page(), help_page);
    routes.get("/privacy", Access::anyone(), AuditClass::nothing_personal(), Limits::page(), privacy_page);
    routes.get("/accessibility", Access::anyone(), AuditClass::nothing_personal(), Limits::page(),
               accessibility_page);
}

}  // namespace rowan::app
