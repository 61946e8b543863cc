// The components that take one value: button, input, textarea, character count, select, file upload, password.
#include "html/fields.h"

namespace rowan::html {

namespace {

const std::string& or_name(const std::string& id, const std::string& name) { return id.empty() ? name : id; }

void put_input_element(Markup& out, const Input& o, const std::string& id, const std::string& described_by) {
    out.raw("<input").classes("govuk-input", o.classes, o.error_message.text.empty() ? "" : "govuk-input--error");
    out.attribute("id", id).attribute("name", o.name).attribute("type", o.type.empty() ? "text" : o.type);
    if (o.spellcheck) out.attribute("spellcheck", *o.spellcheck ? "true" : "false");
    if (o.value) out.attribute("value", *o.value);
    out.flag("disabled", o.disabled).attribute_if("aria-describedby", described_by);
    out.attribute_if("autocomplete", o.autocomplete).attribute_if("autocapitalize", o.autocapitalize);
    out.attribute_if("pattern", o.pattern)
        .attribute_if("inputmode", o.inputmode)
        .attributes(o.attributes)
        .raw(">");
}

void put_affix(Markup& out, Literal name, const Affix& affix) {
    if (affix.text.empty()) return;
    out.raw("<div").classes(name, affix.classes).raw(" aria-hidden=\"true\"").attributes(affix.attributes);
    out.raw(">").content(affix.text).raw("</div>");
}

}  // namespace

Html button(const Button& o) {
    Markup out;
    bool link = !o.href.empty();
    if (link) {
        out.raw("<a").attribute("href", o.href).raw(" role=\"button\" draggable=\"false\"");
    } else {
        out.raw("<button").attribute("type", o.type.empty() ? "submit" : o.type);
        out.attribute_if("value", o.value).attribute_if("name", o.name);
        if (o.disabled) out.raw(" disabled aria-disabled=\"true\"");
        if (o.prevent_double_click)
            out.attribute("data-prevent-double-click", *o.prevent_double_click ? "true" : "false");
    }
    out.classes("govuk-button", o.classes, o.is_start_button ? "govuk-button--start" : "");
    out.raw(" data-module=\"govuk-button\"").attributes(o.attributes).attribute_if("id", o.id).raw(">");
    // Start buttons use flexbox, which eats the spaces between elements: keep Html in one element.
    bool span = o.is_start_button && o.text.is_html();
    if (span) out.raw("<span>");
    out.content(o.text);
    if (span) out.raw("</span>");
    if (o.is_start_button)
        out.raw(
            "<svg class=\"govuk-button__start-icon\" xmlns=\"http://www.w3.org/2000/svg\" width=\"17.5\" "
            "height=\"19\" viewBox=\"0 0 33 40\" aria-hidden=\"true\" focusable=\"false\">"
            "<path fill=\"currentColor\" d=\"M0 0h13l20 20-20 20H0l20-20z\"/></svg>");
    if (link)
        out.raw("</a>");
    else
        out.raw("</button>");
    return out.take();
}

Html button_group(const std::vector<Html>& buttons) { return el("div", cls("govuk-button-group"), buttons); }

Html input(const Input& o) {
    const std::string& id = or_name(o.id, o.name);
    Markup out(768);
    open_form_group(out, o.form_group, !o.error_message.text.empty());
    std::string described_by = put_field_head(out, id, o.described_by, o.label, o.hint, o.error_message);
    const FormGroup& group = o.form_group;
    bool wrapped = !o.prefix.text.empty() || !o.suffix.text.empty() || !group.before_input.empty() ||
                   !group.after_input.empty();
    if (wrapped) {
        out.raw("<div").classes("govuk-input__wrapper", o.input_wrapper.classes);
        out.attributes(o.input_wrapper.attributes).raw(">").content(group.before_input);
        put_affix(out, "govuk-input__prefix", o.prefix);
    }
    put_input_element(out, o, id, described_by);
    if (wrapped) {
        put_affix(out, "govuk-input__suffix", o.suffix);
        out.content(group.after_input).raw("</div>");
    }
    return out.raw("</div>").take();
}

Html textarea(const Textarea& o) {
    const std::string& id = or_name(o.id, o.name);
    bool error = !o.error_message.text.empty();
    Markup out(768);
    open_form_group(out, o.form_group, error);
    std::string described_by = put_field_head(out, id, o.described_by, o.label, o.hint, o.error_message);
    out.content(o.form_group.before_input);
    out.raw("<textarea").classes("govuk-textarea", error ? "govuk-textarea--error" : "", o.classes);
    out.attribute("id", id).attribute("name", o.name).attribute("rows", o.rows);
    if (o.spellcheck) out.attribute("spellcheck", *o.spellcheck ? "true" : "false");
    out.flag("disabled", o.disabled).attribute_if("aria-describedby", described_by);
    out.attribute_if("autocomplete", o.autocomplete).attributes(o.attributes).raw(">");
    // A parser drops one line break right after the tag: give it one when the text itself begins with one.
    if (o.value.starts_with('\n')) out.raw("\n");
    out.text(o.value).raw("</textarea>").content(o.form_group.after_input);
    return out.raw("</div>").take();
}

Html character_count(const CharacterCount& o) {
    const std::string& id = or_name(o.id, o.name);
    std::string type = !o.count_type.empty() ? o.count_type : o.maxwords ? "words" : "";
    std::optional<int> limit = o.maxwords ? o.maxwords : o.maxlength;
    std::string message;
    if (limit) {
        message = !o.textarea_description_text.empty() ? o.textarea_description_text
                  : type == "words"                    ? "You can enter up to %{count} words"
                                                       : "You can enter up to %{count} characters";
        if (auto at = message.find("%{count}"); at != std::string::npos)
            message.replace(at, 8, std::to_string(*limit));
    }
    FormGroup group = o.form_group;
    auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) group.attributes.push_back({name, value});
    };
    auto add_number = [&](const char* name, std::optional<int> value) {
        if (value) group.attributes.push_back({name, std::to_string(*value)});
    };
    auto add_plurals = [&](const std::string& key, const Plurals& messages) {
        for (const auto& [rule, words] : messages)
            group.attributes.push_back({"data-i18n." + key + "." + rule, words});
    };
    add("data-module", "govuk-character-count");
    add_number("data-maxlength", o.maxlength);
    add_number("data-maxwords", o.maxwords);
    add_number("data-threshold", o.threshold);
    add("data-count-type", type);
    if (!limit) add("data-i18n.textarea-description.other", o.textarea_description_text);
    add_plurals("characters-under-limit", o.characters_under_limit_text);
    add("data-i18n.characters-at-limit", o.characters_at_limit_text);
    add_plurals("characters-over-limit", o.characters_over_limit_text);
    add_plurals("words-under-limit", o.words_under_limit_text);
    add("data-i18n.words-at-limit", o.words_at_limit_text);
    add_plurals("words-over-limit", o.words_over_limit_text);
    auto with = [](const char* fixed, const std::string& more) {
        return more.empty() ? std::string(fixed) : std::string(fixed) + " " + more;
    };
    group.classes = with("govuk-character-count", o.form_group.classes);
    group.after_input = join(hint({.text = message,
                                   .id = id + "-info",
                                   .classes = with("govuk-character-count__message", o.count_message_classes)}),
                             o.form_group.after_input);
    return textarea({.name = o.name,
                     .id = id,
                     .label = o.label,
                     .hint = o.hint,
                     .error_message = o.error_message,
                     .value = o.value,
                     .rows = o.rows,
                     .spellcheck = o.spellcheck,
                     .described_by = id + "-info",
                     .classes = with("govuk-js-character-count", o.classes),
                     .form_group = group,
                     .attributes = o.attributes});
}

Html select(const Select& o) {
    const std::string& id = or_name(o.id, o.name);
    bool error = !o.error_message.text.empty();
    Markup out(1024);
    open_form_group(out, o.form_group, error);
    std::string described_by = put_field_head(out, id, o.described_by, o.label, o.hint, o.error_message);
    out.content(o.form_group.before_input);
    out.raw("<select").classes("govuk-select", o.classes, error ? "govuk-select--error" : "");
    out.attribute("id", id).attribute("name", o.name).flag("disabled", o.disabled);
    out.attribute_if("aria-describedby", described_by).attributes(o.attributes).raw(">");
    for (const SelectItem& item : o.items) {
        if (!item.when) continue;
        bool by_value = !o.value.empty() && item.value.value_or(item.text) == o.value;
        out.raw("<option");
        if (item.value) out.attribute("value", *item.value);
        out.flag("selected", item.selected.value_or(by_value)).flag("disabled", item.disabled);
        out.attributes(item.attributes).raw(">").text(item.text).raw("</option>");
    }
    return out.raw("</select>").content(o.form_group.after_input).raw("</div>").take();
}

Html file_upload(const FileUpload& o) {
    const std::string& id = or_name(o.id, o.name);
    bool error = !o.error_message.text.empty();
    Markup out(768);
    open_form_group(out, o.form_group, error);
    std::string described_by = put_field_head(out, id, o.described_by, o.label, o.hint, o.error_message);
    out.content(o.form_group.before_input);
    if (o.javascript) {
        out.raw("<div").classes("govuk-file-upload-wrapper", o.wrapper_classes);
        out.raw(" data-module=\"govuk-file-upload\"");
        put_i18n(out, "data-i18n.choose-files-button", o.choose_files_button_text);
        put_i18n(out, "data-i18n.no-file-chosen", o.no_file_chosen_text);
        put_i18n(out, "multiple-files-chosen", o.multiple_files_chosen_text);
        put_i18n(out, "data-i18n.drop-instruction", o.drop_instruction_text);
        put_i18n(out, "data-i18n.entered-drop-zone", o.entered_drop_zone_text);
        put_i18n(out, "data-i18n.left-drop-zone", o.left_drop_zone_text);
        out.attributes(o.wrapper_attributes).raw(">");
    }
    out.raw("<input").classes("govuk-file-upload", o.classes, error ? "govuk-file-upload--error" : "");
    out.attribute("id", id).attribute("name", o.name).raw(" type=\"file\"").flag("disabled", o.disabled);
    out.flag("multiple", o.multiple)
        .attribute_if("aria-describedby", described_by)
        .attributes(o.attributes)
        .raw(">");
    if (o.javascript) out.raw("</div>");
    return out.content(o.form_group.after_input).raw("</div>").take();
}

Html password_input(const PasswordInput& o) {
    const std::string& id = or_name(o.id, o.name);
    auto with = [](std::string fixed, const std::string& more) {
        return more.empty() ? fixed : fixed + " " + more;
    };
    FormGroup group = o.form_group;
    group.classes = with("govuk-password-input", o.form_group.classes);
    auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) group.attributes.push_back({name, value});
    };
    add("data-module", "govuk-password-input");
    add("data-i18n.show-password", o.show_password_text.value_or(""));
    add("data-i18n.hide-password", o.hide_password_text);
    add("data-i18n.show-password-aria-label", o.show_password_aria_label_text.value_or(""));
    add("data-i18n.hide-password-aria-label", o.hide_password_aria_label_text);
    add("data-i18n.password-shown-announcement", o.password_shown_announcement_text);
    add("data-i18n.password-hidden-announcement", o.password_hidden_announcement_text);
    Html toggle = button({.text = o.show_password_text.value_or("Show"),
                          .type = "button",
                          .classes = with("govuk-button--secondary govuk-password-input__toggle "
                                          "govuk-js-password-input-toggle",
                                          o.button_classes),
                          .attributes = {{"aria-controls", id},
                                         {"aria-label", o.show_password_aria_label_text.value_or("Show password")},
                                         {"hidden"}}});
    group.after_input = join(toggle, o.form_group.after_input);
    return input({.name = o.name,
                  .id = id,
                  .label = o.label,
                  .hint = o.hint,
                  .error_message = o.error_message,
                  .type = "password",
                  .value = o.value,
                  .autocomplete = o.autocomplete.empty() ? "current-password" : o.autocomplete,
                  .autocapitalize = "none",
                  .spellcheck = false,
                  .disabled = o.disabled,
                  .described_by = o.described_by,
                  .classes = with("govuk-password-input__input govuk-js-password-input-input", o.classes),
                  .form_group = group,
                  .input_wrapper = {.classes = "govuk-password-input__wrapper"},
                  .attributes = o.attributes});
}

}  // namespace rowan::html
