// The frame of every page of Rowan: one HTML document around the page's own content.
//
// The page gives the content, with exactly one h1 whose text is the frame's title; the frame gives everything
// else, the same on every page.
// No inline script or style is ever written: the pages are served with a CSP without unsafe-inline, and work
// with JavaScript off.
#pragma once
#include "html/components.h"
#include "html/markup.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::html {

// Who is signed in; shown in the header so that a borrowed screen is noticed.
struct WhoAmI {
    std::string name, role, agency;
    std::string csrf_token;  // for the sign-out form
    std::string sign_out_action = "/sign-out";
    std::string account_href = "/account";  // the person's own name links here
};

struct NavigationItem {
    std::string text, href;
    bool current = false;
};

struct PageFrame {
    std::string title;                          // the text of the page's h1
    std::string partnership;                    // "Solihull Safeguarding Children Partnership"
    std::string demonstration;                  // text of the phase banner; empty: no banner
    std::optional<WhoAmI> person;               // none: signed out, so no search box and no navigation
    bool search_box = true;                     // only for roles that may search
    std::vector<NavigationItem> navigation;     // only what the role can use
    std::string search_query;                   // what the search box shows
    std::string back_href, back_text = "Back";  // a back link …
    std::vector<Crumb> breadcrumbs;             // … or breadcrumbs
    bool error = false;                         // the form came back with errors: the title starts "Error: "
    std::string why;                            // footer: why the viewer may see this page; empty: none
    bool look_recorded = false;                 // footer: "This look has been recorded."
    std::string marking;                        // footer and print: "OFFICIAL-SENSITIVE"
    std::optional<NotificationBanner> notice;   // shown once, above the content
    bool wide = false;                          // boards and tables that need the whole window
    bool clock_set = false;                     // the server's clock is not the real one: clocks stand still
    int refresh_seconds = 0;                    // wall boards reload themselves; 0: never
};

// The whole document, ready to send.
std::string page(const PageFrame&, const Html& content);

// <form method="post"> with its CSRF token; `files` for uploads.
struct Form {
    std::string action;
    std::string csrf_token;
    std::string id;
    bool files = false;
    std::string classes;
    Attributes attributes;
};
Html form(const Form&, const Html& content);
// <input type="hidden">: what a form carries along.
Html hidden(std::string_view name, std::string_view value);
inline constexpr std::string_view kCsrfField = "csrf_token";

}  // namespace rowan::html
