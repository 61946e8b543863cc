#include "exchange/import_pages.h"

#include "base/id.h"
#include "base/text.h"
#include "html/casework.h"
#include "partnership/front.h"

namespace rowan::exchange {

namespace {

using html::cls, html::el, html::Html;
using partnership::page, partnership::PageBody, partnership::post_form, partnership::Visit;

constexpr std::size_t kMostUpload = 64u << 20;

Html upload_form(const Visit& visit, std::string_view error) {
    return post_form(
        visit, "/extracts",
        html::join(
            html::file_upload({.name = "file",
                               .label = {.text = "Choose the extract (a CSV file)", .classes = "govuk-label--m"},
                               .hint = {.text = "The first line must hold the headings. At most 64 MB; larger "
                                                "files are brought in on the server with rowan import."},
                               .error_message = {.text = error}}),
            html::details({.summary = "The file has unusual headings or codes",
                           .text = html::file_upload(
                               {.name = "mapping",
                                .label = {.text = "A mapping for it (a TOML file)"},
                                .hint = {.text = "It says what each column means, how dates are written and what "
                                                 "your codes stand for. Keep it for the next time."}})}),
            html::button({.text = "Read the file"}),
            html::para("Nothing is brought in yet. You see first, line by line, what is new, what matches and "
                       "what cannot be read.")),
        true);
}

http::Response extracts_page(Visit& visit, const ImportDesk& desk, std::string_view error = {}) {
    PageBody body;
    body.title = "Bring in an extract";
    body.navigation = "extracts";
    body.error = !error.empty();
    std::vector<Html> parts;
    if (!error.empty()) parts.push_back(html::error_summary({.error_list = {{.text = error, .href = "#file"}}}));
    parts.push_back(html::page_heading("Bring in an extract", visit.viewer.agency_name));
    parts.push_back(upload_form(visit, error));
    const auto batches = desk.batches(visit.viewer);
    parts.push_back(html::heading(2, "Extracts of your agency"));
    if (batches.empty()) {
        parts.push_back(html::empty_note("Your agency has not brought in an extract yet."));
    } else {
        html::Table table;
        table.caption = "Extracts of your agency, newest first";
        table.caption_classes = "govuk-visually-hidden";
        table.head = html::columns("When", "Who", html::TableCell{.text = "Lines", .format = "numeric"}, "State");
        for (const auto& batch : batches) {
            const bool waits = batch.state == "preview";
            const auto tag = html::tag({.text = waits                        ? "Waiting"
                                                : batch.state == "committed" ? "Brought in"
                                                                             : "Put aside",
                                        .classes = waits                        ? "govuk-tag--yellow"
                                                   : batch.state == "committed" ? "govuk-tag--green"
                                                                                : "govuk-tag--grey"});
            table.rows.push_back(html::row(
                html::time_of(batch.at), batch.by, html::numeric(html::text(html::grouped(batch.lines))),
                waits ? html::join(tag, " ", html::anchor("/extracts/" + batch.id, "Look at it")) : tag));
        }
        parts.push_back(html::working_table(table));
    }
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

// Which column was read as what, and a form to say it otherwise. Flags and code lists come from the headings or
// from a mapping file; only their columns are shown.
Html mapping_form(const Visit& visit, const ImportReport& report) {
    std::vector<Html> fields;
    for (const auto& field : extract_fields()) {
        std::vector<html::SelectItem> items{{.value = "", .text = "Not in this file"}};
        for (const auto& heading : report.header) items.push_back({.value = heading, .text = heading});
        fields.push_back(html::select({.name = std::string(field.field),
                                       .label = {.text = field.words},
                                       .items = std::move(items),
                                       .value = report.mapping.column_of(field.field)}));
    }
    std::vector<Html> flags;
    for (const auto& flag : report.mapping.flags) {
        const auto* known = visit.office.scheme.find_flag(flag.flag);
        flags.push_back(html::join(known ? known->label : flag.flag, ": column ", el("strong", flag.column)));
    }
    const auto& m = report.mapping;
    std::vector<std::string> unread;
    for (const auto& heading : report.header) {
        bool read = heading == m.missing_education_from || heading == m.missing_education_to ||
                    heading == m.missing_education_points;
        for (const auto& [field, column] : m.columns) read |= column == heading;
        for (const auto& flag : m.flags)
            read |= heading == flag.column || heading == flag.set_on || heading == flag.cleared_on;
        if (!read) unread.push_back(heading);
    }
    const auto first = report.mapping.dates.empty() ? DateOrder::day_first : report.mapping.dates.front();
    return html::join(
        html::when(!unread.empty(),
                   [&] {
                       return html::inset_text(
                           {.text = "Not read from this file: " + base::join(unread, ", ") + "."});
                   }),
        html::details(
            {.summary = "Which column was read as what",
             .text = post_form(
                 visit, "/extracts/" + report.batch + "/mapping",
                 html::join(
                     html::join(fields),
                     html::radios({.name = "dates",
                                   .fieldset = html::Fieldset{.legend = {.text = "How dates are written",
                                                                         .classes = "govuk-fieldset__legend--s"}},
                                   .items = {{.value = "day", .text = "Day first, such as 27/03/2007"},
                                             {.value = "month", .text = "Month first, such as 03/27/2007"}},
                                   .value = first == DateOrder::month_first ? "month" : "day",
                                   .classes = "govuk-radios--small"}),
                     html::when(!flags.empty(),
                                [&] { return html::join(html::para("Flags:"), html::bullets(flags)); }),
                     html::button({.text = "Read the file again", .classes = "govuk-button--secondary"})))}));
}

http::Response read_again(Visit& visit, const ImportDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto before = desk.reread(visit.viewer, id);
    if (!before.ok()) return partnership::problem(visit, before.error());
    Mapping mapping = before->mapping;
    for (const auto& field : extract_fields()) {
        const auto& heading = visit.form.get(field.field);
        if (heading.empty())
            mapping.columns.erase(std::string(field.field));
        else
            mapping.columns[std::string(field.field)] = heading;
    }
    mapping.dates = visit.form.get("dates") == "month" ? std::vector{DateOrder::month_first, DateOrder::year_first}
                                                       : std::vector{DateOrder::day_first, DateOrder::year_first};
    const auto report = desk.preview_again(visit.viewer, id, mapping);
    return report.ok() ? http::redirect("/extracts/" + id) : partnership::problem(visit, report.error());
}

http::Response report_page(Visit& visit, const ImportReport& report) {
    visit.looked_at("extract", report.batch, "role", "lines=" + std::to_string(report.lines));
    visit.why = "You can see this because you bring in your agency's extracts.";
    PageBody body;
    body.title = report.committed     ? "The extract has been brought in"
                 : report.refused > 0 ? "Some lines cannot be read"
                                      : "Check before you bring it in";
    body.navigation = "extracts";
    body.back_link = "/extracts";
    body.error = report.refused > 0;
    body.wide = true;
    std::vector<Html> parts;
    if (report.refused > 0)
        parts.push_back(html::error_summary(
            {.error_list = {
                 {.text = html::grouped(static_cast<std::int64_t>(report.refused)) +
                          (report.refused == 1
                               ? " line is refused. Nothing can be brought in until it is mended."
                               : " lines are refused. Nothing can be brought in until they are mended."),
                  .href = "#lines"}}}));
    parts.push_back(html::page_heading(body.title));
    if (!report.encoding_note.empty()) parts.push_back(html::inset_text({.text = report.encoding_note}));
    auto n = [](std::size_t count) { return html::grouped(static_cast<std::int64_t>(count)); };
    if (report.kind == "exclusions") {
        parts.push_back(html::stats({{.number = n(report.lines), .label = "counts of exclusions"},
                                     {.number = n(report.refused), .label = "refused"}}));
    } else {
        parts.push_back(html::stats({{.number = n(report.lines), .label = "lines"},
                                     {.number = n(report.fresh), .label = "new people"},
                                     {.number = n(report.known), .label = "already in your records"},
                                     {.number = n(report.matched), .label = "may be known to somebody"},
                                     {.number = n(report.certain), .label = "same NHS number or UPN"},
                                     {.number = n(report.refused), .label = "refused"}}));
        parts.push_back(mapping_form(visit, report));
    }
    if (!report.committed && report.refused == 0)
        parts.push_back(
            post_form(visit, "/extracts/" + report.batch + "/commit",
                      html::button_group({html::button({.text = "Bring in all " + n(report.lines) + " lines"})})));
    if (!report.committed)
        parts.push_back(
            post_form(visit, "/extracts/" + report.batch + "/abandon",
                      html::button({.text = "Put this extract aside", .classes = "govuk-button--secondary"})));
    if (report.committed && report.matched + report.certain > 0)
        parts.push_back(
            html::para("The pairs that may be one person now wait for somebody who decides about matches. Nothing "
                       "has been merged by itself unless the scheme's rule says so."));
    html::Table table;
    table.caption = report.report.size() < report.lines
                        ? "The first " + std::to_string(report.report.size()) + " lines that need a look"
                        : "Line by line";
    table.attributes = {{"id", "lines"}};
    table.head = html::columns(html::TableCell{.text = "Line", .format = "numeric"}, "What happens", "Why");
    for (const auto& line : report.report) {
        std::vector<Html> why;
        for (const auto& sentence : line.sentences) why.push_back(html::text(sentence));
        const char* colour = line.outcome == LineOutcome::refused ? "govuk-tag--red"
                             : line.outcome == LineOutcome::fresh ? "govuk-tag--green"
                                                                  : "govuk-tag--yellow";
        table.rows.push_back(html::row(html::numeric(html::text(std::to_string(line.number))),
                                       html::tag({.text = std::string(in_words(line.outcome)), .classes = colour}),
                                       html::join_with(html::Content(el("br")), why)));
    }
    if (!report.report.empty()) parts.push_back(html::working_table(table));
    body.body = html::join(parts);
    return page(visit, std::move(body));
}

http::Response upload(Visit& visit, const ImportDesk& desk) {
    const auto files = visit.request.files();
    if (!files.ok()) return extracts_page(visit, desk, files.error().message);
    std::string content;
    ImportOptions options;
    for (const auto& file : *files) {
        if (file.field == "file") content = file.content;
        if (file.field != "mapping" || file.content.empty()) continue;
        auto mapping = read_mapping(file.content, "mapping");
        if (!mapping.ok()) return extracts_page(visit, desk, mapping.error().message);
        options.mapping = std::move(*mapping);
    }
    if (content.empty()) return extracts_page(visit, desk, "Choose a file that is not empty");
    const auto report = desk.preview(visit.viewer, std::move(content), options);
    if (!report.ok()) return extracts_page(visit, desk, report.error().message);
    return http::redirect("/extracts/" + report->batch);
}

}  // namespace

std::string_view in_words(LineOutcome outcome) {
    switch (outcome) {
        case LineOutcome::fresh:
            return "New";
        case LineOutcome::known:
            return "Already yours";
        case LineOutcome::matched:
            return "May be known";
        case LineOutcome::certain:
            return "Same number";
        case LineOutcome::refused:
            return "Refused";
    }
    return "";
}

void add_exchange_routes(partnership::Routes& routes, const ImportDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto bring = Access::needs(Permission::bring_extract);
    routes.get(
        "/extracts", bring, AuditClass::nothing_personal(), Limits::page(),
        [&desk](Visit& v) { return extracts_page(v, desk); }, "extracts");
    routes.post(
        "/extracts", bring, AuditClass::change(), Limits::upload(kMostUpload),
        [&desk](Visit& v) { return upload(v, desk); }, "extracts");
    routes.get(
        "/extracts/{id}", bring, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) {
            const auto report = desk.reread(v.viewer, v.parameter("id"));
            if (!report.ok())
                v.refused("extract", base::is_id(v.parameter("id")) ? v.parameter("id") : "", "no-relationship");
            return report.ok() ? report_page(v, *report) : partnership::problem(v, report.error());
        },
        "extracts");
    routes.post(
        "/extracts/{id}/mapping", bring, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return read_again(v, desk); }, "extracts");
    routes.post(
        "/extracts/{id}/commit", bring, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            const auto report = desk.commit(v.viewer, v.parameter("id"), v.form.get(partnership::kOnceField));
            return report.ok() ? report_page(v, *report) : partnership::problem(v, report.error());
        },
        "extracts");
    routes.post(
        "/extracts/{id}/abandon", bring, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            const auto done = desk.abandon(v.viewer, v.parameter("id"));
            return done.ok() ? http::redirect("/extracts") : partnership::problem(v, done.error());
        },
        "extracts");
}

}  // namespace rowan::exchange
