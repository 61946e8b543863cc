#include "html/casework.h"

#include "base/number.h"

#include <algorithm>

namespace rowan::html {

namespace {

std::string plural(long n, const char* word) { return std::to_string(n) + " " + word + (n == 1 ? "" : "s"); }

std::string with_parameter(const std::string& base, const std::string& parameter) {
    if (base.empty()) return "?" + parameter;
    char last = base.back();
    if (last == '?' || last == '&') return base + parameter;
    return base + (base.find('?') == std::string::npos ? "?" : "&") + parameter;
}

Html navigation_text(const NavigationLink& item) {
    if (!item.count) return text(item.text);
    return join(item.text, " (", grouped(*item.count), ")");
}

}  // namespace

Html page_heading(const Content& text, const Content& caption, std::string_view size) {
    return join(
        when(!caption.empty(), [&] { return el("span", cls("govuk-caption-" + std::string(size)), caption); }),
        el("h1", cls("govuk-heading-" + std::string(size)), text));
}

Html heading(int level, const Content& text, std::string_view size, std::string_view id) {
    Markup out;
    out.raw("<h").number(level).attribute_if("id", id).attribute("class", "govuk-heading-" + std::string(size));
    return out.raw(">").content(text).raw("</h").number(level).raw(">").take();
}

Html anchor(std::string_view address, const Content& text, std::string_view hidden) {
    return el("a", cls("govuk-link"), href(address), text,
              when(!hidden.empty(), [&] { return el("span", cls("govuk-visually-hidden"), " ", hidden); }));
}

Html two_thirds(const Html& content) {
    return el("div", cls("govuk-grid-row"), el("div", cls("govuk-grid-column-two-thirds"), content));
}

Html bullets(const std::vector<Html>& items) {
    return el("ul", cls("govuk-list govuk-list--bullet"),
              each(items, [](const Html& item) { return el("li", item); }));
}

Html visually_hidden(std::string_view text) { return el("span", cls("govuk-visually-hidden"), text); }

Html empty_note(const Content& sentence) { return el("p", cls("rowan-empty"), sentence); }

Html time_of(base::Instant at) { return el("time", attr("datetime", base::to_iso(at)), base::display(at)); }

Html date_of(base::Date on) { return el("time", attr("datetime", base::to_iso(on)), base::display(on)); }

std::string duration_in_words(std::chrono::minutes length) {
    long minutes = std::max<long>(0, static_cast<long>(length.count()));
    long hours = minutes / 60, days = hours / 24;
    if (hours >= 72) return plural(days, "day");
    if (hours >= 6 || (hours >= 1 && minutes % 60 == 0)) return plural(hours, "hour");
    if (hours >= 1) return plural(hours, "hour") + " " + std::to_string(minutes % 60) + " min";
    return std::to_string(minutes) + " min";
}

Html clock_tag(const ClockTag& o) {
    auto whole_minutes = [](auto length) { return std::chrono::duration_cast<std::chrono::minutes>(length); };
    if (o.done) return el("span", cls("rowan-clock rowan-clock--done"), o.prefix, "Done, due ", time_of(o.due));
    bool overdue = o.due <= o.now;
    bool soon = !overdue && o.due - o.now < std::chrono::hours(o.soon_hours);
    std::string words = overdue ? "Overdue by " + duration_in_words(whole_minutes(o.now - o.due))
                                : duration_in_words(whole_minutes(o.due - o.now)) + " left";
    return el("span", cls("rowan-clock", overdue ? "rowan-clock--overdue" : "", soon ? "rowan-clock--soon" : ""),
              attr("data-until", base::to_iso(o.due)), attr("data-soon-hours", o.soon_hours),
              attr("title", "Due " + base::display(o.due)), o.prefix, el("span", flag("data-words"), words));
}

Html since(base::Instant began, base::Instant now) {
    auto length = std::chrono::duration_cast<std::chrono::minutes>(now - began);
    return el("time", attr("datetime", base::to_iso(began)), attr("data-since", base::to_iso(began)),
              attr("title", "Since " + base::display(began)), duration_in_words(length));
}

Html identity_bar(const IdentityBar& o) {
    Html name = o.is_page_heading ? el("h1", cls("govuk-heading-l rowan-identity__heading"), o.name)
                                  : el("span", cls("govuk-heading-m rowan-identity__heading"), o.name);
    Html facts = when(!o.facts.empty(), [&] {
        return el("p", cls("rowan-identity__facts"),
                  each(o.facts, [](const Content& f) { return el("span", f, " "); }));
    });
    Html tags =
        when(!o.tags.empty(), [&] { return el("p", cls("rowan-identity__tags"), join_with(" ", o.tags)); });
    Html actions = when(!o.actions.empty(), [&] {
        return el("div", cls("moj-identity-bar__actions rowan-identity__actions"), button_group(o.actions));
    });
    return el("div", cls("moj-identity-bar", o.classes),
              el("div", cls("rowan-identity__container"),
                 el("div", cls("moj-identity-bar__details"), name, facts, tags), actions));
}

Html alerts(const std::vector<Content>& sentences) {
    if (sentences.empty()) return {};
    Html said = sentences.size() == 1
                    ? el("p", cls("govuk-!-margin-0"), el("strong", sentences[0]))
                    : el("ul", each(sentences, [](const Content& s) { return el("li", el("strong", s)); }));
    return el("div", cls("rowan-alert"), attr("role", "note"), attr("aria-label", "Take care"), said);
}

Html badge(const BadgeOptions& o) { return el("span", cls("moj-badge", o.classes), o.text); }

Html timeline(const Timeline& o) {
    Markup out(o.items.size() * 512 + 64);
    out.raw("<div").classes("moj-timeline", o.classes).raw(">");
    for (const TimelineItem& item : o.items) {
        out.raw("<div").classes("moj-timeline__item", item.classes);
        out.raw("><div class=\"moj-timeline__header\"><h").number(o.heading_level);
        out.raw(" class=\"moj-timeline__title\">").content(item.title).raw("</h").number(o.heading_level).raw(">");
        if (!item.byline.empty()) out.raw("\n<p class=\"moj-timeline__byline\">").text(item.byline).raw("</p>");
        out.raw("</div>");
        if (item.at || item.on) {
            out.raw("<p class=\"moj-timeline__date\">").html(item.at ? time_of(*item.at) : date_of(*item.on));
            out.raw("</p>");
        }
        if (!item.description.empty()) {
            out.raw("<div class=\"moj-timeline__description\">");
            out.html(item.description.is_html() ? item.description.html() : paragraphs(item.description.text()));
            out.raw("</div>");
        }
        out.raw("</div>");
    }
    return out.raw("</div>").take();
}

Html filter(const Filter& o) {
    Markup out(o.options.size() + 1024);
    out.raw("<details class=\"moj-filter\" open data-folds><summary class=\"rowan-filter__summary\">");
    out.content(o.heading).raw("</summary><div class=\"moj-filter__content\">");
    if (!o.selected.empty()) {
        out.raw(
            "<div class=\"moj-filter__selected\"><div class=\"moj-filter__selected-heading\">"
            "<div class=\"moj-filter__heading-title\"><h2 class=\"govuk-heading-s govuk-!-margin-bottom-1\">"
            "Chosen</h2></div>");
        if (!o.clear_href.empty()) {
            out.raw(
                "<div class=\"moj-filter__heading-action\"><a class=\"govuk-link govuk-link--no-visited-state\"");
            out.attribute("href", o.clear_href).raw(">Clear filters</a></div>");
        }
        out.raw("</div><ul class=\"moj-filter-tags\">");
        for (const SelectedFilter& chosen : o.selected) {
            out.raw("<li><a class=\"moj-filter__tag\"").attribute("href", chosen.remove_href);
            out.raw("><span class=\"govuk-visually-hidden\">Remove this filter</span> ");
            if (!chosen.heading.empty()) out.text(chosen.heading).raw(": ");
            out.text(chosen.text).raw("</a></li>");
        }
        out.raw("</ul></div>");
    }
    out.raw("<form class=\"moj-filter__options\" method=\"get\"").attribute("action", o.action).raw(">");
    for (const auto& [name, value] : o.keep)
        out.raw("<input type=\"hidden\"").attribute("name", name).attribute("value", value).raw(">");
    out.html(o.options).html(button({.text = o.submit_text, .classes = "govuk-!-margin-bottom-0"}));
    return out.raw("</form></div></details>").take();
}

Html list_layout(const Html& filter, const Html& list) {
    return el("div", cls("rowan-list-layout"), el("div", filter), el("div", list));
}

Sorting sorting_from(std::string_view sort, const std::vector<std::string>& columns, Sorting otherwise) {
    bool descending = sort.starts_with('-');
    if (descending) sort.remove_prefix(1);
    if (std::find(columns.begin(), columns.end(), sort) == columns.end()) return otherwise;
    return {.column = std::string(sort), .descending = descending, .base = std::move(otherwise.base)};
}

TableCell sort_head(std::string_view title, const std::string& column, const Sorting& sorting, bool is_numeric) {
    bool current = sorting.column == column;
    bool to_descending = current && !sorting.descending;
    std::string address = with_parameter(sorting.base, "sort=" + std::string(to_descending ? "-" : "") + column);
    Html arrow = when(current, [&] {
        return el("span", cls("rowan-sort__arrow"), attr("aria-hidden", "true"), sorting.descending ? "▼" : "▲");
    });
    TableCell cell{.text = el("a", cls("rowan-sort govuk-link--no-visited-state"), href(address), title, arrow),
                   .format = is_numeric ? "numeric" : ""};
    cell.attributes.push_back({"aria-sort", current ? (sorting.descending ? "descending" : "ascending") : "none"});
    return cell;
}

Html working_table(Table o) {
    o.classes += o.classes.empty() ? "rowan-table" : " rowan-table";
    return el("div", cls("rowan-scroll"), attr("role", "region"),
              attr("aria-label", o.caption.empty() ? "Table" : o.caption), table(o));
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number), out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        bool third = (digits.size() - i) % 3 == 0;
        if (third && !out.empty() && out != "-") out += ',';
        out += digits[i];
    }
    return out;
}

Html list_count(std::size_t first, std::size_t last, std::size_t total, std::string_view of_what) {
    auto n = [](std::size_t value) { return el("strong", grouped(static_cast<std::int64_t>(value))); };
    if (first == 1 && last == total) return el("p", cls("rowan-count"), n(total), " ", of_what);
    return el("p", cls("rowan-count"), "Showing ", n(first), " to ", n(last), " of ", n(total), " ", of_what);
}

std::size_t page_asked(std::string_view number, std::size_t pages) {
    return std::clamp<std::size_t>(base::whole_number<std::size_t>(number).value_or(1), 1,
                                   std::max<std::size_t>(pages, 1));
}

Html page_links(std::size_t page, std::size_t pages, const std::string& base) {
    if (pages <= 1) return {};
    auto address = [&](std::size_t n) { return with_parameter(base, "page=" + std::to_string(n)); };
    Pagination o;
    if (page > 1) o.previous.href = address(page - 1);
    if (page < pages) o.next.href = address(page + 1);
    bool gap = false;
    for (std::size_t n = 1; n <= pages; ++n) {
        bool near = n + 1 >= page && n <= page + 1;
        if (n == 1 || n == pages || near) {
            o.items.push_back({.number = std::to_string(n), .href = address(n), .current = n == page});
            gap = false;
        } else if (!gap) {
            o.items.push_back({.ellipsis = true});
            gap = true;
        }
    }
    return pagination(o);
}

Html work_list(const std::vector<WorkItem>& items, const Content& when_empty) {
    if (items.empty()) return empty_note(when_empty);
    const bool clocks =
        std::any_of(items.begin(), items.end(), [](const WorkItem& item) { return !item.clock.empty(); });
    return el("ul", cls("rowan-work", clocks ? "" : "rowan-work--plain"), each(items, [](const WorkItem& item) {
                  return el(
                      "li", cls("rowan-work__item"), el("div", item.clock),
                      el("div", el("a", cls("govuk-link rowan-work__link"), href(item.href), item.text),
                         when(!item.why.empty(), [&] { return el("span", cls("rowan-work__why"), item.why); })));
              }));
}

Html sub_navigation(const SubNavigation& o) {
    return el("nav", cls("moj-sub-navigation"), attr("aria-label", o.label),
              el("ul", cls("moj-sub-navigation__list"), each(o.items, [](const NavigationLink& item) {
                     return el(
                         "li", cls("moj-sub-navigation__item"),
                         el("a", cls("moj-sub-navigation__link"), attr_if(item.current, "aria-current", "page"),
                            href(item.href), navigation_text(item)));
                 })));
}

Html side_navigation(const SideNavigation& o) {
    Markup out(1024);
    out.raw("<nav class=\"moj-side-navigation\"").attribute("aria-label", o.label).raw(">");
    for (const SideNavigationSection& section : o.sections) {
        if (!section.heading.empty())
            out.raw("<h2 class=\"moj-side-navigation__title\">").text(section.heading).raw("</h2>");
        out.raw("<ul class=\"moj-side-navigation__list\">");
        for (const NavigationLink& item : section.items) {
            out.raw("<li").classes("moj-side-navigation__item",
                                   item.current ? "moj-side-navigation__item--active" : "");
            out.raw("><a").attribute("href", item.href);
            if (item.current) out.raw(" aria-current=\"location\"");
            out.raw(">").html(navigation_text(item)).raw("</a></li>");
        }
        out.raw("</ul>");
    }
    return out.raw("</nav>").take();
}

Html record_layout(const Html& side, const Html& content) {
    return el("div", cls("rowan-record-layout"), el("div", side), el("div", content));
}

Html stat(const Stat& o) {
    Html number = o.href.empty() ? el("span", cls("rowan-stat__number"), o.number)
                                 : el("span", cls("rowan-stat__number"),
                                      el("a", cls("govuk-link govuk-link--no-visited-state"), href(o.href),
                                         o.number, el("span", cls("govuk-visually-hidden"), " ", o.label)));
    Html completeness = when(o.known && o.of, [&] {
        return el("span", cls("rowan-stat__note"), "Known for ", grouped(*o.known), " of ", grouped(*o.of));
    });
    Html note = when(!o.note.empty(), [&] { return el("span", cls("rowan-stat__note"), o.note); });
    Html how = when(!o.how_href.empty(), [&] {
        return el("span", cls("rowan-stat__note"),
                  el("a", cls("govuk-link"), href(o.how_href), "How this is counted",
                     el("span", cls("govuk-visually-hidden"), ": ", o.label)));
    });
    return el("li", cls("rowan-stat"), number, el("span", cls("rowan-stat__label"), o.label), completeness, note,
              how);
}

Html stats(const std::vector<Stat>& list) {
    return el("ul", cls("rowan-stats"), each(list, [](const Stat& s) { return stat(s); }));
}

Html comparison(const Comparison& o) {
    auto words = [](const ComparisonRow& row) -> std::string {
        if (!row.words.empty()) return row.words;
        switch (row.likeness) {
            case Likeness::same:
                return "Same";
            case Likeness::similar:
                return "Similar";
            case Likeness::different:
                return "Different";
            case Likeness::missing:
                return "Not known";
        }
        return {};
    };
    Table made{.caption = o.caption,
               .head = columns("Detail", o.left_heading, o.right_heading, "Alike?"),
               .first_cell_is_header = true,
               .classes = "rowan-compare"};
    for (const ComparisonRow& row : o.rows) {
        std::string classes = row.likeness == Likeness::different ? "rowan-compare--different" : "";
        auto shown = [](const Content& c) { return c.empty() ? Content("Not known") : c; };
        made.rows.push_back({{{.text = row.field},
                              {.text = shown(row.left), .classes = classes},
                              {.text = shown(row.right), .classes = classes},
                              {.text = el("strong", words(row)), .classes = classes}}});
    }
    return working_table(std::move(made));
}

Html key_button(const KeyButton& o) {
    return button({.text = join(el("span", cls("rowan-key"), attr("aria-hidden", "true"), o.key), o.text),
                   .name = o.name,
                   .value = o.value,
                   .classes = o.classes,
                   .attributes = {{"data-key", o.key}, {"aria-keyshortcuts", o.key}}});
}

Html cards(const std::vector<Card>& list) {
    return el("ul", cls("rowan-cards"), each(list, [](const Card& card) {
                  return el("li", cls("rowan-card", card.is_new ? "rowan-card--new" : ""),
                            when(card.is_new, [] { return badge({.text = "New", .classes = "moj-badge--red"}); }),
                            card.content);
              }));
}

}  // namespace rowan::html
