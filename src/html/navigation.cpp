// How people find their way: pagination, breadcrumbs, links back, navigation, header and footer.
#include "html/components.h"

namespace rowan::html {

namespace {

void put_arrow(Markup& out, bool previous) {
    if (previous)
        out.raw(
            "<svg class=\"govuk-pagination__icon govuk-pagination__icon--prev\" "
            "xmlns=\"http://www.w3.org/2000/svg\" height=\"13\" width=\"15\" aria-hidden=\"true\" "
            "focusable=\"false\" viewBox=\"0 0 15 13\"><path d=\"m6.5938-0.0078125-6.7266 6.7266 6.7441 6.4062 "
            "1.377-1.449-4.1856-3.9768h12.896v-2h-12.984l4.2931-4.293-1.414-1.414z\"></path></svg>");
    else
        out.raw(
            "<svg class=\"govuk-pagination__icon govuk-pagination__icon--next\" "
            "xmlns=\"http://www.w3.org/2000/svg\" height=\"13\" width=\"15\" aria-hidden=\"true\" "
            "focusable=\"false\" viewBox=\"0 0 15 13\"><path d=\"m8.107-0.0078125-1.4136 1.414 4.2926 "
            "4.293h-12.986v2h12.896l-4.1855 3.9766 1.377 1.4492 6.7441-6.4062-6.7246-6.7266z\"></path></svg>");
}

void put_page_link(Markup& out, const PaginationLink& link, bool previous, bool block) {
    if (link.href.empty()) return;
    if (previous)
        out.raw("<div class=\"govuk-pagination__prev\">");
    else
        out.raw("<div class=\"govuk-pagination__next\">");
    out.raw("<a class=\"govuk-link govuk-pagination__link\"").attribute("href", link.href);
    out.attribute("rel", previous ? "prev" : "next").attributes(link.attributes).raw(">");
    if (block || previous) put_arrow(out, previous);
    bool decorated = block && link.label_text.empty();
    out.raw("<span").classes("govuk-pagination__link-title",
                             decorated ? "govuk-pagination__link-title--decorated" : "");
    out.raw(">");
    if (!link.text.empty())
        out.content(link.text);
    else if (previous)
        out.raw("Previous<span class=\"govuk-visually-hidden\"> page</span>");
    else
        out.raw("Next<span class=\"govuk-visually-hidden\"> page</span>");
    out.raw("</span>");
    if (block && !link.label_text.empty()) {
        out.raw("\n<span class=\"govuk-visually-hidden\">:</span>\n<span class=\"govuk-pagination__link-label\">");
        out.text(link.label_text).raw("</span>");
    }
    if (!block && !previous) put_arrow(out, previous);
    out.raw("</a></div>");
}

void put_navigation_item(Markup& out, const ServiceNavigationItem& item) {
    bool marked = item.current || item.active;
    bool link = !item.href.empty();
    out.raw("<li").classes("govuk-service-navigation__item",
                           marked ? "govuk-service-navigation__item--active" : "");
    out.raw(">");
    if (!link && item.text.empty()) {
        out.raw("</li>");
        return;
    }
    if (link)
        out.raw("<a class=\"govuk-service-navigation__link\"").attribute("href", item.href);
    else
        out.raw("<span class=\"govuk-service-navigation__text\"");
    if (marked) out.attribute("aria-current", item.current ? "page" : "true");
    if (link) out.attributes(item.attributes);
    out.raw(">");
    // <strong> still shows the current item when people override colours and styles.
    if (marked) out.raw("<strong class=\"govuk-service-navigation__active-fallback\">");
    out.content(item.text);
    if (marked) out.raw("</strong>");
    if (link)
        out.raw("</a></li>");
    else
        out.raw("</span></li>");
}

void put_navigation(Markup& out, const ServiceNavigation& o) {
    std::size_t items = 0;
    for (const ServiceNavigationItem& item : o.navigation) items += item.when;
    if (items == 0 && o.slots.navigation_start.empty() && o.slots.navigation_end.empty()) return;
    std::string menu = o.menu_button_text.empty() ? "Menu" : o.menu_button_text;
    std::string id = o.navigation_id.empty() ? "navigation" : o.navigation_id;
    out.raw("<nav").attribute("aria-label", o.navigation_label.empty() ? menu : o.navigation_label);
    out.classes("govuk-service-navigation__wrapper", o.navigation_classes).raw(">");
    if (o.collapse_navigation_on_mobile.value_or(items > 1)) {
        out.raw(
            "<button type=\"button\" class=\"govuk-service-navigation__toggle "
            "govuk-js-service-navigation-toggle\"");
        out.attribute("aria-controls", id);
        if (o.menu_button_label != menu) out.attribute_if("aria-label", o.menu_button_label);
        out.raw(" hidden aria-hidden=\"true\">").text(menu).raw("</button>");
    }
    out.raw("<ul class=\"govuk-service-navigation__list\"").attribute("id", id).raw(">");
    out.html(o.slots.navigation_start);
    for (const ServiceNavigationItem& item : o.navigation)
        if (item.when) put_navigation_item(out, item);
    out.html(o.slots.navigation_end).raw("</ul></nav>");
}

void put_generic_header(Markup& out, Literal container_class, const Content& logo, const std::string& url,
                        const std::string& container_classes, Literal logo_class, Literal link_class) {
    out.raw("<div").classes(container_class,
                            container_classes.empty() ? "govuk-width-container" : container_classes);
    out.raw("><div").classes(logo_class).raw("><a").attribute("href", url).classes(link_class).raw(">");
    out.content(logo).raw("</a></div></div></div>");
}

void put_footer_navigation(Markup& out, const Footer& o) {
    if (o.navigation.empty()) return;
    out.raw("<div class=\"govuk-footer__navigation\">");
    for (const FooterNavigation& group : o.navigation) {
        out.raw("<div class=\"govuk-footer__section govuk-grid-column-")
            .text(group.width.empty() ? "full" : group.width);
        out.raw("\"><h2 class=\"govuk-footer__heading govuk-heading-m\">").text(group.title).raw("</h2>");
        if (!group.items.empty()) {
            out.raw("<ul class=\"govuk-footer__list");
            if (group.columns) out.raw(" govuk-footer__list--columns-").number(group.columns);
            out.raw("\">");
            for (const FooterLink& link : group.items) {
                if (link.href.empty() || link.text.empty()) continue;
                out.raw("<li class=\"govuk-footer__list-item\"><a class=\"govuk-footer__link\"");
                out.attribute("href", link.href)
                    .attributes(link.attributes)
                    .raw(">")
                    .text(link.text)
                    .raw("</a></li>");
            }
            out.raw("</ul>");
        }
        out.raw("</div>");
    }
    out.raw("</div><hr class=\"govuk-footer__section-break\">");
}

void put_footer_meta(Markup& out, const FooterMeta& meta) {
    out.raw("<h2 class=\"govuk-visually-hidden\">");
    out.text(meta.visually_hidden_title.empty() ? "Support links" : meta.visually_hidden_title).raw("</h2>");
    if (!meta.items.empty()) out.raw("<ul class=\"govuk-footer__inline-list\">");
    for (const FooterLink& link : meta.items) {
        out.raw("<li class=\"govuk-footer__inline-list-item\"><a class=\"govuk-footer__link\"");
        out.attribute("href", link.href).attributes(link.attributes).raw(">").text(link.text).raw("</a></li>");
    }
    if (!meta.items.empty()) out.raw("</ul>");
    if (!meta.text.empty()) out.raw("<div class=\"govuk-footer__meta-custom\">").content(meta.text).raw("</div>");
}

}  // namespace

Html pagination(const Pagination& o) {
    bool block = o.items.empty() && (!o.previous.href.empty() || !o.next.href.empty());
    Markup out(1024);
    out.raw("<nav").classes("govuk-pagination", block ? "govuk-pagination--block" : "", o.classes);
    out.attribute("aria-label", o.landmark_label.empty() ? "Pagination" : o.landmark_label);
    out.attributes(o.attributes).raw(">");
    put_page_link(out, o.previous, true, block);
    if (!o.items.empty()) out.raw("<ul class=\"govuk-pagination__list\">");
    for (const PaginationItem& item : o.items) {
        if (!item.when) continue;
        out.raw("<li").classes("govuk-pagination__item", item.current ? "govuk-pagination__item--current" : "",
                               item.ellipsis ? "govuk-pagination__item--ellipsis" : "");
        out.raw(">");
        if (item.ellipsis) {
            out.raw("&ctdot;");
        } else {
            out.raw("<a class=\"govuk-link govuk-pagination__link\"").attribute("href", item.href);
            out.attribute("aria-label", item.visually_hidden_text.value_or("Page " + item.number));
            if (item.current) out.raw(" aria-current=\"page\"");
            out.attributes(item.attributes).raw(">").text(item.number).raw("</a>");
        }
        out.raw("</li>");
    }
    if (!o.items.empty()) out.raw("</ul>");
    put_page_link(out, o.next, false, block);
    return out.raw("</nav>").take();
}

Html breadcrumbs(const Breadcrumbs& o) {
    Markup out;
    out.raw("<nav").classes("govuk-breadcrumbs", o.classes,
                            o.collapse_on_mobile ? "govuk-breadcrumbs--collapse-on-mobile" : "");
    out.attributes(o.attributes).attribute("aria-label", o.label_text.value_or("Breadcrumb"));
    out.raw("><ol class=\"govuk-breadcrumbs__list\">");
    for (const Crumb& item : o.items) {
        if (item.href.empty()) {
            out.raw("<li class=\"govuk-breadcrumbs__list-item\" aria-current=\"page\">").content(item.text);
        } else {
            out.raw("<li class=\"govuk-breadcrumbs__list-item\"><a class=\"govuk-breadcrumbs__link\"");
            out.attribute("href", item.href).attributes(item.attributes).raw(">").content(item.text).raw("</a>");
        }
        out.raw("</li>");
    }
    return out.raw("</ol></nav>").take();
}

Html back_link(const BackLink& o) {
    Markup out;
    out.raw("<a").attribute("href", o.href.empty() ? "#" : o.href).classes("govuk-back-link", o.classes);
    return out.attributes(o.attributes)
        .raw(">")
        .content(o.text.empty() ? Content("Back") : o.text)
        .raw("</a>")
        .take();
}

Html skip_link(const SkipLink& o) {
    Markup out;
    out.raw("<a").attribute("href", o.href.empty() ? "#content" : o.href).classes("govuk-skip-link", o.classes);
    out.attributes(o.attributes).raw(" data-module=\"govuk-skip-link\">");
    return out.content(o.text).raw("</a>").take();
}

Html language_navigation(const LanguageNavigation& o) {
    Markup out;
    out.raw("<nav").classes("govuk-language-navigation", o.classes).attributes(o.attributes);
    out.attribute("aria-label", o.aria_label.value_or("Language"));
    out.raw("><ul class=\"govuk-language-navigation__list\">");
    for (const LanguageNavigationItem& item : o.items) {
        bool current = item.current || item.href.empty();
        out.raw("<li class=\"govuk-language-navigation__list-item\">");
        if (current)
            out.raw("<span")
                .classes("govuk-language-navigation__text", item.classes)
                .raw(" aria-current=\"true\"");
        else
            out.raw("<a")
                .classes("govuk-language-navigation__link", item.classes)
                .attribute("href", item.href)
                .raw(" rel=\"alternate\"");
        out.attribute_if("lang", item.lang);
        if (!current) out.attribute_if("hreflang", item.href_lang.empty() ? item.lang : item.href_lang);
        out.attribute_if("dir", item.dir).attributes(item.attributes).raw(">").content(item.text);
        if (current) {
            out.raw("</span></li>");
            continue;
        }
        if (!item.language_description_text.empty())
            out.raw("<span class=\"govuk-visually-hidden\"> ").text(item.language_description_text).raw("</span>");
        out.raw(" </a></li>");
    }
    return out.raw("</ul></nav>").take();
}

Html service_navigation(const ServiceNavigation& o) {
    bool section = !o.service_name.empty() || !o.slots.start.empty() || !o.slots.end.empty();
    Markup out(2048);
    if (section)
        out.raw("<section").attribute("aria-label", o.aria_label.value_or("Service information"));
    else
        out.raw("<div");
    out.classes("govuk-service-navigation", o.classes).raw(" data-module=\"govuk-service-navigation\"");
    out.attributes(o.attributes).raw("><div");
    out.classes("govuk-width-container", o.slots.end_inline ? "govuk-service-navigation__inlining-container" : "");
    out.raw(">").html(o.slots.start).raw("<div class=\"govuk-service-navigation__container\">");
    if (!o.service_name.empty()) {
        out.raw("<span class=\"govuk-service-navigation__service-name\">");
        if (o.service_url.empty())
            out.raw("<span class=\"govuk-service-navigation__text\">").text(o.service_name).raw("</span>");
        else
            out.raw("<a")
                .attribute("href", o.service_url)
                .raw(" class=\"govuk-service-navigation__link\">")
                .text(o.service_name)
                .raw("</a>");
        out.raw("</span>");
    }
    put_navigation(out, o);
    out.raw("</div>").html(o.slots.end).raw("</div>");
    if (section)
        out.raw("</section>");
    else
        out.raw("</div>");
    return out.take();
}

Html generic_header(const GenericHeader& o) {
    Markup out;
    out.raw("<div").classes("govuk-generic-header", o.classes).attributes(o.attributes).raw(">");
    put_generic_header(out, "govuk-generic-header__container", o.logo, o.url.empty() ? "/" : o.url,
                       o.container_classes, "govuk-generic-header__logo", "govuk-generic-header__homepage-link");
    return out.take();
}

Html header(const Header& o) {
    Markup logo;
    logo.html(o.logo);
    if (!o.product_name.empty())
        logo.raw("<span class=\"govuk-header__product-name\">").text(o.product_name).raw("</span>");
    Markup out;
    out.raw("<div").classes("govuk-header", o.classes).attributes(o.attributes).raw(">");
    put_generic_header(out, "govuk-header__container", logo.take(),
                       o.homepage_url.empty() ? "//gov.uk" : o.homepage_url, o.container_classes,
                       "govuk-header__logo", "govuk-header__homepage-link");
    return out.take();
}

Html footer(const Footer& o) {
    Markup out(2048);
    out.raw("<div").classes("govuk-footer", o.classes).attributes(o.attributes).raw("><div");
    out.classes("govuk-width-container", o.container_classes).raw(">").html(o.logo);
    put_footer_navigation(out, o);
    out.raw(
        "<div class=\"govuk-footer__meta\"><div class=\"govuk-footer__meta-item govuk-footer__meta-item--grow\">");
    if (o.meta) put_footer_meta(out, *o.meta);
    if (o.show_content_licence) {
        out.raw(
            "<svg aria-hidden=\"true\" focusable=\"false\" class=\"govuk-footer__licence-logo\" "
            "xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 483.2 195.7\" height=\"17\" width=\"41\">"
            "<path fill=\"currentColor\" d=\"M421.5 142.8V.1l-50.7 32.3v161.1h112.4v-50.7zm-122.3-9.6A47.12 "
            "47.12 0 0 1 221 97.8c0-26 21.1-47.1 47.1-47.1 16.7 0 31.4 8.7 39.7 21.8l42.7-27.2A97.63 97.63 0 0 0 "
            "268.1 0c-36.5 0-68.3 20.1-85.1 49.7A98 98 0 0 0 97.8 0C43.9 0 0 43.9 0 97.8s43.9 97.8 97.8 "
            "97.8c36.5 0 68.3-20.1 85.1-49.7a97.76 97.76 0 0 0 149.6 25.4l19.4 22.2h3v-87.8h-80l24.3 "
            "27.5zM97.8 145c-26 0-47.1-21.1-47.1-47.1s21.1-47.1 47.1-47.1 47.2 21 47.2 47S123.8 145 97.8 "
            "145\"/></svg>\n<span class=\"govuk-footer__licence-description\">");
        if (!o.content_licence.empty())
            out.content(o.content_licence);
        else
            out.raw(
                "All content is available under the\n<a class=\"govuk-footer__link\" "
                "href=\"https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/\" "
                "rel=\"license\">Open Government Licence v3.0</a>, except where otherwise stated");
        out.raw("</span>");
    }
    out.raw(
        "</div><div class=\"govuk-footer__meta-item\"><a class=\"govuk-footer__link "
        "govuk-footer__copyright-logo\" href=\"https://www.nationalarchives.gov.uk/information-management/"
        "re-using-public-sector-information/uk-government-licensing-framework/crown-copyright/\">");
    if (o.copyright.empty())
        out.raw("© Crown copyright");
    else
        out.content(o.copyright);
    return out.raw("</a></div></div></div></div>").take();
}

}  // namespace rowan::html
