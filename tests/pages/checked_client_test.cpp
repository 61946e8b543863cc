// The checked client finds what it is there to find: one faulty page for each rule, beside a page without fault.
#include "html/page.h"
#include "support/checked_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::pages {
namespace {

using support::faults_of, support::PageContext;
using testing::IsEmpty, testing::Contains, testing::StartsWith;

constexpr std::string_view kGood =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>People – Rowan</title></head><body>"
    "<main id=\"main\"><h1>People</h1><h2>Search</h2>"
    "<form method=\"get\" action=\"/search\"><label for=\"q\">Name</label><input id=\"q\" name=\"q\" "
    "aria-describedby=\"hint\"><p id=\"hint\">Any order</p>"
    "<button type=\"submit\">Search</button></form>"
    "<form method=\"post\" action=\"/people\"><input type=\"hidden\" name=\"csrf_token\" "
    "value=\"abc\"><fieldset><legend>Sex</legend>"
    "<input type=\"radio\" id=\"f\" name=\"sex\" value=\"F\"><label for=\"f\">Female</label></fieldset><button "
    "type=\"submit\">Save</button></form>"
    "<table><caption>People</caption><thead><tr><th scope=\"col\">Name</th></tr></thead><tbody><tr><td>Ada &amp; "
    "Bo</td></tr></tbody></table>"
    "<ul><li><a href=\"/people\">People</a></li><li><a href=\"#main\">Top</a></li></ul><img src=\"/people\" "
    "alt=\"\"></main>"
    "<footer><p>You can see this because you may. This look has been recorded.</p><p "
    "class=\"rowan-marking\">OFFICIAL</p></footer></body></html>\n";

class CheckedClient : public testing::Test {
protected:
    CheckedClient() {
        using partnership::Access, partnership::AuditClass, partnership::Limits;
        const auto page = [](partnership::Visit&) { return http::Response{}; };
        for (const auto* path : {"/search", "/people"})
            routes.get(path, Access::anyone(), AuditClass::nothing_personal(), Limits::page(), page);
        routes.post("/people", Access::anyone(), AuditClass::nothing_personal(), Limits::form(), page);
    }
    static http::Response answer(std::string body) {
        http::Response out;
        out.body = std::move(body);
        out.header("Content-Security-Policy",
                   "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; frame-ancestors "
                   "'none'; base-uri 'none'");
        out.header("X-Content-Type-Options", "nosniff")
            .header("Referrer-Policy", "same-origin")
            .header("Cross-Origin-Opener-Policy", "same-origin");
        out.header("Cross-Origin-Resource-Policy", "same-origin")
            .header("X-Robots-Tag", "noindex, nofollow")
            .header("Permissions-Policy", "camera=()");
        return out.header("Cache-Control", "no-store");
    }
    std::vector<std::string> faults(const http::Response& response) const {
        return faults_of(response, {&routes, "/people", true, true, "OFFICIAL"});
    }
    // The good page with one thing changed.
    std::vector<std::string> with(std::string_view from, std::string_view to) const {
        std::string page(kGood);
        const auto at = page.find(from);
        if (at == std::string::npos) throw std::logic_error("the good page does not hold " + std::string(from));
        return faults(answer(page.replace(at, from.size(), to)));
    }
    partnership::Routes routes;
};

TEST_F(CheckedClient, A_page_without_fault_has_none) {
    EXPECT_THAT(faults(answer(std::string(kGood))), IsEmpty());
}

TEST_F(CheckedClient, Each_rule_finds_its_fault) {
    struct Fault {
        std::string rule, from, to;
    };
    const Fault kFaults[] = {
        {"doctype:", "<!DOCTYPE html>\n", ""},
        {"balance:", "</h2>", ""},
        {"balance:", "<h2>Search</h2>", "<h2>Search</h1>"},
        {"balance:", "Ada &amp; Bo", "Ada < Bo"},
        {"balance:", "<h2>", "<div/><h2>"},
        {"entity:", "&amp;", "&"},
        {"attribute:", "id=\"q\"", "id=q"},
        {"attribute:", "id=\"q\"", "id=\"q\" id=\"r\""},
        {"nesting:", "<p id=\"hint\">Any order</p>", "<p id=\"hint\"><div>Any order</div></p>"},
        {"nesting:", "<ul><li>", "<ul><p></p><li>"},
        {"nesting:", "<a href=\"/people\">People</a>", "<a href=\"/people\">People <a href=\"/people\">x</a></a>"},
        {"lang:", " lang=\"en\"", ""},
        {"h1:", "<h1>People</h1>", ""},
        {"h1:", "<h2>Search</h2>", "<h1>Search</h1>"},
        {"title:", "<title>People", "<title>Rowan"},
        {"headings:", "<h2>Search</h2>", "<h3>Search</h3>"},
        {"id:", "id=\"main\"", "id=\"q\""},
        {"aria:", "aria-describedby=\"hint\"", "aria-describedby=\"hunt\""},
        {"label:", "for=\"q\"", "for=\"p\""},
        {"label:", "<label for=\"f\">Female</label>", ""},
        {"legend:", "<legend>Sex</legend>", ""},
        {"form:", " action=\"/search\"", ""},
        {"form:", "<button type=\"submit\">Search</button>", ""},
        {"csrf:", " value=\"abc\"", " value=\"\""},
        {"csrf:", "name=\"csrf_token\"", "name=\"token\""},
        {"csrf:", "method=\"post\"", "method=\"get\""},
        {"route:", "action=\"/search\"", "action=\"/find\""},
        {"route:", "<a href=\"/people\">", "<a href=\"/persons\">"},
        {"link:", "#main", "#nowhere"},
        {"link:", "<a href=\"/people\">", "<a href=\"https://example.com/\">"},
        {"link:", "<a href=\"/people\">People</a>", "<a href=\"/people\"></a>"},
        {"inline:", "<h2>", "<h2 style=\"color: red\">"},
        {"inline:", "<h2>", "<h2 onclick=\"go()\">"},
        {"inline:", "<h2>", "<script>go()</script><h2>"},
        {"inline:", "<h2>", "<style>h2 { color: red }</style><h2>"},
        {"inline:", "<a href=\"/people\">", "<a href=\"JavaScript:go()\">"},
        {"alt:", " alt=\"\"", ""},
        {"table:", "<caption>People</caption>", ""},
        {"button:", ">Save<", "><"},
        {"marking:", "OFFICIAL", "open"},
        {"why:", " This look has been recorded.", ""},
        {"why:", "You can see this because you may. ", ""},
    };
    for (const auto& fault : kFaults)
        EXPECT_THAT(with(fault.from, fault.to), Contains(StartsWith(fault.rule)))
            << fault.from << " -> " << fault.to;
}

TEST_F(CheckedClient, Each_header_is_missed_and_twice_is_not_once) {
    const auto good = answer(std::string(kGood));
    for (std::size_t i = 0; i < good.headers.size(); ++i) {
        auto without = good, twice = good;
        without.headers.erase(without.headers.begin() + static_cast<std::ptrdiff_t>(i));
        twice.headers.push_back(good.headers[i]);
        EXPECT_THAT(faults(without), Contains(StartsWith("header: " + good.headers[i].first)));
        EXPECT_THAT(faults(twice), Contains(StartsWith("header: " + good.headers[i].first)));
    }
    auto loose = good;
    loose.headers[0].second += "; script-src 'unsafe-inline'";
    EXPECT_THAT(faults(loose), Contains(StartsWith("header: Content-Security-Policy allows unsafe")));
    auto kept = good;
    kept.headers.back().second = "max-age=60";
    EXPECT_THAT(faults(kept), Contains(StartsWith("header: Cache-Control is max-age=60")));
}

TEST_F(CheckedClient, A_form_is_sent_as_the_page_holds_it) {
    const auto page = support::read_html(
        "<!DOCTYPE html><form action=\"/a\"><input type=\"hidden\" name=\"v\" value=\"3\"><input type=\"text\" "
        "name=\"n\" value=\"Ada &amp; Bo\">"
        "<input type=\"radio\" name=\"s\" value=\"F\"><input type=\"radio\" name=\"s\" value=\"M\" checked><input "
        "type=\"checkbox\" name=\"c\" value=\"x\" checked>"
        "<select name=\"a\"><option value=\"1\">One</option><option value=\"2\" "
        "selected>Two</option></select><textarea name=\"t\">Two\nlines</textarea></form>");
    EXPECT_THAT(
        support::fields_of_form(page, "/a"),
        testing::ElementsAre(testing::Pair("v", "3"), testing::Pair("n", "Ada & Bo"), testing::Pair("s", "M"),
                             testing::Pair("c", "x"), testing::Pair("a", "2"), testing::Pair("t", "Two\nlines")));
}

}  // namespace
}  // namespace rowan::pages
