#include "html/page.h"

#include "html/assets.h"

namespace rowan::html {

namespace {

void put_head(Markup& out, const PageFrame& frame) {
    out.raw("<!DOCTYPE html>\n<html lang=\"en\" class=\"govuk-template\"><head><meta charset=\"utf-8\"><title>");
    if (frame.error) out.raw("Error: ");
    out.text(frame.title);
    if (!frame.partnership.empty()) out.raw(" – ").text(frame.partnership);
    out.raw(
        " – Rowan</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1, "
        "viewport-fit=cover\"><meta name=\"theme-color\" content=\"#1b4332\">"
        "<meta name=\"robots\" content=\"noindex, nofollow\"><meta name=\"format-detection\" "
        "content=\"telephone=no\"><link rel=\"icon\" type=\"image/svg+xml\"");
    out.attribute("href", asset_url("favicon.svg")).raw("><link rel=\"stylesheet\"");
    out.attribute("href", asset_url("rowan.css")).raw("><script type=\"module\"");
    out.attribute("src", asset_url("rowan.js")).raw("></script></head>");
}

void put_search(Markup& out, const std::string& query) {
    out.raw(
        "<form class=\"rowan-header__search\" role=\"search\" action=\"/search\" method=\"get\">"
        "<label class=\"govuk-visually-hidden\" for=\"site-search\">Search</label>"
        "<input class=\"govuk-input\" id=\"site-search\" name=\"q\" type=\"search\" autocomplete=\"off\" "
        "spellcheck=\"false\" placeholder=\"Name or number\" aria-keyshortcuts=\"/\" "
        "data-search-key");
    out.attribute("value", query);
    out.raw("><button class=\"rowan-header__search-button\" type=\"submit\">Search</button></form>");
}

void put_who(Markup& out, const WhoAmI& who) {
    out.raw("<div class=\"rowan-header__who\"><p class=\"govuk-!-margin-0 rowan-header__person\"><a");
    out.attribute("href", who.account_href)
        .raw(">")
        .text(who.name)
        .raw("</a>\n<span class=\"rowan-header__role\">");
    out.text(who.role);
    if (!who.role.empty() && !who.agency.empty()) out.raw(", ");
    out.text(who.agency).raw("</span></p><form method=\"post\"").attribute("action", who.sign_out_action).raw(">");
    out.raw("<input type=\"hidden\"").attribute("name", kCsrfField).attribute("value", who.csrf_token).raw(">");
    out.raw("<button class=\"rowan-header__sign-out\" type=\"submit\">Sign out</button></form></div>");
}

void put_header(Markup& out, const PageFrame& frame) {
    if (!frame.marking.empty())
        out.raw("<p class=\"rowan-print-marking\" aria-hidden=\"true\">").text(frame.marking).raw("</p>");
    out.raw("<header class=\"govuk-template__header\"><div class=\"rowan-header\">");
    out.raw("<div").classes("govuk-width-container rowan-header__container", frame.wide ? "rowan-wide" : "");
    out.raw(
        "><a class=\"rowan-header__home\" href=\"/\"><img class=\"rowan-header__mark\" alt=\"\" width=\"34\" "
        "height=\"34\"");
    out.attribute("src", asset_url("mark.svg")).raw(">Rowan</a><span class=\"rowan-header__partnership\">");
    out.text(frame.partnership).raw("</span>");
    if (frame.person) {
        if (frame.search_box) put_search(out, frame.search_query);
        put_who(out, *frame.person);
    }
    out.raw("</div></div>");
    if (frame.person && !frame.navigation.empty()) {
        ServiceNavigation navigation{.classes = frame.wide ? "rowan-navigation--wide" : ""};
        for (const NavigationItem& item : frame.navigation)
            navigation.navigation.push_back({.text = item.text, .href = item.href, .active = item.current});
        out.html(service_navigation(navigation));
    }
    if (!frame.demonstration.empty())
        out.html(phase_banner({.text = frame.demonstration,
                               .tag = {.text = "Demonstration"},
                               .classes = frame.wide ? "rowan-wide" : ""}));
    out.raw("</header>");
}

void put_footer(Markup& out, const PageFrame& frame) {
    out.raw("<footer class=\"govuk-template__footer rowan-footer\"><div");
    out.classes("govuk-width-container", frame.wide ? "rowan-wide" : "").raw(">");
    if (!frame.why.empty() || frame.look_recorded) {
        out.raw("<p>").text(frame.why);
        if (frame.look_recorded) {
            if (!frame.why.empty()) out.raw(" ");
            out.raw("This look has been recorded.");
        }
        out.raw("</p>");
    }
    if (!frame.marking.empty()) out.raw("<p class=\"rowan-marking\">").text(frame.marking).raw("</p>");
    out.raw("<p>Rowan");
    if (!frame.partnership.empty()) out.raw(" for ").text(frame.partnership);
    out.raw(
        ".\n<a class=\"govuk-link\" href=\"/accessibility\">Accessibility</a>\n"
        "<a class=\"govuk-link\" href=\"/privacy\">Privacy</a>\n"
        "<a class=\"govuk-link\" href=\"/help\">Help</a></p></div></footer>");
}

}  // namespace

std::string page(const PageFrame& frame, const Html& content) {
    Markup out(content.size() + 6144);
    put_head(out, frame);
    out.raw("<body class=\"govuk-template__body\"");
    if (frame.refresh_seconds > 0) out.attribute("data-refresh-seconds", frame.refresh_seconds);
    out.flag("data-clock-set", frame.clock_set).raw("><script");
    out.attribute("src", asset_url("start.js")).raw("></script>");
    out.html(skip_link({.text = "Skip to main content", .href = "#main-content"}));
    put_header(out, frame);
    out.raw("<div").classes("govuk-width-container", frame.wide ? "rowan-wide" : "").raw(">");
    if (!frame.back_href.empty())
        out.raw("<nav aria-label=\"Back\">")
            .html(back_link({.text = frame.back_text, .href = frame.back_href}))
            .raw("</nav>");
    else if (!frame.breadcrumbs.empty())
        out.html(breadcrumbs({.items = frame.breadcrumbs, .collapse_on_mobile = true}));
    out.raw("<main class=\"govuk-main-wrapper\" id=\"main-content\" tabindex=\"-1\">");
    if (frame.notice) out.html(notification_banner(*frame.notice));
    out.html(content).raw("</main></div>");
    put_footer(out, frame);
    return out.raw("</body></html>\n").take().release();
}

Html form(const Form& o, const Html& content) {
    Markup out(content.size() + 256);
    out.raw("<form method=\"post\" novalidate").attribute("action", o.action).attribute_if("id", o.id);
    out.attribute_if("class", o.classes);
    if (o.files) out.raw(" enctype=\"multipart/form-data\"");
    out.attributes(o.attributes).raw("><input type=\"hidden\"").attribute("name", kCsrfField);
    out.attribute("value", o.csrf_token).raw(">").html(content).raw("</form>");
    return out.take();
}

Html hidden(std::string_view name, std::string_view value) {
    return el("input", attr("type", "hidden"), attr("name", name), attr("value", value));
}

}  // namespace rowan::html
