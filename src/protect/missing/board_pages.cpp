#include "base/text.h"
#include "protect/missing/holding_list.h"
#include "protect/missing/pages.h"

namespace rowan::protect::missing::pages {

namespace {

using partnership::Permission;

Html board_card(const Visit& visit, const BoardLine& line, Instant now) {
    const auto& e = line.episode;
    const auto last_seen = base::truncate(base::tidy_line(e.words.last_seen), 120);
    return join(
        html::heading(3, html::anchor(href_of(e), e.words.child_name + age_words(e)), "s"),
        html::para(stage_tag(e.stage()), " ", risk_tag(e.risk),
                   when(line.repeat.reached(),
                        join(" ", html::tag({.text = std::to_string(line.repeat.episodes) + " times in " +
                                                     std::to_string(line.repeat.days) + " days",
                                             .classes = "rowan-tag--amber"})))),
        html::para("Missing for ", html::since(e.missing_from, now), ", since ", html::time_of(e.missing_from),
                   ". ", text_of(contexts(), e.context), ", ", base::fold(text_of(kinds(), e.kind)), "."),
        when(!last_seen.empty(), html::para("Last seen: ", last_seen)),
        html::para("Leads: ", line.lead_agency, ". ", e.ref), when(may_take(visit.viewer, e), [&] {
            return partnership::post_form(
                visit, href_of(e, "/take"),
                join(hidden("version", std::to_string(e.version)),
                     html::button(
                         {.text = join("We deal with this", html::visually_hidden(": " + e.words.child_name)),
                          .classes = "govuk-button--secondary",
                          .prevent_double_click = true})));
        }));
}

// On a wall the board stays up to date for as long as the session lasts; elsewhere it stops when nobody touches
// it.
bool on_the_wall(const Visit& visit) { return visit.request.query.get("wall") == "yes"; }

http::Response board_page(Visit& visit, const MissingDesk& desk) {
    const auto board = desk.board(visit.viewer);
    const auto now = visit.office.clock.now();
    std::vector<html::Card> missing, found;
    std::size_t untaken = 0;
    const bool wall = on_the_wall(visit);
    for (const auto& line : board.lines) {
        visit.looked_at("missing_episode", line.episode.id, line.sight.rule, "board");
        const bool open = line.episode.stage() == Stage::open, is_new = open && !line.episode.taken_at;
        untaken += is_new;
        (open ? missing : found).push_back({board_card(visit, line, now), is_new});
    }
    if (board.lines.empty()) visit.looked_at("missing_episode", "", "role", "board empty");
    visit.why =
        "You can see those whom the police look for, whom your agency reported, or with whom it has to do.";
    const Html live =
        el("div", html::attr("data-watch", "/missing/events"), html::attr("data-watch-else", "/missing/stamp"),
           html::attr("data-stamp", std::to_string(board.stamp)),
           html::attr("data-watch-for", wall ? "session" : "touch"),
           html::heading(2, "Missing now (" + std::to_string(missing.size()) + ")"),
           missing.empty() ? html::empty_note("Nobody whom you may see is missing.") : html::cards(missing),
           html::heading(2, "Found or back, not yet confirmed safe (" + std::to_string(found.size()) + ")"),
           found.empty() ? html::empty_note("Nobody waits to be confirmed safe.") : html::cards(found));
    const Html body =
        join(html::page_heading("Who is missing"),
             html::button_group(
                 {html::button({.text = "Report somebody missing", .href = "/missing/report"}),
                  html::button({.text = "Load again", .href = "/missing", .classes = "govuk-button--secondary"}),
                  when(visit.viewer.has(Permission::hold_return_interviews),
                       html::button({.text = "Return interviews",
                                     .href = "/missing/interviews",
                                     .classes = "govuk-button--secondary"})),
                  when(HoldingList(desk).may(visit.viewer), html::button({.text = "Held for intelligence",
                                                                          .href = "/missing/intelligence",
                                                                          .classes = "govuk-button--secondary"})),
                  html::button({.text = wall ? "Not for the wall" : "For the wall",
                                .href = wall ? "/missing" : "/missing?wall=yes",
                                .classes = "govuk-button--secondary"})}),
             el("p", cls("govuk-body-s"), html::attr("role", "status"), html::attr("data-watch-status", ""),
                wall ? "This page brings itself up to date until you sign out."
                     : "This page brings itself up to date while you use it."),
             live);
    return shown(visit, untaken == 0 ? "Who is missing" : "Who is missing: " + std::to_string(untaken) + " new",
                 body, "", false, true);
}

}  // namespace

void add_board_routes(Routes& routes, const MissingDesk& desk, std::shared_ptr<http::Feed> news) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto reports = Access::needs(Permission::report_missing);
    routes.get(
        "/missing", reports, AuditClass::look(), Limits::page(), [&desk](Visit& v) { return board_page(v, desk); },
        "missing");
    // Says only that something has changed.
    routes.get(
        "/missing/events", reports, AuditClass::nothing_personal(), Limits::page(),
        [news](Visit&) { return http::events(news); }, "missing");
    routes.get(
        "/missing/stamp", reports, AuditClass::nothing_personal(), Limits::page(),
        [&desk](Visit&) { return http::plain(200, std::to_string(desk.stamp())); }, "missing");
}

}  // namespace rowan::protect::missing::pages
