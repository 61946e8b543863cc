#include "html/page.h"

#include "html/assets.h"
#include "unit/html/sample.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

namespace rowan::html {

namespace {

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

std::string title_of(const std::string& document) {
    auto from = document.find("<title>") + 7;
    return document.substr(from, document.find("</title>") - from);
}

std::vector<std::string> tags_of(const std::string& document) {
    std::vector<std::string> tags;
    static const std::regex kTag("<[a-zA-Z][^>]*>");
    for (std::sregex_iterator it(document.begin(), document.end(), kTag), end; it != end; ++it)
        tags.push_back(it->str());
    return tags;
}

// What every page of Rowan keeps to; an empty list when it does.
std::vector<std::string> faults(const std::string& document) {
    std::vector<std::string> found;
    auto rule = [&](bool kept, const std::string& what) {
        if (!kept) found.push_back(what);
    };
    rule(document.starts_with("<!DOCTYPE html>\n<html lang=\"en\""), "it begins as an English HTML document");
    rule(count(document, "<h1") == 1, "it has one h1");
    rule(count(document, "<main ") == 1, "it has one main");
    std::set<std::string> ids, targets;
    for (const std::string& tag : tags_of(document)) {
        rule(!std::regex_search(tag, std::regex("\\s(style|on[a-z]+)\\s*=")), "inline style or script: " + tag);
        if (tag.starts_with("<script"))
            rule(tag.find(" src=\"/assets/") != std::string::npos, "script without src: " + tag);
        rule(!tag.starts_with("<style"), "inline style");
        std::smatch match;
        if (std::regex_search(tag, match, std::regex("\\sid=\"([^\"]*)\"")))
            rule(ids.insert(match[1]).second, "the id comes twice: " + tag);
        if (std::regex_search(tag, match, std::regex("\\sfor=\"([^\"]*)\""))) targets.insert(match[1]);
    }
    for (const std::string& tag : tags_of(document)) {
        bool field = tag.starts_with("<input") || tag.starts_with("<select") || tag.starts_with("<textarea");
        if (!field || tag.find("type=\"hidden\"") != std::string::npos) continue;
        std::smatch match;
        bool labelled =
            std::regex_search(tag, match, std::regex("\\sid=\"([^\"]*)\"")) && targets.contains(match[1]);
        rule(labelled, "a field without a label: " + tag);
    }
    for (const std::string& target : targets) rule(ids.contains(target), "a label for nothing: " + target);
    return found;
}

std::string sample_page(const char* title, const Html& content, bool wide = false) {
    PageFrame frame = sample::frame();
    frame.title = title;
    frame.wide = wide;
    if (wide) frame.back_href = "/people";
    return page(frame, content);
}

}  // namespace

TEST(Page, keeps_the_rules_of_a_page) {
    EXPECT_EQ(faults(sample_page("Beatrice Example", sample::record())), std::vector<std::string>{});
    EXPECT_EQ(faults(sample_page("Referrals", sample::list())), std::vector<std::string>{});
    EXPECT_EQ(faults(sample_page("Refer a young person", sample::form_page())), std::vector<std::string>{});
    EXPECT_EQ(faults(sample_page("Problem profile", sample::figures())), std::vector<std::string>{});
}

TEST(Page, the_rules_can_be_broken) {
    Html h1 = el("h1", "My work");
    EXPECT_EQ(faults(page(sample::frame(), h1)).size(), 0u);
    EXPECT_EQ(faults(page(sample::frame(), h1 + h1)).size(), 1u);
    EXPECT_EQ(faults(page(sample::frame(), {})).size(), 1u);
    EXPECT_EQ(faults(page(sample::frame(), h1 + el("p", id("a")) + el("p", id("a")))).size(), 1u);
    EXPECT_EQ(faults(page(sample::frame(), h1 + el("input", id("a"), attr("name", "a")))).size(), 1u);
    EXPECT_EQ(faults(page(sample::frame(), h1 + trusted_constant("<p style=\"color:red\">"))).size(), 1u);
    EXPECT_EQ(faults(page(sample::frame(), h1 + trusted_constant("<script>1</script>"))).size(), 1u);
}

TEST(Page, the_title_names_the_page_the_partnership_and_rowan) {
    PageFrame frame = sample::frame();
    EXPECT_EQ(title_of(page(frame, {})), "My work – Solihull Safeguarding Children Partnership – Rowan");
    frame.error = true;
    EXPECT_EQ(title_of(page(frame, {})), "Error: My work – Solihull Safeguarding Children Partnership – Rowan");
    frame.title = "O'Neill <b>";
    EXPECT_TRUE(title_of(page(frame, {})).starts_with("Error: O&#39;Neill &lt;b&gt; – "));
}

TEST(Page, the_header_says_who_is_signed_in_and_lets_them_out) {
    std::string document = page(sample::frame(), {});
    EXPECT_NE(document.find("Amira Hussain"), std::string::npos);
    EXPECT_NE(document.find("Exploitation coordinator, Children&#39;s social care"), std::string::npos);
    EXPECT_NE(document.find("<form method=\"post\" action=\"/sign-out\"><input type=\"hidden\" "
                            "name=\"csrf_token\" value=\"t0ken\">"),
              std::string::npos);
    EXPECT_NE(document.find("role=\"search\" action=\"/search\" method=\"get\""), std::string::npos);
    EXPECT_NE(
        document.find("aria-current=\"true\"><strong class=\"govuk-service-navigation__active-fallback\">People<"),
        std::string::npos);
}

TEST(Page, signed_out_there_is_no_search_and_no_navigation) {
    PageFrame frame = sample::frame();
    frame.person.reset();
    std::string document = page(frame, {});
    EXPECT_EQ(document.find("role=\"search\""), std::string::npos);
    EXPECT_EQ(document.find("/referrals"), std::string::npos);
    EXPECT_EQ(document.find("Sign out"), std::string::npos);
}

TEST(Page, the_footer_says_why_you_may_see_it_that_the_look_is_recorded_and_the_marking) {
    std::string document = page(sample::frame(), {});
    auto footer = document.substr(document.find("<footer"));
    EXPECT_NE(footer.find("You may see this because you are in the team around Bee. This look has been recorded."),
              std::string::npos);
    EXPECT_NE(footer.find("OFFICIAL-SENSITIVE"), std::string::npos);
    PageFrame plain{.title = "Sign in"};
    EXPECT_EQ(page(plain, {}).find("recorded"), std::string::npos);
}

TEST(Page, a_demonstration_says_so_on_the_page) {
    EXPECT_NE(page(sample::frame(), {}).find("This is a demonstration. Everyone in it is invented."),
              std::string::npos);
    PageFrame live = sample::frame();
    live.demonstration.clear();
    EXPECT_EQ(page(live, {}).find("govuk-phase-banner"), std::string::npos);
}

TEST(Page, every_form_carries_its_token) {
    Html made = form({.action = "/x", .csrf_token = "a&b", .files = true}, text("in"));
    EXPECT_EQ(made.view(),
              "<form method=\"post\" novalidate action=\"/x\" enctype=\"multipart/form-data\">"
              "<input type=\"hidden\" name=\"csrf_token\" value=\"a&amp;b\">in</form>");
}

// For looking at: ROWAN_SAMPLE_DIR=/some/where test_html --gtest_filter=Page.samples*
TEST(Page, samples_are_written_when_asked) {
    const char* where = std::getenv("ROWAN_SAMPLE_DIR");
    if (!where) GTEST_SKIP() << "skipped: ROWAN_SAMPLE_DIR is not set";
    std::filesystem::path folder(where);
    std::filesystem::create_directories(folder / "assets");
    auto save = [&](const std::filesystem::path& name, std::string_view bytes) {
        std::ofstream(folder / name, std::ios::binary) << bytes;
    };
    for (const Asset& asset : all_assets()) save(std::filesystem::path(asset.path.substr(1)), asset.bytes);
    save("record.html", sample_page("Beatrice Example", sample::record()));
    save("list.html", sample_page("Referrals", sample::list()));
    save("figures.html", sample_page("Problem profile", sample::figures()));
    save("form.html", sample_page("Refer a young person", sample::form_page()));
    save("wide.html", sample_page("Referrals", sample::list(), true));
}

}  // namespace rowan::html
