// Several inputs under one question: radios, checkboxes, the three fields of a date.
#include "html/fields.h"

#include <algorithm>

namespace rowan::html {

namespace {

std::string numbered(const std::string& prefix, std::size_t number) {
    return number > 1 ? prefix + "-" + std::to_string(number) : prefix;
}

std::string with(std::string fixed, const std::string& more) { return more.empty() ? fixed : fixed + " " + more; }

// The label, hint and what opens beneath one choice: the same for radios and checkboxes.
template <class Item>
void put_label_and_hint(Markup& out, const Item& item, const std::string& item_id, const char* label_class,
                        const char* hint_class) {
    out.html(label({.text = item.text,
                    .for_id = item_id,
                    .classes = with(label_class, item.label.classes),
                    .attributes = item.label.attributes}));
    if (item.hint.text.empty()) return;
    Hint h = item.hint;
    h.id = item_id + "-item-hint";
    h.classes = with(hint_class, item.hint.classes);
    out.html(hint(h));
}

void put_radio(Markup& out, const Radios& o, const RadiosItem& item, const std::string& item_id) {
    bool by_value = !o.value.empty() && item.value == o.value;
    bool checked = item.checked.value_or(by_value);
    std::string conditional_id = item.conditional.empty() ? "" : "conditional-" + item_id;
    out.raw("<div class=\"govuk-radios__item\"><input class=\"govuk-radios__input\"");
    out.attribute("id", item_id).attribute("name", o.name).raw(" type=\"radio\"").attribute("value", item.value);
    out.flag("checked", checked).flag("disabled", item.disabled);
    out.attribute_if("data-aria-controls", conditional_id);
    if (!item.hint.text.empty()) out.attribute("aria-describedby", item_id + "-item-hint");
    out.attributes(item.attributes).raw(">");
    put_label_and_hint(out, item, item_id, "govuk-radios__label", "govuk-radios__hint");
    out.raw("</div>");
    if (item.conditional.empty()) return;
    out.raw("<div").classes("govuk-radios__conditional", checked ? "" : "govuk-radios__conditional--hidden");
    out.attribute("id", conditional_id).raw(">").html(item.conditional).raw("</div>");
}

void put_checkbox(Markup& out, const Checkboxes& o, const CheckboxesItem& item, const std::string& item_id,
                  const std::string& described_by) {
    bool by_value = std::find(o.values.begin(), o.values.end(), item.value) != o.values.end();
    bool checked = item.checked.value_or(by_value);
    std::string conditional_id = item.conditional.empty() ? "" : "conditional-" + item_id;
    std::string hint_id = item.hint.text.empty() ? "" : item_id + "-item-hint";
    out.raw("<div class=\"govuk-checkboxes__item\"><input class=\"govuk-checkboxes__input\"");
    out.attribute("id", item_id).attribute("name", item.name.empty() ? o.name : item.name);
    out.raw(" type=\"checkbox\"").attribute("value", item.value);
    out.flag("checked", checked).flag("disabled", item.disabled);
    out.attribute_if("data-aria-controls", conditional_id).attribute_if("data-behaviour", item.behaviour);
    out.attribute_if("aria-describedby", and_id(o.fieldset ? "" : described_by, hint_id));
    out.attributes(item.attributes).raw(">");
    put_label_and_hint(out, item, item_id, "govuk-checkboxes__label", "govuk-checkboxes__hint");
    out.raw("</div>");
    if (item.conditional.empty()) return;
    out.raw("<div").classes("govuk-checkboxes__conditional",
                            checked ? "" : "govuk-checkboxes__conditional--hidden");
    out.attribute("id", conditional_id).raw(">").html(item.conditional).raw("</div>");
}

bool has_class(const DateInputItem& item, std::string_view part) {
    return item.classes.find(part) != std::string::npos;
}

std::string capitalised(std::string word) {
    for (char& c : word) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c | 32) : c;
    if (!word.empty() && word[0] >= 'a' && word[0] <= 'z') word[0] = static_cast<char>(word[0] - 32);
    return word;
}

struct DateContext {
    const DateInput& options;
    bool any_item_has_error = false;

    std::optional<std::string> value_of(const std::string& key) const {
        for (const auto& [name, value] : options.values)
            if (name == key) return value;
        return std::nullopt;
    }
};

// The item for day, month or year as the macro completes it: its own name and value, then the defaults.
DateInputItem completed(const std::optional<DateInputItem>& given, const char* name, const DateContext& context) {
    DateInputItem item = given.value_or(
        DateInputItem{.classes = std::string(name) == "year" ? "govuk-input--width-4" : "govuk-input--width-2"});
    if (!given) item.value = context.value_of(name);
    if (item.name.empty()) item.name = name;
    return item;
}

void put_date_item(Markup& out, const DateContext& context, const DateInputItem& item, bool year) {
    const DateInput& o = context.options;
    std::string classes;
    bool own_error = item.error.value_or(false) || has_class(item, "govuk-input--error");
    bool shared_error = item.error.value_or(true) && !o.error_message.text.empty() && !context.any_item_has_error;
    if (!has_class(item, "govuk-input--error") && (own_error || shared_error)) classes = "govuk-input--error";
    if (!has_class(item, "govuk-input--width-"))
        classes = and_id(classes, year ? "govuk-input--width-4" : "govuk-input--width-2");
    classes = and_id(classes, item.classes);
    std::string name = o.name_prefix.empty() ? item.name : o.name_prefix + "-" + item.name;
    std::optional<std::string> value = item.value;
    if (!value) value = context.value_of(name);
    out.raw("<div class=\"govuk-date-input__item\">");
    out.html(input({.name = name,
                    .id = item.id.empty() ? o.id + "-" + item.name : item.id,
                    .label = {.text = item.label.empty() ? capitalised(item.name) : item.label,
                              .classes = "govuk-date-input__label"},
                    .type = "text",
                    .value = value,
                    .inputmode = item.inputmode.empty() ? "numeric" : item.inputmode,
                    .autocomplete = item.autocomplete,
                    .pattern = item.pattern,
                    .classes = with("govuk-date-input__input", classes),
                    .attributes = item.attributes}));
    out.raw("</div>");
}

}  // namespace

Html radios(const Radios& o) {
    const std::string& prefix = o.id_prefix.empty() ? o.name : o.id_prefix;
    Markup out(2048);
    std::string described_by = o.fieldset ? o.fieldset->described_by : "";
    described_by = put_hint_and_error(out, prefix, std::move(described_by), o.hint, o.error_message);
    out.raw("<div")
        .classes("govuk-radios", o.classes)
        .attributes(o.attributes)
        .raw(" data-module=\"govuk-radios\">");
    out.content(o.form_group.before_input);
    std::size_t number = 0;
    for (const RadiosItem& item : o.items) {
        ++number;
        if (!item.when) continue;
        if (!item.divider.empty())
            out.raw("<div class=\"govuk-radios__divider\">").text(item.divider).raw("</div>");
        else
            put_radio(out, o, item, item.id.empty() ? numbered(prefix, number) : item.id);
    }
    out.content(o.form_group.after_input).raw("</div>");
    return group_of_inputs(o.fieldset, described_by, "", out.take(), o.form_group, !o.error_message.text.empty());
}

Html checkboxes(const Checkboxes& o) {
    const std::string& prefix = o.id_prefix.empty() ? o.name : o.id_prefix;
    Markup out(2048);
    std::string described_by = o.described_by;
    if (o.fieldset && !o.fieldset->described_by.empty()) described_by = o.fieldset->described_by;
    described_by = put_hint_and_error(out, prefix, std::move(described_by), o.hint, o.error_message);
    out.raw("<div").classes("govuk-checkboxes", o.classes).attributes(o.attributes);
    out.raw(" data-module=\"govuk-checkboxes\">").content(o.form_group.before_input);
    std::size_t number = 0;
    for (const CheckboxesItem& item : o.items) {
        ++number;
        if (!item.when) continue;
        if (!item.divider.empty())
            out.raw("<div class=\"govuk-checkboxes__divider\">").text(item.divider).raw("</div>");
        else
            put_checkbox(out, o, item, item.id.empty() ? numbered(prefix, number) : item.id, described_by);
    }
    out.content(o.form_group.after_input).raw("</div>");
    return group_of_inputs(o.fieldset, described_by, "", out.take(), o.form_group, !o.error_message.text.empty());
}

Html date_input(const DateInput& o) {
    DateContext context{o};
    DateInputItem day = completed(o.day, "day", context), month = completed(o.month, "month", context),
                  year = completed(o.year, "year", context);
    std::vector<DateInputItem> items = o.items;
    if (items.empty()) items = {day, month, year};
    std::vector<bool> is_year;
    for (DateInputItem& item : items) {
        // An item that bears the name of a part takes that part's value when it has none of its own.
        for (const DateInputItem* part : {&day, &month, &year})
            if (!item.value && item.name == part->name) item.value = part->value;
        is_year.push_back(item.name == "year" || item.name == year.name);
        context.any_item_has_error |= item.error.value_or(false) || has_class(item, "govuk-input--error");
    }
    Markup out(2048);
    std::string described_by = o.fieldset ? o.fieldset->described_by : "";
    described_by = put_hint_and_error(out, o.id, std::move(described_by), o.hint, o.error_message);
    out.raw("<div")
        .classes("govuk-date-input", o.classes)
        .attributes(o.attributes)
        .attribute_if("id", o.id)
        .raw(">");
    out.content(o.form_group.before_input);
    for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i].when) put_date_item(out, context, items[i], is_year[i]);
    out.content(o.form_group.after_input).raw("</div>");
    // role="group": otherwise some screen readers do not read the description of a fieldset of text inputs.
    return group_of_inputs(o.fieldset, described_by, "group", out.take(), o.form_group,
                           !o.error_message.text.empty());
}

}  // namespace rowan::html
