#include "html/fields.h"

namespace rowan::html {

std::string and_id(std::string described_by, const std::string& id) {
    if (!described_by.empty() && !id.empty()) described_by += ' ';
    return described_by + id;
}

void put_i18n(Markup& out, AttributeName name, const std::string& message) { out.attribute_if(name, message); }

void put_i18n(Markup& out, const char* key, const Plurals& messages) {
    for (const auto& [rule, message] : messages)
        out.attributes({{"data-i18n." + std::string(key) + "." + rule, message}});
}

void open_form_group(Markup& out, const FormGroup& group, bool error) {
    out.raw("<div").classes("govuk-form-group", error ? "govuk-form-group--error" : "", group.classes);
    out.attributes(group.attributes).raw(">");
}

std::string put_hint_and_error(Markup& out, const std::string& id, std::string described_by,
                               const Hint& given_hint, const ErrorMessage& given_error) {
    if (!given_hint.text.empty()) {
        Hint h = given_hint;
        h.id = id + "-hint";
        described_by = and_id(std::move(described_by), h.id);
        out.html(hint(h));
    }
    if (!given_error.text.empty()) {
        ErrorMessage e = given_error;
        e.id = id + "-error";
        described_by = and_id(std::move(described_by), e.id);
        out.html(error_message(e));
    }
    return described_by;
}

std::string put_field_head(Markup& out, const std::string& id, std::string described_by, const Label& given_label,
                           const Hint& given_hint, const ErrorMessage& given_error) {
    Label l = given_label;
    l.for_id = id;
    out.html(label(l));
    return put_hint_and_error(out, id, std::move(described_by), given_hint, given_error);
}

Html group_of_inputs(const std::optional<Fieldset>& around, const std::string& described_by,
                     const std::string& role, const Html& inputs, const FormGroup& group, bool error) {
    Markup out(inputs.size() + 256);
    open_form_group(out, group, error);
    if (around) {
        Fieldset f = *around;
        f.described_by = described_by;
        f.role = role;
        f.html = inputs;
        out.html(fieldset(f));
    } else {
        out.html(inputs);
    }
    return out.raw("</div>").take();
}

Html label(const Label& o) {
    if (o.text.empty()) return {};
    Markup out;
    if (o.is_page_heading) out.raw("<h1 class=\"govuk-label-wrapper\">");
    out.raw("<label").classes("govuk-label", o.classes).attributes(o.attributes).attribute_if("for", o.for_id);
    out.raw(">").content(o.text).raw("</label>");
    if (o.is_page_heading) out.raw("</h1>");
    return out.take();
}

Html hint(const Hint& o) {
    Markup out;
    out.raw("<div").attribute_if("id", o.id).classes("govuk-hint", o.classes).attributes(o.attributes);
    return out.raw(">").content(o.text).raw("</div>").take();
}

Html error_message(const ErrorMessage& o) {
    Markup out;
    out.raw("<p").attribute_if("id", o.id).classes("govuk-error-message", o.classes).attributes(o.attributes);
    out.raw(">");
    std::string hidden = o.visually_hidden_text.value_or("Error");
    if (!hidden.empty()) out.raw("<span class=\"govuk-visually-hidden\">").text(hidden).raw(":</span> ");
    return out.content(o.text).raw("</p>").take();
}

Html fieldset(const Fieldset& o) {
    Markup out(o.html.size() + 256);
    out.raw("<fieldset").classes("govuk-fieldset", o.classes).attribute_if("role", o.role);
    out.attribute_if("aria-describedby", o.described_by).attributes(o.attributes).raw(">");
    if (!o.legend.text.empty()) {
        out.raw("<legend").classes("govuk-fieldset__legend", o.legend.classes).raw(">");
        if (o.legend.is_page_heading) out.raw("<h1 class=\"govuk-fieldset__heading\">");
        out.content(o.legend.text);
        if (o.legend.is_page_heading) out.raw("</h1>");
        out.raw("</legend>");
    }
    return out.html(o.html).raw("</fieldset>").take();
}

}  // namespace rowan::html
