// The components of the GOV.UK Design System (govuk-frontend 6), as typed functions.
//
// Each function renders what the Nunjucks macro of the same name renders; each option has the macro's name in
// snake_case. The macros' pairs `text`/`html` are one Content here: a string is escaped, Html is not. An option
// left empty is an option not given: `.error_message = {.text = errors.get("dob")}` shows nothing while there is
// no error. Items with `.when = false` render nothing but keep their number, so ids stay the same for everyone.
// tests/components compares every function with all the fixtures that govuk-frontend ships.
//
//   button({.text = "Send referral"})
//   input({.label = {.text = "NHS number"}, .hint = {.text = "10 digits"}, .name = "nhs", .value =
//   form.get("nhs")})
//
// Thread-safety: pure functions.
#pragma once
#include "html/markup.h"

#include <concepts>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rowan::html {

// ---- pieces of form fields ------------------------------------------------------------------------------------

struct Label {
    Content text;
    std::string for_id;
    bool is_page_heading = false;
    std::string classes;
    Attributes attributes;
};
Html label(const Label&);

struct Hint {
    Content text;
    std::string id, classes;
    Attributes attributes;
};
Html hint(const Hint&);

struct ErrorMessage {
    Content text;
    std::string id, classes;
    std::optional<std::string> visually_hidden_text;  // "Error" unless given
    Attributes attributes;
};
Html error_message(const ErrorMessage&);

struct Legend {
    Content text;
    bool is_page_heading = false;
    std::string classes;  // "govuk-fieldset__legend--l"
};
struct Fieldset {
    Legend legend;
    std::string described_by, classes, role;
    Attributes attributes;
    Html html;  // for fieldset() itself; form components put their own inputs here
};
Html fieldset(const Fieldset&);

struct FormGroup {
    std::string classes;
    Attributes attributes;
    Content before_input, after_input;  // beside one input or around several
};

// ---- form fields -----------------------------------------------------------------------------------------------

struct Button {
    Content text;
    std::string href;  // a link that looks like a button
    std::string type;  // "submit" unless given
    std::string name, value, id, classes;
    bool disabled = false;
    std::optional<bool> prevent_double_click;
    bool is_start_button = false;
    Attributes attributes;
};
Html button(const Button&);
// Buttons and links side by side.
Html button_group(const std::vector<Html>&);

struct Affix {
    Content text;
    std::string classes;
    Attributes attributes;
};
struct InputWrapper {
    std::string classes;
    Attributes attributes;
};
struct Input {
    std::string name, id;  // id: the name unless given
    Label label;
    Hint hint;
    ErrorMessage error_message;
    std::string type;  // "text" unless given
    std::optional<std::string> value;
    std::string inputmode, autocomplete, autocapitalize, pattern;
    std::optional<bool> spellcheck;
    bool disabled = false;
    std::string described_by, classes;
    Affix prefix, suffix;
    FormGroup form_group;
    InputWrapper input_wrapper;
    Attributes attributes;
};
Html input(const Input&);

struct Textarea {
    std::string name, id;
    Label label;
    Hint hint;
    ErrorMessage error_message;
    std::string value;
    int rows = 5;
    std::string autocomplete;
    std::optional<bool> spellcheck;
    bool disabled = false;
    std::string described_by, classes;
    FormGroup form_group;
    Attributes attributes;
};
Html textarea(const Textarea&);

using Plurals = std::vector<std::pair<std::string, std::string>>;  // {"one", "…"}, {"other", "…"}
struct CharacterCount {
    std::string name, id;
    Label label;
    Hint hint;
    ErrorMessage error_message;
    std::string value;
    std::optional<int> maxlength, maxwords, threshold;
    std::string count_type;
    int rows = 5;
    std::optional<bool> spellcheck;
    std::string classes;
    FormGroup form_group;
    std::string count_message_classes;
    std::string textarea_description_text;
    Plurals characters_under_limit_text, characters_over_limit_text, words_under_limit_text, words_over_limit_text;
    std::string characters_at_limit_text, words_at_limit_text;
    Attributes attributes;
};
Html character_count(const CharacterCount&);

struct SelectItem {
    std::optional<std::string> value;  // the text unless given
    std::string text;
    std::optional<bool> selected;
    bool disabled = false;
    Attributes attributes;
    bool when = true;
};
struct Select {
    std::string name, id;
    Label label;
    Hint hint;
    ErrorMessage error_message;
    std::vector<SelectItem> items;
    std::string value;  // selects the item with this value
    bool disabled = false;
    std::string described_by, classes;
    FormGroup form_group;
    Attributes attributes;
};
Html select(const Select&);

struct ItemLabel {
    std::string classes;
    Attributes attributes;
};
struct RadiosItem {
    std::string value;
    Content text;
    Hint hint;
    std::optional<bool> checked;
    Html conditional;     // shown when chosen; always shown without JavaScript
    std::string divider;  // "or": a divider instead of a choice
    std::string id;
    bool disabled = false;
    ItemLabel label;
    Attributes attributes;
    bool when = true;
};
struct Radios {
    std::string name;
    std::string id_prefix;  // the name unless given; also the id of the first item, for the error summary
    std::optional<Fieldset> fieldset;
    Hint hint;
    ErrorMessage error_message;
    std::vector<RadiosItem> items;
    std::string value;    // checks the item with this value
    std::string classes;  // "govuk-radios--inline", "govuk-radios--small"
    FormGroup form_group;
    Attributes attributes;
};
Html radios(const Radios&);

struct CheckboxesItem {
    std::string value;
    Content text;
    Hint hint;
    std::optional<bool> checked;
    Html conditional;
    std::string divider;
    std::string behaviour;  // "exclusive": "None of these"
    std::string id, name;
    bool disabled = false;
    ItemLabel label;
    Attributes attributes;
    bool when = true;
};
struct Checkboxes {
    std::string name;
    std::string id_prefix;
    std::optional<Fieldset> fieldset;
    Hint hint;
    ErrorMessage error_message;
    std::vector<CheckboxesItem> items;
    std::vector<std::string> values;  // checks the items with these values
    std::string described_by, classes;
    FormGroup form_group;
    Attributes attributes;
};
Html checkboxes(const Checkboxes&);

struct DateInputItem {
    std::string name, id, label;
    std::optional<std::string> value;
    std::string classes, inputmode, autocomplete, pattern;
    std::optional<bool> error;
    Attributes attributes;
    bool when = true;
};
struct DateInput {
    std::string id;
    std::string name_prefix;  // "dob": dob-day, dob-month, dob-year
    std::optional<Fieldset> fieldset;
    Hint hint;
    ErrorMessage error_message;
    std::optional<DateInputItem> day, month, year;
    std::vector<DateInputItem> items;                         // instead of day, month, year
    std::vector<std::pair<std::string, std::string>> values;  // by "day" or by "dob-day"
    std::string classes;
    FormGroup form_group;
    Attributes attributes;
};
Html date_input(const DateInput&);

struct FileUpload {
    std::string name, id;
    Label label;
    Hint hint;
    ErrorMessage error_message;
    bool disabled = false, multiple = false;
    bool javascript = false;  // the drop zone
    std::string described_by, classes, wrapper_classes;
    std::string choose_files_button_text, drop_instruction_text, no_file_chosen_text;
    Plurals multiple_files_chosen_text;
    std::string entered_drop_zone_text, left_drop_zone_text;
    FormGroup form_group;
    Attributes attributes, wrapper_attributes;
};
Html file_upload(const FileUpload&);

struct PasswordInput {
    std::string name, id;
    Label label;
    Hint hint;
    ErrorMessage error_message;
    std::optional<std::string> value;
    std::string autocomplete;  // "current-password" unless given
    bool disabled = false;
    std::string described_by, classes, button_classes;
    FormGroup form_group;
    std::optional<std::string> show_password_text, show_password_aria_label_text;
    std::string hide_password_text, hide_password_aria_label_text;
    std::string password_shown_announcement_text, password_hidden_announcement_text;
    Attributes attributes;
};
Html password_input(const PasswordInput&);

// ---- messages ------------------------------------------------------------------------------------------------

struct ErrorSummaryItem {
    Content text;
    std::string href;  // "#dob-day": the first field of the error
    Attributes attributes;
};
struct ErrorSummary {
    Content title = "There is a problem";
    Content description;
    std::vector<ErrorSummaryItem> error_list;
    std::optional<bool> disable_auto_focus;
    std::string classes;
    Attributes attributes;
};
Html error_summary(const ErrorSummary&);

struct NotificationBanner {
    Content text;
    std::string type;  // "success", or empty
    Content title;
    int title_heading_level = 2;
    std::string title_id, role, classes;
    std::optional<bool> disable_auto_focus;
    Attributes attributes;
};
Html notification_banner(const NotificationBanner&);

struct InsetText {
    Content text;
    std::string id, classes;
    Attributes attributes;
};
Html inset_text(const InsetText&);

struct WarningText {
    Content text;
    std::string icon_fallback_text;  // "Warning" unless given
    std::string classes;
    Attributes attributes;
};
Html warning_text(const WarningText&);

struct PanelAction {
    std::string text, href, type, classes;
    Attributes attributes;
};
struct PanelActions {
    std::vector<PanelAction> items;
    std::string classes;
    Attributes attributes;
};
struct Panel {
    Content title, text;
    int heading_level = 1;
    std::optional<PanelActions> actions;  // only with class govuk-panel--interruption
    std::string classes;
    Attributes attributes;
};
Html panel(const Panel&);

struct Tag {
    Content text;
    std::string classes;  // "govuk-tag--red"
    Attributes attributes;
};
Html tag(const Tag&);

struct PhaseBanner {
    Content text;
    Tag tag;
    std::string classes;
    Attributes attributes;
};
Html phase_banner(const PhaseBanner&);

struct Details {
    Content summary, text;
    bool open = false;
    std::string id, classes;
    Attributes attributes;
};
Html details(const Details&);

struct Feedback {
    Content title, text;
    int heading_level = 2;
    std::string classes;
    Attributes attributes;
};
Html feedback(const Feedback&);

// ---- lists and tables ------------------------------------------------------------------------------------------

struct TableCell {
    Content text;
    std::string format;  // "numeric"
    std::string classes;
    int colspan = 0, rowspan = 0;
    Attributes attributes;
};
struct TableRow {
    std::vector<TableCell> cells;
    bool when = true;
};
struct Table {
    std::string caption, caption_classes;
    std::vector<TableCell> head;
    std::vector<TableRow> rows;
    bool first_cell_is_header = false;
    std::string classes;
    Attributes attributes;
};
Html table(const Table&);
// row(name, 17, tag({…})): one cell an argument.
template <class... C>
TableRow row(C&&... cells) {
    TableRow made;
    made.cells.reserve(sizeof...(cells));
    auto add = [&]<class T>(T&& cell) {
        if constexpr (std::same_as<std::remove_cvref_t<T>, TableCell>)
            made.cells.push_back(std::forward<T>(cell));
        else
            made.cells.push_back({.text = Content(std::forward<T>(cell))});
    };
    (add(std::forward<C>(cells)), ...);
    return made;
}
// columns("Name", "Age"): the head of a table.
template <class... C>
std::vector<TableCell> columns(C&&... cells) {
    return row(std::forward<C>(cells)...).cells;
}
inline TableCell numeric(Content text) { return {.text = std::move(text), .format = "numeric"}; }

struct SummaryListAction {
    Content text;
    std::string href, visually_hidden_text, classes;
    Attributes attributes;
};
struct SummaryListActions {
    std::vector<SummaryListAction> items;
    std::string classes;
};
struct SummaryListText {
    Content text;
    std::string classes;
};
struct SummaryListRow {
    SummaryListText key, value;
    SummaryListActions actions;
    std::string classes;
    bool when = true;
};
struct SummaryCardTitle {
    Content text;
    int heading_level = 2;
    std::string classes;
};
struct SummaryCard {
    SummaryCardTitle title;
    SummaryListActions actions;
    std::string classes;
    Attributes attributes;
};
struct SummaryList {
    std::vector<SummaryListRow> rows;
    std::optional<SummaryCard> card;
    std::string classes;
    Attributes attributes;
};
Html summary_list(const SummaryList&);
// One line of a summary list, with a "Change" link when there is an address for it.
SummaryListRow summary_row(std::string key, Content value, std::string change_href = {});

struct TaskListItem {
    SummaryListText title;
    Content hint;
    std::optional<Tag> status_tag;  // the status as a tag …
    Content status;                 // … or as words
    std::string status_classes;
    std::string href, classes;
    bool when = true;
};
struct TaskList {
    std::vector<TaskListItem> items;
    std::string id_prefix, classes;
    Attributes attributes;
};
Html task_list(const TaskList&);

struct TabsItem {
    std::string id, label;
    Content panel;
    Attributes attributes, panel_attributes;
    bool when = true;
};
struct Tabs {
    std::vector<TabsItem> items;
    std::string id, id_prefix;
    std::optional<std::string> title;  // "Contents" unless given
    std::string classes;
    Attributes attributes;
};
Html tabs(const Tabs&);

struct AccordionItem {
    Content heading, summary, content;
    bool expanded = false;
    bool when = true;
};
struct Accordion {
    std::string id;
    std::vector<AccordionItem> items;
    int heading_level = 2;
    std::optional<bool> remember_expanded;
    std::string hide_all_sections_text, hide_section_text, hide_section_aria_label_text;
    std::string show_all_sections_text, show_section_text, show_section_aria_label_text;
    std::string classes;
    Attributes attributes;
};
Html accordion(const Accordion&);

// ---- finding the way -------------------------------------------------------------------------------------------

struct PaginationItem {
    std::string number, href;
    std::optional<std::string> visually_hidden_text;
    bool current = false, ellipsis = false;
    Attributes attributes;
    bool when = true;
};
struct PaginationLink {
    Content text;  // "Previous page" or "Next page" unless given
    std::string href, label_text;
    Attributes attributes;
};
struct Pagination {
    std::vector<PaginationItem> items;
    PaginationLink previous, next;
    std::string landmark_label, classes;
    Attributes attributes;
};
Html pagination(const Pagination&);

struct Crumb {
    Content text;
    std::string href;
    Attributes attributes;
};
struct Breadcrumbs {
    std::vector<Crumb> items;
    bool collapse_on_mobile = false;
    std::optional<std::string> label_text;
    std::string classes;
    Attributes attributes;
};
Html breadcrumbs(const Breadcrumbs&);

struct BackLink {
    Content text;
    std::string href, classes;
    Attributes attributes;
};
Html back_link(const BackLink&);

struct SkipLink {
    Content text;
    std::string href, classes;
    Attributes attributes;
};
Html skip_link(const SkipLink&);

struct LanguageNavigationItem {
    Content text;
    std::string href, lang, href_lang, dir, language_description_text, classes;
    bool current = false;
    Attributes attributes;
};
struct LanguageNavigation {
    std::vector<LanguageNavigationItem> items;
    std::optional<std::string> aria_label;
    std::string classes;
    Attributes attributes;
};
Html language_navigation(const LanguageNavigation&);

struct ServiceNavigationItem {
    Content text;
    std::string href;
    bool current = false, active = false;
    Attributes attributes;
    bool when = true;
};
struct ServiceNavigationSlots {
    Html start, end, navigation_start, navigation_end;
    bool end_inline = false;
};
struct ServiceNavigation {
    std::string service_name, service_url;
    std::vector<ServiceNavigationItem> navigation;
    std::optional<bool> collapse_navigation_on_mobile;
    std::optional<std::string> aria_label;
    std::string menu_button_text, menu_button_label, navigation_label, navigation_id, navigation_classes;
    ServiceNavigationSlots slots;
    std::string classes;
    Attributes attributes;
};
Html service_navigation(const ServiceNavigation&);

struct GenericHeader {
    Content logo;
    std::string url;
    std::string container_classes, classes;
    Attributes attributes;
};
Html generic_header(const GenericHeader&);

struct FooterLink {
    std::string text, href;
    Attributes attributes;
};
struct FooterNavigation {
    std::string title, width;
    int columns = 0;
    std::vector<FooterLink> items;
};
struct FooterMeta {
    std::vector<FooterLink> items;
    std::string visually_hidden_title;
    Content text;
};
// The licence and copyright default to the Crown's, as in the macro: Rowan's own frame (page.h) gives its own.
// The logo is the caller's: Rowan is not on GOV.UK and ships no crown.
struct Footer {
    Html logo;
    std::vector<FooterNavigation> navigation;
    std::optional<FooterMeta> meta;
    bool show_content_licence = true;
    Content content_licence, copyright;
    std::string container_classes, classes;
    Attributes attributes;
};
Html footer(const Footer&);

struct Header {
    Html logo;
    std::string product_name, homepage_url;
    std::string container_classes, classes;
    Attributes attributes;
};
Html header(const Header&);

struct CookieBannerAction {
    std::string text, href, type, name, value, classes;
    Attributes attributes;
};
struct CookieBannerMessage {
    Content heading, text;
    std::vector<CookieBannerAction> actions;
    bool hidden = false;
    std::string role, classes;
    Attributes attributes;
};
struct CookieBanner {
    std::vector<CookieBannerMessage> messages;
    std::string aria_label;
    bool hidden = false;
    std::string classes;
    Attributes attributes;
};
Html cookie_banner(const CookieBanner&);

struct ExitThisPage {
    Content text;
    std::string redirect_url;
    std::string id, classes;
    std::string activated_text, timed_out_text, press_two_more_times_text, press_one_more_time_text;
    Attributes attributes;
};
Html exit_this_page(const ExitThisPage&);

}  // namespace rowan::html
