// What a page says apart from its forms and lists: summaries, banners, tags, panels, details.
#include "html/components.h"

namespace rowan::html {

namespace {

void open_heading(Markup& out, int level) { out.raw("<h").number(level); }
void close_heading(Markup& out, int level) { out.raw("</h").number(level).raw(">"); }

// Text stands in a paragraph of its own, Html as it is.
void put_as_paragraph(Markup& out, const Content& content) {
    if (content.is_html())
        out.content(content);
    else if (!content.empty())
        out.raw("<p class=\"govuk-body\">").content(content).raw("</p>");
}

}  // namespace

Html error_summary(const ErrorSummary& o) {
    Markup out(512);
    out.raw("<div").classes("govuk-error-summary", o.classes);
    if (o.disable_auto_focus) out.attribute("data-disable-auto-focus", *o.disable_auto_focus ? "true" : "false");
    out.attributes(o.attributes).raw(" data-module=\"govuk-error-summary\"><div role=\"alert\">");
    out.raw("<h2 class=\"govuk-error-summary__title\">").content(o.title).raw("</h2>");
    out.raw("<div class=\"govuk-error-summary__body\">");
    if (!o.description.empty()) out.raw("<p>").content(o.description).raw("</p>");
    if (!o.error_list.empty()) {
        out.raw("<ul class=\"govuk-list govuk-error-summary__list\">");
        for (const ErrorSummaryItem& item : o.error_list) {
            out.raw("<li>");
            if (!item.href.empty())
                out.raw("<a").attribute("href", item.href).attributes(item.attributes).raw(">");
            out.content(item.text);
            if (!item.href.empty()) out.raw("</a>");
            out.raw("</li>");
        }
        out.raw("</ul>");
    }
    return out.raw("</div></div></div>").take();
}

Html notification_banner(const NotificationBanner& o) {
    bool success = o.type == "success";
    std::string role = !o.role.empty() ? o.role : success ? "alert" : "region";
    std::string title_id = o.title_id.empty() ? "govuk-notification-banner-title" : o.title_id;
    Content title = !o.title.empty() ? o.title : success ? "Success" : "Important";
    Markup out(512);
    out.raw("<div").classes("govuk-notification-banner", success ? "govuk-notification-banner--success" : "",
                            o.classes);
    out.attribute("role", role).attribute("aria-labelledby", title_id);
    out.raw(" data-module=\"govuk-notification-banner\"");
    if (o.disable_auto_focus) out.attribute("data-disable-auto-focus", *o.disable_auto_focus ? "true" : "false");
    out.attributes(o.attributes).raw("><div class=\"govuk-notification-banner__header\">");
    open_heading(out, o.title_heading_level);
    out.raw(" class=\"govuk-notification-banner__title\"").attribute("id", title_id).raw(">").content(title);
    close_heading(out, o.title_heading_level);
    out.raw("</div><div class=\"govuk-notification-banner__content\">");
    if (o.text.is_html())
        out.content(o.text);
    else if (!o.text.empty())
        out.raw("<p class=\"govuk-notification-banner__heading\">").content(o.text).raw("</p>");
    return out.raw("</div></div>").take();
}

Html inset_text(const InsetText& o) {
    Markup out;
    out.raw("<div").attribute_if("id", o.id).classes("govuk-inset-text", o.classes).attributes(o.attributes);
    return out.raw(">").content(o.text).raw("</div>").take();
}

Html warning_text(const WarningText& o) {
    Markup out;
    out.raw("<div").classes("govuk-warning-text", o.classes).attributes(o.attributes).raw(">");
    out.raw("<span class=\"govuk-warning-text__icon\" aria-hidden=\"true\">!</span>");
    out.raw("<strong class=\"govuk-warning-text__text\"><span class=\"govuk-visually-hidden\">");
    out.text(o.icon_fallback_text.empty() ? "Warning" : o.icon_fallback_text);
    // The line break keeps "Warning" and the text two words for a screen reader.
    return out.raw("</span>\n").content(o.text).raw("</strong></div>").take();
}

Html panel(const Panel& o) {
    bool interruption = o.classes.find("govuk-panel--interruption") != std::string::npos;
    Markup out(512);
    out.raw("<div").classes("govuk-panel", interruption ? "" : "govuk-panel--confirmation", o.classes);
    out.attributes(o.attributes).raw(">");
    open_heading(out, o.heading_level);
    out.raw(" class=\"govuk-panel__title\">").content(o.title);
    close_heading(out, o.heading_level);
    if (!o.text.empty()) out.raw("<div class=\"govuk-panel__body\">").content(o.text).raw("</div>");
    if (interruption && o.actions) {
        out.raw("<div").classes("govuk-panel__actions", o.actions->classes).attributes(o.actions->attributes);
        out.raw(">");
        if (!o.actions->items.empty()) out.raw("<div class=\"govuk-button-group\">");
        for (const PanelAction& action : o.actions->items) {
            if (action.href.empty() || action.type == "button") {
                out.html(button(
                    {.text = action.text,
                     .href = action.href,
                     .type = action.type.empty() ? "button" : action.type,
                     .classes = "govuk-button--inverse" + (action.classes.empty() ? "" : " " + action.classes),
                     .attributes = action.attributes}));
            } else {
                out.raw("<a").classes("govuk-link govuk-link--inverse", action.classes);
                out.attribute("href", action.href).attributes(action.attributes).raw(">");
                out.text(action.text).raw("</a>");
            }
        }
        if (!o.actions->items.empty()) out.raw("</div>");
        out.raw("</div>");
    }
    return out.raw("</div>").take();
}

Html tag(const Tag& o) {
    Markup out;
    out.raw("<strong").classes("govuk-tag", o.classes).attributes(o.attributes).raw(">");
    return out.content(o.text).raw("</strong>").take();
}

Html phase_banner(const PhaseBanner& o) {
    Tag t = o.tag;
    t.classes = "govuk-phase-banner__content__tag" + (t.classes.empty() ? "" : " " + t.classes);
    t.attributes.clear();
    Markup out;
    out.raw("<div").classes("govuk-phase-banner govuk-width-container", o.classes).attributes(o.attributes);
    out.raw("><p class=\"govuk-phase-banner__content\">").html(tag(t));
    out.raw("\n<span class=\"govuk-phase-banner__text\">").content(o.text).raw("</span></p></div>");
    return out.take();
}

Html details(const Details& o) {
    Markup out;
    out.raw("<details").attribute_if("id", o.id).classes("govuk-details", o.classes).attributes(o.attributes);
    out.flag("open", o.open).raw("><summary class=\"govuk-details__summary\">");
    out.raw("<span class=\"govuk-details__summary-text\">").content(o.summary).raw("</span></summary>");
    return out.raw("<div class=\"govuk-details__text\">").content(o.text).raw("</div></details>").take();
}

Html feedback(const Feedback& o) {
    Markup out;
    out.raw("<div").classes("govuk-feedback govuk-width-container", o.classes).attributes(o.attributes).raw(">");
    out.raw("<div class=\"govuk-grid-row\"><div class=\"govuk-grid-column-two-thirds\">");
    open_heading(out, o.heading_level);
    out.raw(" class=\"govuk-feedback__title\">").content(o.title);
    close_heading(out, o.heading_level);
    if (!o.text.empty()) {
        out.raw("<div class=\"govuk-feedback__body\">");
        put_as_paragraph(out, o.text);
        out.raw("</div>");
    }
    return out.raw("</div></div></div>").take();
}

Html accordion(const Accordion& o) {
    Markup out(1024);
    out.raw("<div").classes("govuk-accordion", o.classes).raw(" data-module=\"govuk-accordion\"");
    out.attribute("id", o.id);
    out.attribute_if("data-i18n.hide-all-sections", o.hide_all_sections_text);
    out.attribute_if("data-i18n.hide-section", o.hide_section_text);
    out.attribute_if("data-i18n.hide-section-aria-label", o.hide_section_aria_label_text);
    out.attribute_if("data-i18n.show-all-sections", o.show_all_sections_text);
    out.attribute_if("data-i18n.show-section", o.show_section_text);
    out.attribute_if("data-i18n.show-section-aria-label", o.show_section_aria_label_text);
    if (o.remember_expanded) out.attribute("data-remember-expanded", *o.remember_expanded ? "true" : "false");
    out.attributes(o.attributes).raw(">");
    int number = 0;
    for (const AccordionItem& item : o.items) {
        ++number;
        if (!item.when) continue;
        std::string suffix = "-" + std::to_string(number);
        out.raw("<div").classes("govuk-accordion__section",
                                item.expanded ? "govuk-accordion__section--expanded" : "");
        out.raw("><div class=\"govuk-accordion__section-header\">");
        open_heading(out, o.heading_level);
        out.raw(" class=\"govuk-accordion__section-heading\"><span class=\"govuk-accordion__section-button\"");
        out.attribute("id", o.id + "-heading" + suffix).raw(">").content(item.heading).raw("</span>");
        close_heading(out, o.heading_level);
        if (!item.summary.empty()) {
            out.raw("<div class=\"govuk-accordion__section-summary govuk-body\"");
            out.attribute("id", o.id + "-summary" + suffix).raw(">").content(item.summary).raw("</div>");
        }
        out.raw("</div><div").attribute("id", o.id + "-content" + suffix);
        out.raw(" class=\"govuk-accordion__section-content\">");
        put_as_paragraph(out, item.content);
        out.raw("</div></div>");
    }
    return out.raw("</div>").take();
}

Html tabs(const Tabs& o) {
    auto panel_id = [&](const TabsItem& item, int number) {
        return item.id.empty() ? o.id_prefix + "-" + std::to_string(number) : item.id;
    };
    Markup out(1024);
    out.raw("<div").attribute_if("id", o.id).classes("govuk-tabs", o.classes).attributes(o.attributes);
    out.raw(" data-module=\"govuk-tabs\"><h2 class=\"govuk-tabs__title\">").text(o.title.value_or("Contents"));
    out.raw("</h2>");
    if (!o.items.empty()) out.raw("<ul class=\"govuk-tabs__list\">");
    int number = 0;
    for (const TabsItem& item : o.items) {
        ++number;
        if (!item.when) continue;
        out.raw("<li").classes("govuk-tabs__list-item", number == 1 ? "govuk-tabs__list-item--selected" : "");
        out.raw("><a class=\"govuk-tabs__tab\"").attribute("href", "#" + panel_id(item, number));
        out.attributes(item.attributes).raw(">").text(item.label).raw("</a></li>");
    }
    if (!o.items.empty()) out.raw("</ul>");
    number = 0;
    for (const TabsItem& item : o.items) {
        ++number;
        if (!item.when) continue;
        out.raw("<div").classes("govuk-tabs__panel", number > 1 ? "govuk-tabs__panel--hidden" : "");
        out.attribute("id", panel_id(item, number)).attributes(item.panel_attributes).raw(">");
        put_as_paragraph(out, item.panel);
        out.raw("</div>");
    }
    return out.raw("</div>").take();
}

Html cookie_banner(const CookieBanner& o) {
    Markup out(512);
    out.raw("<div").classes("govuk-cookie-banner", o.classes).raw(" data-nosnippet role=\"region\"");
    out.attribute("aria-label", o.aria_label.empty() ? "Cookie banner" : o.aria_label).flag("hidden", o.hidden);
    out.attributes(o.attributes).raw(">");
    for (const CookieBannerMessage& message : o.messages) {
        out.raw("<div").classes("govuk-cookie-banner__message", message.classes, "govuk-width-container");
        out.attribute_if("role", message.role).attributes(message.attributes).flag("hidden", message.hidden);
        out.raw("><div class=\"govuk-grid-row\"><div class=\"govuk-grid-column-two-thirds\">");
        if (!message.heading.empty())
            out.raw("<h2 class=\"govuk-cookie-banner__heading govuk-heading-m\">")
                .content(message.heading)
                .raw("</h2>");
        out.raw("<div class=\"govuk-cookie-banner__content\">");
        put_as_paragraph(out, message.text);
        out.raw("</div></div></div>");
        if (!message.actions.empty()) out.raw("<div class=\"govuk-button-group\">");
        for (const CookieBannerAction& action : message.actions) {
            if (action.href.empty() || action.type == "button") {
                out.html(button({.text = action.text,
                                 .href = action.href,
                                 .type = action.type.empty() ? "button" : action.type,
                                 .name = action.name,
                                 .value = action.value,
                                 .classes = action.classes,
                                 .attributes = action.attributes}));
            } else {
                out.raw("<a").classes("govuk-link", action.classes).attribute("href", action.href);
                out.attributes(action.attributes).raw(">").text(action.text).raw("</a>");
            }
        }
        if (!message.actions.empty()) out.raw("</div>");
        out.raw("</div>");
    }
    return out.raw("</div>").take();
}

Html exit_this_page(const ExitThisPage& o) {
    Markup out;
    out.raw("<div").attribute_if("id", o.id).classes("govuk-exit-this-page", o.classes);
    out.raw(" data-module=\"govuk-exit-this-page\"").attributes(o.attributes);
    out.attribute_if("data-i18n.activated", o.activated_text)
        .attribute_if("data-i18n.timed-out", o.timed_out_text);
    out.attribute_if("data-i18n.press-two-more-times", o.press_two_more_times_text);
    out.attribute_if("data-i18n.press-one-more-time", o.press_one_more_time_text).raw(">");
    Content words =
        !o.text.empty()
            ? o.text
            : trusted_constant("<span class=\"govuk-visually-hidden\">Emergency</span> Exit this page");
    out.html(
        button({.text = words,
                .href = o.redirect_url.empty() ? "https://www.bbc.co.uk/weather" : o.redirect_url,
                .classes = "govuk-button--warning govuk-exit-this-page__button govuk-js-exit-this-page-button",
                .attributes = {{"rel", "nofollow noreferrer"}}}));
    return out.raw("</div>").take();
}

}  // namespace rowan::html
