// Tables, summary lists, task lists.
#include "html/components.h"

namespace rowan::html {

namespace {

// "prefix--format classes" → the class attribute of a cell.
void put_cell(Markup& out, const TableCell& cell, bool column_head, bool row_head) {
    if (column_head)
        out.raw("<th scope=\"col\" class=\"govuk-table__header");
    else if (row_head)
        out.raw("<th scope=\"row\" class=\"govuk-table__header");
    else
        out.raw("<td class=\"govuk-table__cell");
    if (!cell.format.empty() && !row_head) {
        if (column_head)
            out.raw(" govuk-table__header--");
        else
            out.raw(" govuk-table__cell--");
        out.text(cell.format);
    }
    if (!cell.classes.empty()) out.raw(" ").text(cell.classes);
    out.raw("\"");
    if (cell.colspan) out.attribute("colspan", cell.colspan);
    if (cell.rowspan) out.attribute("rowspan", cell.rowspan);
    out.attributes(cell.attributes).raw(">").content(cell.text);
    if (column_head || row_head)
        out.raw("</th>");
    else
        out.raw("</td>");
}

void put_action(Markup& out, const SummaryListAction& action, const Content* card_title) {
    bool titled = card_title && !card_title->empty();
    out.raw("<a").classes("govuk-link", action.classes).attribute("href", action.href);
    out.attributes(action.attributes).raw(">").content(action.text);
    if (!action.visually_hidden_text.empty() || titled) {
        out.raw("<span class=\"govuk-visually-hidden\">");
        if (!action.visually_hidden_text.empty()) out.raw(" ").text(action.visually_hidden_text);
        if (titled) out.raw(" (").content(*card_title).raw(")");
        out.raw("</span>");
    }
    out.raw("</a>");
}

void open_card(Markup& out, const SummaryCard& card) {
    out.raw("<div").classes("govuk-summary-card", card.classes).attributes(card.attributes);
    out.raw("><div class=\"govuk-summary-card__title-wrapper\">");
    if (!card.title.text.empty()) {
        out.raw("<h").number(card.title.heading_level).classes("govuk-summary-card__title", card.title.classes);
        out.raw(">").content(card.title.text).raw("</h").number(card.title.heading_level).raw(">");
    }
    const auto& items = card.actions.items;
    if (items.size() == 1) {
        out.raw("<div").classes("govuk-summary-card__actions", card.actions.classes).raw(">");
        put_action(out, items[0], &card.title.text);
        out.raw("</div>");
    } else if (!items.empty()) {
        out.raw("<ul").classes("govuk-summary-card__actions", card.actions.classes).raw(">");
        for (const SummaryListAction& action : items) {
            out.raw("<li class=\"govuk-summary-card__action\">");
            put_action(out, action, &card.title.text);
            out.raw("</li>");
        }
        out.raw("</ul>");
    }
    out.raw("</div><div class=\"govuk-summary-card__content\">");
}

void put_row_actions(Markup& out, const SummaryListActions& actions, const Content* card_title) {
    out.raw("<dd").classes("govuk-summary-list__actions", actions.classes).raw(">");
    if (actions.items.size() == 1) {
        put_action(out, actions.items[0], card_title);
    } else {
        out.raw("<ul class=\"govuk-summary-list__actions-list\">");
        for (const SummaryListAction& action : actions.items) {
            out.raw("<li class=\"govuk-summary-list__actions-list-item\">");
            put_action(out, action, card_title);
            out.raw("</li>");
        }
        out.raw("</ul>");
    }
    out.raw("</dd>");
}

}  // namespace

Html table(const Table& o) {
    Markup out(512 + o.rows.size() * 256);
    out.raw("<table").classes("govuk-table", o.classes).attributes(o.attributes).raw(">");
    if (!o.caption.empty())
        out.raw("<caption")
            .classes("govuk-table__caption", o.caption_classes)
            .raw(">")
            .text(o.caption)
            .raw("</caption>");
    if (!o.head.empty()) {
        out.raw("<thead class=\"govuk-table__head\"><tr class=\"govuk-table__row\">");
        for (const TableCell& cell : o.head) put_cell(out, cell, true, false);
        out.raw("</tr></thead>");
    }
    out.raw("<tbody class=\"govuk-table__body\">");
    for (const TableRow& row : o.rows) {
        if (!row.when) continue;
        out.raw("<tr class=\"govuk-table__row\">");
        bool first = o.first_cell_is_header;
        for (const TableCell& cell : row.cells) {
            put_cell(out, cell, false, first);
            first = false;
        }
        out.raw("</tr>");
    }
    return out.raw("</tbody></table>").take();
}

Html summary_list(const SummaryList& o) {
    bool any_actions = false;
    for (const SummaryListRow& row : o.rows) any_actions |= !row.actions.items.empty();
    const Content* card_title = o.card ? &o.card->title.text : nullptr;
    Markup out(512 + o.rows.size() * 256);
    if (o.card) open_card(out, *o.card);
    out.raw("<dl").classes("govuk-summary-list", o.classes).attributes(o.attributes).raw(">");
    for (const SummaryListRow& row : o.rows) {
        if (!row.when) continue;
        bool lacks_actions = any_actions && row.actions.items.empty();
        out.raw("<div").classes("govuk-summary-list__row",
                                lacks_actions ? "govuk-summary-list__row--no-actions" : "", row.classes);
        out.raw("><dt").classes("govuk-summary-list__key", row.key.classes).raw(">").content(row.key.text);
        out.raw("</dt><dd").classes("govuk-summary-list__value", row.value.classes).raw(">");
        out.content(row.value.text).raw("</dd>");
        if (!row.actions.items.empty()) put_row_actions(out, row.actions, card_title);
        out.raw("</div>");
    }
    out.raw("</dl>");
    if (o.card) out.raw("</div></div>");
    return out.take();
}

SummaryListRow summary_row(std::string key, Content value, std::string change_href) {
    SummaryListRow made{.key = {.text = key}, .value = {.text = std::move(value)}};
    if (!change_href.empty()) {
        // "Change date of birth", but "Change NHS number".
        bool word = key.size() > 1 && key[0] >= 'A' && key[0] <= 'Z' && !(key[1] >= 'A' && key[1] <= 'Z');
        if (word) key[0] = static_cast<char>(key[0] | 32);
        made.actions.items.push_back(
            {.text = "Change", .href = std::move(change_href), .visually_hidden_text = std::move(key)});
    }
    return made;
}

Html task_list(const TaskList& o) {
    std::string prefix = o.id_prefix.empty() ? "task-list" : o.id_prefix;
    Markup out(512 + o.items.size() * 384);
    out.raw("<ul").classes("govuk-task-list", o.classes).attributes(o.attributes).raw(">");
    int number = 0;
    for (const TaskListItem& item : o.items) {
        ++number;
        if (!item.when) continue;
        std::string hint_id = prefix + "-" + std::to_string(number) + "-hint";
        std::string status_id = prefix + "-" + std::to_string(number) + "-status";
        bool link = !item.href.empty(), hinted = !item.hint.empty();
        out.raw("<li").classes("govuk-task-list__item", link ? "govuk-task-list__item--with-link" : "",
                               item.classes);
        out.raw("><div class=\"govuk-task-list__name-and-hint\">");
        if (link) {
            out.raw("<a").classes("govuk-link govuk-task-list__link", item.title.classes);
            out.attribute("href", item.href);
            out.attribute("aria-describedby", hinted ? hint_id + " " + status_id : status_id);
            out.raw(">").content(item.title.text).raw("</a>");
        } else {
            out.raw("<div")
                .attribute_if("class", item.title.classes)
                .raw(">")
                .content(item.title.text)
                .raw("</div>");
        }
        if (hinted)
            out.raw("<div")
                .attribute("id", hint_id)
                .raw(" class=\"govuk-task-list__hint\">")
                .content(item.hint)
                .raw("</div>");
        out.raw("</div><div").classes("govuk-task-list__status", item.status_classes).attribute("id", status_id);
        out.raw(">");
        if (item.status_tag)
            out.html(tag(*item.status_tag));
        else
            out.content(item.status);
        out.raw("</div></li>");
    }
    return out.raw("</ul>").take();
}

}  // namespace rowan::html
