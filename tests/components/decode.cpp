#include "components/decode.h"

namespace rowan::html {
// The fixtures carry raw HTML in their `html` options; only here may it become Html.
struct HtmlTestPeer {
    static Html make(std::string markup) {
        Html html;
        html.text_ = std::move(markup);
        return html;
    }
};
}  // namespace rowan::html

namespace rowan::tests {

namespace {

using namespace html;
namespace json = boost::json;

std::string trimmed(std::string_view text) {
    auto from = text.find_first_not_of(" \n\r\t"), to = text.find_last_not_of(" \n\r\t");
    return from == text.npos ? "" : std::string(text.substr(from, to - from + 1));
}

std::string as_text(const json::value& v) {
    if (v.is_string()) return std::string(v.as_string());
    if (v.is_int64()) return std::to_string(v.as_int64());
    if (v.is_double()) return std::to_string(v.as_double());
    if (v.is_bool()) return v.as_bool() ? "true" : "false";
    return "";
}

// What JavaScript calls true.
bool truthy(const json::value& v) {
    if (v.is_null()) return false;
    if (v.is_bool()) return v.as_bool();
    if (v.is_string()) return !v.as_string().empty();
    if (v.is_int64()) return v.as_int64() != 0;
    return true;
}

// One object of options; everything asked of an absent one is empty.
class Options {
public:
    Options() = default;
    explicit Options(const json::value& v) : object_(v.if_object()) {}
    explicit Options(const json::object& o) : object_(&o) {}

    const json::value* find(std::string_view name) const { return object_ ? object_->if_contains(name) : nullptr; }
    bool given() const { return object_ != nullptr; }
    bool empty() const { return !object_ || object_->empty(); }
    bool is(std::string_view name) const {
        auto v = find(name);
        return v && truthy(*v);
    }
    std::string text(std::string_view name) const { return is(name) ? as_text(*find(name)) : ""; }
    std::optional<std::string> maybe(std::string_view name) const {
        auto v = find(name);
        if (!v || v->is_null()) return std::nullopt;
        return as_text(*v);
    }
    std::optional<bool> maybe_flag(std::string_view name) const {
        auto v = find(name);
        if (!v || !v->is_bool()) return std::nullopt;
        return v->as_bool();
    }
    std::optional<int> maybe_number(std::string_view name) const {
        auto v = find(name);
        if (!v || !v->is_int64()) return std::nullopt;
        return static_cast<int>(v->as_int64());
    }
    int number(std::string_view name, int otherwise) const { return maybe_number(name).value_or(otherwise); }
    Options at(std::string_view name) const {
        auto v = find(name);
        return v ? Options(*v) : Options();
    }
    // The options `html` and `text` (or titleHtml and titleText, …) as one Content.
    Content content(std::string_view html_name = "html", std::string_view text_name = "text") const {
        if (is(html_name)) return HtmlTestPeer::make(trimmed(as_text(*find(html_name))));
        auto v = find(text_name);
        return v ? Content(as_text(*v)) : Content();
    }
    Html html(std::string_view name = "html") const { return HtmlTestPeer::make(trimmed(text(name))); }
    Attributes attributes(std::string_view name = "attributes") const {
        Attributes list;
        auto v = find(name);
        if (!v || !v->is_object()) return list;
        for (const auto& [key, value] : v->as_object()) {
            std::string attribute(key);
            if (const json::object* o = value.if_object()) {
                const json::value& inner = o->at("value");
                bool optional = o->if_contains("optional") && truthy(o->at("optional"));
                if (optional && (inner.is_null() || (inner.is_bool() && !inner.as_bool()))) continue;
                if (optional && inner.is_bool())
                    list.push_back({attribute});
                else
                    list.push_back({attribute, as_text(inner)});
            } else {
                list.push_back({attribute, as_text(value)});
            }
        }
        return list;
    }
    Plurals plurals(std::string_view name) const {
        Plurals list;
        auto v = find(name);
        if (v && v->is_object())
            for (const auto& [rule, message] : v->as_object()) list.emplace_back(rule, as_text(message));
        return list;
    }
    std::vector<std::string> texts(std::string_view name) const {
        std::vector<std::string> list;
        if (auto v = find(name); v && v->is_array())
            for (const json::value& item : v->as_array()) list.push_back(as_text(item));
        return list;
    }
    // Items that are null, false or "" keep their place and are not shown.
    template <class F>
    auto items(std::string_view name, F&& decode) const {
        std::vector<decltype(decode(Options()))> list;
        auto v = find(name);
        if (!v || !v->is_array()) return list;
        for (const json::value& item : v->as_array()) {
            list.push_back(decode(Options(item)));
            if constexpr (requires { list.back().when; }) list.back().when &= item.is_object();
        }
        return list;
    }

private:
    const json::object* object_ = nullptr;
};

Label label_of(const Options& o) {
    return {.text = o.content(),
            .for_id = o.text("for"),
            .is_page_heading = o.is("isPageHeading"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
Hint hint_of(const Options& o) {
    return {.text = o.content(), .id = o.text("id"), .classes = o.text("classes"), .attributes = o.attributes()};
}
ErrorMessage error_of(const Options& o) {
    ErrorMessage made{
        .text = o.content(), .id = o.text("id"), .classes = o.text("classes"), .attributes = o.attributes()};
    if (auto v = o.find("visuallyHiddenText")) made.visually_hidden_text = truthy(*v) ? as_text(*v) : "";
    return made;
}
Fieldset fieldset_of(const Options& o) {
    Options legend = o.at("legend");
    return {.legend = {.text = legend.content(),
                       .is_page_heading = legend.is("isPageHeading"),
                       .classes = legend.text("classes")},
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .role = o.text("role"),
            .attributes = o.attributes(),
            .html = o.html()};
}
std::optional<Fieldset> maybe_fieldset(const Options& o) {
    if (!o.is("fieldset")) return std::nullopt;
    return fieldset_of(o.at("fieldset"));
}
FormGroup group_of(const Options& o) {
    Options g = o.at("formGroup");
    Options before = g.at(g.is("beforeInputs") ? "beforeInputs" : "beforeInput");
    Options after = g.at(g.is("afterInputs") ? "afterInputs" : "afterInput");
    return {.classes = g.text("classes"),
            .attributes = g.attributes(),
            .before_input = before.content(),
            .after_input = after.content()};
}
ItemLabel item_label_of(const Options& o) { return {.classes = o.text("classes"), .attributes = o.attributes()}; }
Affix affix_of(const Options& o) {
    return {.text = o.content(), .classes = o.text("classes"), .attributes = o.attributes()};
}
Tag tag_of(const Options& o) {
    return {.text = o.content(), .classes = o.text("classes"), .attributes = o.attributes()};
}

Button button_of(const Options& o) {
    return {.text = o.content(),
            .href = o.text("href"),
            .type = o.text("type"),
            .name = o.text("name"),
            .value = o.text("value"),
            .id = o.text("id"),
            .classes = o.text("classes"),
            .disabled = o.is("disabled"),
            .prevent_double_click = o.maybe_flag("preventDoubleClick"),
            .is_start_button = o.is("isStartButton"),
            .attributes = o.attributes()};
}
Input input_of(const Options& o) {
    Options wrapper = o.at("inputWrapper");
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = label_of(o.at("label")),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .type = o.text("type"),
            .value = o.maybe("value"),
            .inputmode = o.text("inputmode"),
            .autocomplete = o.text("autocomplete"),
            .autocapitalize = o.text("autocapitalize"),
            .pattern = o.text("pattern"),
            .spellcheck = o.maybe_flag("spellcheck"),
            .disabled = o.is("disabled"),
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .prefix = affix_of(o.at("prefix")),
            .suffix = affix_of(o.at("suffix")),
            .form_group = group_of(o),
            .input_wrapper = {.classes = wrapper.text("classes"), .attributes = wrapper.attributes()},
            .attributes = o.attributes()};
}
Textarea textarea_of(const Options& o) {
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = label_of(o.at("label")),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .value = o.text("value"),
            .rows = o.number("rows", 5),
            .autocomplete = o.text("autocomplete"),
            .spellcheck = o.maybe_flag("spellcheck"),
            .disabled = o.is("disabled"),
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .form_group = group_of(o),
            .attributes = o.attributes()};
}
CharacterCount character_count_of(const Options& o) {
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = label_of(o.at("label")),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .value = o.text("value"),
            .maxlength = o.maybe_number("maxlength"),
            .maxwords = o.maybe_number("maxwords"),
            .threshold = o.maybe_number("threshold"),
            .count_type = o.text("countType"),
            .rows = o.number("rows", 5),
            .spellcheck = o.maybe_flag("spellcheck"),
            .classes = o.text("classes"),
            .form_group = group_of(o),
            .count_message_classes = o.at("countMessage").text("classes"),
            .textarea_description_text = o.text("textareaDescriptionText"),
            .characters_under_limit_text = o.plurals("charactersUnderLimitText"),
            .characters_over_limit_text = o.plurals("charactersOverLimitText"),
            .words_under_limit_text = o.plurals("wordsUnderLimitText"),
            .words_over_limit_text = o.plurals("wordsOverLimitText"),
            .characters_at_limit_text = o.text("charactersAtLimitText"),
            .words_at_limit_text = o.text("wordsAtLimitText"),
            .attributes = o.attributes()};
}
Select select_of(const Options& o) {
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = label_of(o.at("label")),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .items = o.items("items",
                             [](const Options& i) -> SelectItem {
                                 return {.value = i.maybe("value"),
                                         .text = i.text("text"),
                                         .selected = i.maybe_flag("selected"),
                                         .disabled = i.is("disabled"),
                                         .attributes = i.attributes()};
                             }),
            .value = o.text("value"),
            .disabled = o.is("disabled"),
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .form_group = group_of(o),
            .attributes = o.attributes()};
}
Radios radios_of(const Options& o) {
    return {.name = o.text("name"),
            .id_prefix = o.text("idPrefix"),
            .fieldset = maybe_fieldset(o),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .items = o.items("items",
                             [](const Options& i) -> RadiosItem {
                                 return {.value = i.text("value"),
                                         .text = i.content(),
                                         .hint = hint_of(i.at("hint")),
                                         .checked = i.maybe_flag("checked"),
                                         .conditional = i.at("conditional").html(),
                                         .divider = i.text("divider"),
                                         .id = i.text("id"),
                                         .disabled = i.is("disabled"),
                                         .label = item_label_of(i.at("label")),
                                         .attributes = i.attributes()};
                             }),
            .value = o.text("value"),
            .classes = o.text("classes"),
            .form_group = group_of(o),
            .attributes = o.attributes()};
}
Checkboxes checkboxes_of(const Options& o) {
    return {.name = o.text("name"),
            .id_prefix = o.text("idPrefix"),
            .fieldset = maybe_fieldset(o),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .items = o.items("items",
                             [](const Options& i) -> CheckboxesItem {
                                 return {.value = i.text("value"),
                                         .text = i.content(),
                                         .hint = hint_of(i.at("hint")),
                                         .checked = i.maybe_flag("checked"),
                                         .conditional = i.at("conditional").html(),
                                         .divider = i.text("divider"),
                                         .behaviour = i.text("behaviour"),
                                         .id = i.text("id"),
                                         .name = i.text("name"),
                                         .disabled = i.is("disabled"),
                                         .label = item_label_of(i.at("label")),
                                         .attributes = i.attributes()};
                             }),
            .values = o.texts("values"),
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .form_group = group_of(o),
            .attributes = o.attributes()};
}
DateInputItem date_item_of(const Options& o) {
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = o.text("label"),
            .value = o.maybe("value"),
            .classes = o.text("classes"),
            .inputmode = o.text("inputmode"),
            .autocomplete = o.text("autocomplete"),
            .pattern = o.text("pattern"),
            .error = o.maybe_flag("error"),
            .attributes = o.attributes()};
}
DateInput date_input_of(const Options& o) {
    auto part = [&](const char* name) -> std::optional<DateInputItem> {
        auto v = o.find(name);
        if (!v) return std::nullopt;
        DateInputItem item = date_item_of(o.at(name));
        item.when = v->is_object();
        return item;
    };
    return {.id = o.text("id"),
            .name_prefix = o.text("namePrefix"),
            .fieldset = maybe_fieldset(o),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .day = part("day"),
            .month = part("month"),
            .year = part("year"),
            .items = o.items("items", date_item_of),
            .values = o.plurals("values"),
            .classes = o.text("classes"),
            .form_group = group_of(o),
            .attributes = o.attributes()};
}
FileUpload file_upload_of(const Options& o) {
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = label_of(o.at("label")),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .disabled = o.is("disabled"),
            .multiple = o.is("multiple"),
            .javascript = o.is("javascript"),
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .wrapper_classes = o.text("wrapperClasses"),
            .choose_files_button_text = o.text("chooseFilesButtonText"),
            .drop_instruction_text = o.text("dropInstructionText"),
            .no_file_chosen_text = o.text("noFileChosenText"),
            .multiple_files_chosen_text = o.plurals("multipleFilesChosenText"),
            .entered_drop_zone_text = o.text("enteredDropZoneText"),
            .left_drop_zone_text = o.text("leftDropZoneText"),
            .form_group = group_of(o),
            .attributes = o.attributes(),
            .wrapper_attributes = o.attributes("wrapperAttributes")};
}
PasswordInput password_input_of(const Options& o) {
    return {.name = o.text("name"),
            .id = o.text("id"),
            .label = label_of(o.at("label")),
            .hint = hint_of(o.at("hint")),
            .error_message = error_of(o.at("errorMessage")),
            .value = o.maybe("value"),
            .autocomplete = o.text("autocomplete"),
            .disabled = o.is("disabled"),
            .described_by = o.text("describedBy"),
            .classes = o.text("classes"),
            .button_classes = o.at("button").text("classes"),
            .form_group = group_of(o),
            .show_password_text = o.maybe("showPasswordText"),
            .show_password_aria_label_text = o.maybe("showPasswordAriaLabelText"),
            .hide_password_text = o.text("hidePasswordText"),
            .hide_password_aria_label_text = o.text("hidePasswordAriaLabelText"),
            .password_shown_announcement_text = o.text("passwordShownAnnouncementText"),
            .password_hidden_announcement_text = o.text("passwordHiddenAnnouncementText"),
            .attributes = o.attributes()};
}

ErrorSummary error_summary_of(const Options& o) {
    return {.title = o.content("titleHtml", "titleText"),
            .description = o.content("descriptionHtml", "descriptionText"),
            .error_list =
                o.items("errorList",
                        [](const Options& i) -> ErrorSummaryItem {
                            return {.text = i.content(), .href = i.text("href"), .attributes = i.attributes()};
                        }),
            .disable_auto_focus = o.maybe_flag("disableAutoFocus"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
NotificationBanner notification_banner_of(const Options& o) {
    return {.text = o.content(),
            .type = o.text("type"),
            .title = o.content("titleHtml", "titleText"),
            .title_heading_level = o.number("titleHeadingLevel", 2),
            .title_id = o.text("titleId"),
            .role = o.text("role"),
            .classes = o.text("classes"),
            .disable_auto_focus = o.maybe_flag("disableAutoFocus"),
            .attributes = o.attributes()};
}
Panel panel_of(const Options& o) {
    Panel made{.title = o.content("titleHtml", "titleText"),
               .text = o.content(),
               .heading_level = o.number("headingLevel", 1),
               .classes = o.text("classes"),
               .attributes = o.attributes()};
    if (Options actions = o.at("actions"); actions.given())
        made.actions = PanelActions{.items = actions.items("items",
                                                           [](const Options& i) -> PanelAction {
                                                               return {.text = i.text("text"),
                                                                       .href = i.text("href"),
                                                                       .type = i.text("type"),
                                                                       .classes = i.text("classes"),
                                                                       .attributes = i.attributes()};
                                                           }),
                                    .classes = actions.text("classes"),
                                    .attributes = actions.attributes()};
    return made;
}
Accordion accordion_of(const Options& o) {
    return {.id = o.text("id"),
            .items = o.items("items",
                             [](const Options& i) -> AccordionItem {
                                 return {.heading = i.at("heading").content(),
                                         .summary = i.at("summary").content(),
                                         .content = i.at("content").content(),
                                         .expanded = i.is("expanded")};
                             }),
            .heading_level = o.number("headingLevel", 2),
            .remember_expanded = o.maybe_flag("rememberExpanded"),
            .hide_all_sections_text = o.text("hideAllSectionsText"),
            .hide_section_text = o.text("hideSectionText"),
            .hide_section_aria_label_text = o.text("hideSectionAriaLabelText"),
            .show_all_sections_text = o.text("showAllSectionsText"),
            .show_section_text = o.text("showSectionText"),
            .show_section_aria_label_text = o.text("showSectionAriaLabelText"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
Tabs tabs_of(const Options& o) {
    return {.items = o.items("items",
                             [](const Options& i) -> TabsItem {
                                 return {.id = i.text("id"),
                                         .label = i.text("label"),
                                         .panel = i.at("panel").content(),
                                         .attributes = i.attributes(),
                                         .panel_attributes = i.at("panel").attributes()};
                             }),
            .id = o.text("id"),
            .id_prefix = o.text("idPrefix"),
            .title = o.maybe("title"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
CookieBanner cookie_banner_of(const Options& o) {
    return {.messages = o.items("messages",
                                [](const Options& m) -> CookieBannerMessage {
                                    return {.heading = m.content("headingHtml", "headingText"),
                                            .text = m.content(),
                                            .actions = m.items("actions",
                                                               [](const Options& a) -> CookieBannerAction {
                                                                   return {.text = a.text("text"),
                                                                           .href = a.text("href"),
                                                                           .type = a.text("type"),
                                                                           .name = a.text("name"),
                                                                           .value = a.text("value"),
                                                                           .classes = a.text("classes"),
                                                                           .attributes = a.attributes()};
                                                               }),
                                            .hidden = m.is("hidden"),
                                            .role = m.text("role"),
                                            .classes = m.text("classes"),
                                            .attributes = m.attributes()};
                                }),
            .aria_label = o.text("ariaLabel"),
            .hidden = o.is("hidden"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}

TableCell cell_of(const Options& o) {
    return {.text = o.content(),
            .format = o.text("format"),
            .classes = o.text("classes"),
            .colspan = o.number("colspan", 0),
            .rowspan = o.number("rowspan", 0),
            .attributes = o.attributes()};
}
Table table_of(const Options& o) {
    Table made{.caption = o.text("caption"),
               .caption_classes = o.text("captionClasses"),
               .head = o.items("head", cell_of),
               .first_cell_is_header = o.is("firstCellIsHeader"),
               .classes = o.text("classes"),
               .attributes = o.attributes()};
    if (auto rows = o.find("rows"); rows && rows->is_array())
        for (const json::value& cells : rows->as_array()) {
            TableRow line{.when = cells.is_array()};
            if (line.when)
                for (const json::value& cell : cells.as_array()) line.cells.push_back(cell_of(Options(cell)));
            made.rows.push_back(std::move(line));
        }
    return made;
}
SummaryListActions actions_of(const Options& o) {
    return {.items = o.items("items",
                             [](const Options& i) -> SummaryListAction {
                                 return {.text = i.content(),
                                         .href = i.text("href"),
                                         .visually_hidden_text = i.text("visuallyHiddenText"),
                                         .classes = i.text("classes"),
                                         .attributes = i.attributes()};
                             }),
            .classes = o.text("classes")};
}
SummaryListText words_of(const Options& o) { return {.text = o.content(), .classes = o.text("classes")}; }
SummaryList summary_list_of(const Options& o) {
    SummaryList made{.rows = o.items("rows",
                                     [](const Options& r) -> SummaryListRow {
                                         return {.key = words_of(r.at("key")),
                                                 .value = words_of(r.at("value")),
                                                 .actions = actions_of(r.at("actions")),
                                                 .classes = r.text("classes")};
                                     }),
                     .classes = o.text("classes"),
                     .attributes = o.attributes()};
    if (Options card = o.at("card"); card.given()) {
        Options title = card.at("title");
        made.card = SummaryCard{.title = {.text = title.content(),
                                          .heading_level = title.number("headingLevel", 2),
                                          .classes = title.text("classes")},
                                .actions = actions_of(card.at("actions")),
                                .classes = card.text("classes"),
                                .attributes = card.attributes()};
    }
    return made;
}
TaskList task_list_of(const Options& o) {
    return {.items = o.items("items",
                             [](const Options& i) -> TaskListItem {
                                 Options status = i.at("status");
                                 std::optional<Tag> tag;
                                 if (status.is("tag")) tag = tag_of(status.at("tag"));
                                 return {.title = words_of(i.at("title")),
                                         .hint = i.at("hint").content(),
                                         .status_tag = tag,
                                         .status = status.content(),
                                         .status_classes = status.text("classes"),
                                         .href = i.text("href"),
                                         .classes = i.text("classes")};
                             }),
            .id_prefix = o.text("idPrefix"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}

Pagination pagination_of(const Options& o) {
    auto link = [](const Options& l) -> PaginationLink {
        return {.text = l.content(),
                .href = l.text("href"),
                .label_text = l.text("labelText"),
                .attributes = l.attributes()};
    };
    return {.items = o.items("items",
                             [](const Options& i) -> PaginationItem {
                                 return {.number = i.text("number"),
                                         .href = i.text("href"),
                                         .visually_hidden_text = i.maybe("visuallyHiddenText"),
                                         .current = i.is("current"),
                                         .ellipsis = i.is("ellipsis"),
                                         .attributes = i.attributes(),
                                         .when = !i.empty()};
                             }),
            .previous = link(o.at("previous")),
            .next = link(o.at("next")),
            .landmark_label = o.text("landmarkLabel"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
Breadcrumbs breadcrumbs_of(const Options& o) {
    return {.items = o.items("items",
                             [](const Options& i) -> Crumb {
                                 return {
                                     .text = i.content(), .href = i.text("href"), .attributes = i.attributes()};
                             }),
            .collapse_on_mobile = o.is("collapseOnMobile"),
            .label_text = o.maybe("labelText"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
LanguageNavigation language_navigation_of(const Options& o) {
    return {.items = o.items("items",
                             [](const Options& i) -> LanguageNavigationItem {
                                 return {.text = i.content(),
                                         .href = i.text("href"),
                                         .lang = i.text("lang"),
                                         .href_lang = i.text("hrefLang"),
                                         .dir = i.text("dir"),
                                         .language_description_text = i.text("languageDescriptionText"),
                                         .classes = i.text("classes"),
                                         .current = i.is("current"),
                                         .attributes = i.attributes()};
                             }),
            .aria_label = o.maybe("ariaLabel"),
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}
ServiceNavigation service_navigation_of(const Options& o) {
    Options slots = o.at("slots"), end = slots.at("end");
    return {.service_name = o.text("serviceName"),
            .service_url = o.text("serviceUrl"),
            .navigation = o.items("navigation",
                                  [](const Options& i) -> ServiceNavigationItem {
                                      return {.text = i.content(),
                                              .href = i.text("href"),
                                              .current = i.is("current"),
                                              .active = i.is("active"),
                                              .attributes = i.attributes()};
                                  }),
            .collapse_navigation_on_mobile = o.maybe_flag("collapseNavigationOnMobile"),
            .aria_label = o.maybe("ariaLabel"),
            .menu_button_text = o.text("menuButtonText"),
            .menu_button_label = o.text("menuButtonLabel"),
            .navigation_label = o.text("navigationLabel"),
            .navigation_id = o.text("navigationId"),
            .navigation_classes = o.text("navigationClasses"),
            .slots = {.start = slots.html("start"),
                      .end = end.given() ? end.html() : slots.html("end"),
                      .navigation_start = slots.html("navigationStart"),
                      .navigation_end = slots.html("navigationEnd"),
                      .end_inline = end.text("align") == "inline"},
            .classes = o.text("classes"),
            .attributes = o.attributes()};
}

// The crown of a fixture: Rowan ships none, so header and footer are given the one that the fixture shows.
Html logo_in(const std::string& expected) {
    auto from = expected.find("<svg"), to = expected.find("</svg>");
    return HtmlTestPeer::make(expected.substr(from, to + 6 - from));
}
FooterLink footer_link_of(const Options& o) {
    return {.text = o.text("text"), .href = o.text("href"), .attributes = o.attributes()};
}
Footer footer_of(const Options& o, const std::string& expected) {
    Footer made{.logo = logo_in(expected),
                .navigation = o.items("navigation",
                                      [](const Options& n) -> FooterNavigation {
                                          return {.title = n.text("title"),
                                                  .width = n.text("width"),
                                                  .columns = n.number("columns", 0),
                                                  .items = n.items("items", footer_link_of)};
                                      }),
                .show_content_licence = !(o.find("contentLicence") && o.find("contentLicence")->is_null()),
                .content_licence = o.at("contentLicence").content(),
                .copyright = o.at("copyright").content(),
                .container_classes = o.text("containerClasses"),
                .classes = o.text("classes"),
                .attributes = o.attributes()};
    if (Options meta = o.at("meta"); meta.given())
        made.meta = FooterMeta{.items = meta.items("items", footer_link_of),
                               .visually_hidden_title = meta.text("visuallyHiddenTitle"),
                               .text = meta.content()};
    return made;
}

template <class F>
Renderer plain(F&& render) {
    return [render](const Fixture& f) { return render(Options(f.options)); };
}

}  // namespace

const std::map<std::string, Renderer>& renderers() {
    static const std::map<std::string, Renderer> kRenderers = {
        {"accordion", plain([](const Options& o) { return accordion(accordion_of(o)); })},
        {"back-link", plain([](const Options& o) {
             return back_link({.text = o.content(),
                               .href = o.text("href"),
                               .classes = o.text("classes"),
                               .attributes = o.attributes()});
         })},
        {"breadcrumbs", plain([](const Options& o) { return breadcrumbs(breadcrumbs_of(o)); })},
        {"button", plain([](const Options& o) { return button(button_of(o)); })},
        {"character-count", plain([](const Options& o) { return character_count(character_count_of(o)); })},
        {"checkboxes", plain([](const Options& o) { return checkboxes(checkboxes_of(o)); })},
        {"cookie-banner", plain([](const Options& o) { return cookie_banner(cookie_banner_of(o)); })},
        {"date-input", plain([](const Options& o) { return date_input(date_input_of(o)); })},
        {"details", plain([](const Options& o) {
             return details({.summary = o.content("summaryHtml", "summaryText"),
                             .text = o.content(),
                             .open = o.is("open"),
                             .id = o.text("id"),
                             .classes = o.text("classes"),
                             .attributes = o.attributes()});
         })},
        {"error-message", plain([](const Options& o) { return error_message(error_of(o)); })},
        {"error-summary", plain([](const Options& o) { return error_summary(error_summary_of(o)); })},
        {"exit-this-page", plain([](const Options& o) {
             return exit_this_page({.text = o.content(),
                                    .redirect_url = o.text("redirectUrl"),
                                    .id = o.text("id"),
                                    .classes = o.text("classes"),
                                    .activated_text = o.text("activatedText"),
                                    .timed_out_text = o.text("timedOutText"),
                                    .press_two_more_times_text = o.text("pressTwoMoreTimesText"),
                                    .press_one_more_time_text = o.text("pressOneMoreTimeText"),
                                    .attributes = o.attributes()});
         })},
        {"feedback", plain([](const Options& o) {
             return feedback({.title = o.content("titleHtml", "titleText"),
                              .text = o.content(),
                              .heading_level = o.number("headingLevel", 2),
                              .classes = o.text("classes"),
                              .attributes = o.attributes()});
         })},
        {"fieldset", plain([](const Options& o) { return fieldset(fieldset_of(o)); })},
        {"file-upload", plain([](const Options& o) { return file_upload(file_upload_of(o)); })},
        {"footer", [](const Fixture& f) { return footer(footer_of(Options(f.options), f.expected)); }},
        {"generic-header", plain([](const Options& o) {
             return generic_header({.logo = o.content("logoHtml", "logoText"),
                                    .url = o.text("url"),
                                    .container_classes = o.text("containerClasses"),
                                    .classes = o.text("classes"),
                                    .attributes = o.attributes()});
         })},
        {"header",
         [](const Fixture& f) {
             Options o(f.options);
             return header({.logo = logo_in(f.expected),
                            .product_name = o.text("productName"),
                            .homepage_url = o.text("homepageUrl"),
                            .container_classes = o.text("containerClasses"),
                            .classes = o.text("classes"),
                            .attributes = o.attributes()});
         }},
        {"hint", plain([](const Options& o) { return hint(hint_of(o)); })},
        {"input", plain([](const Options& o) { return input(input_of(o)); })},
        {"inset-text", plain([](const Options& o) {
             return inset_text({.text = o.content(),
                                .id = o.text("id"),
                                .classes = o.text("classes"),
                                .attributes = o.attributes()});
         })},
        {"label", plain([](const Options& o) { return label(label_of(o)); })},
        {"language-navigation",
         plain([](const Options& o) { return language_navigation(language_navigation_of(o)); })},
        {"notification-banner",
         plain([](const Options& o) { return notification_banner(notification_banner_of(o)); })},
        {"pagination", plain([](const Options& o) { return pagination(pagination_of(o)); })},
        {"panel", plain([](const Options& o) { return panel(panel_of(o)); })},
        {"password-input", plain([](const Options& o) { return password_input(password_input_of(o)); })},
        {"phase-banner", plain([](const Options& o) {
             return phase_banner({.text = o.content(),
                                  .tag = tag_of(o.at("tag")),
                                  .classes = o.text("classes"),
                                  .attributes = o.attributes()});
         })},
        {"radios", plain([](const Options& o) { return radios(radios_of(o)); })},
        {"select", plain([](const Options& o) { return html::select(select_of(o)); })},
        {"service-navigation",
         plain([](const Options& o) { return service_navigation(service_navigation_of(o)); })},
        {"skip-link", plain([](const Options& o) {
             return skip_link({.text = o.content(),
                               .href = o.text("href"),
                               .classes = o.text("classes"),
                               .attributes = o.attributes()});
         })},
        {"summary-list", plain([](const Options& o) { return summary_list(summary_list_of(o)); })},
        {"table", plain([](const Options& o) { return table(table_of(o)); })},
        {"tabs", plain([](const Options& o) { return tabs(tabs_of(o)); })},
        {"tag", plain([](const Options& o) { return tag(tag_of(o)); })},
        {"task-list", plain([](const Options& o) { return task_list(task_list_of(o)); })},
        {"textarea", plain([](const Options& o) { return textarea(textarea_of(o)); })},
        {"warning-text", plain([](const Options& o) {
             return warning_text({.text = o.content(),
                                  .icon_fallback_text = o.text("iconFallbackText"),
                                  .classes = o.text("classes"),
                                  .attributes = o.attributes()});
         })},
    };
    return kRenderers;
}

}  // namespace rowan::tests
