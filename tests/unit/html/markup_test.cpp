#include "html/markup.h"

#include "html/components.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace rowan::html {

namespace {

// The other way round, for the five entities that escaping writes.
std::string unescape(std::string_view html) {
    std::string out;
    for (std::size_t i = 0; i < html.size();) {
        bool found = false;
        for (auto [entity, c] :
             {std::pair{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}) {
            if (html.substr(i).starts_with(entity)) {
                out += c;
                i += std::string_view(entity).size();
                found = true;
                break;
            }
        }
        if (!found) out += html[i++];
    }
    return out;
}

bool has_special(std::string_view html) { return html.find_first_of("<>\"'") != std::string_view::npos; }

// Strings rich in what could break out.
rc::Gen<std::string> nasty() {
    return rc::gen::container<std::string>(
        rc::gen::oneOf(rc::gen::elementOf(std::string("<>&\"'`=/ ;\n\t#jsx\0", 18)), rc::gen::arbitrary<char>()));
}

}  // namespace

RC_GTEST_PROP(Escaping, text_round_trips_and_no_angle_bracket_survives, ()) {
    std::string typed = *nasty();
    Html html = text(typed);
    RC_ASSERT(!has_special(html.view()));
    RC_ASSERT(unescape(html.view()) == typed);
}

RC_GTEST_PROP(Escaping, an_attribute_value_stays_inside_its_quotes, ()) {
    std::string typed = *nasty();
    std::string html(el("p", attr("title", typed)).view());
    RC_ASSERT(html.starts_with("<p title=\"") && html.ends_with("\"></p>"));
    std::string value = html.substr(10, html.size() - 16);
    RC_ASSERT(!has_special(value));
    RC_ASSERT(unescape(value) == typed);
}

RC_GTEST_PROP(Escaping, what_is_typed_never_adds_a_tag_to_a_component, ()) {
    std::string typed = *nasty();
    auto tags = [](const Html& html) { return std::count(html.view().begin(), html.view().end(), '<'); };
    auto made = [](const std::string& s) {
        return join(input({.name = "n",
                           .id = "i",
                           .label = {.text = "L" + s},
                           .hint = {.text = "H" + s},
                           .value = s,
                           .classes = s}),
                    table({.caption = "C" + s, .head = columns("A" + s), .rows = {row(s, "b" + s)}}),
                    radios({.name = s, .id_prefix = "p", .items = {{.value = s, .text = "T" + s}}}),
                    summary_list({.rows = {summary_row("K" + s, s, "/x?" + s)}}));
    };
    RC_ASSERT(tags(made(typed)) == tags(made("plain")));
}

RC_GTEST_PROP(Addresses, no_scheme_but_the_known_survives, ()) {
    std::string padding = *rc::gen::container<std::string>(rc::gen::elementOf(std::string(" \t\n\r\x01\x1f")));
    std::string scheme =
        *rc::gen::element<std::string>("javascript", "JaVaScRiPt", "data", "vbscript", "file", "blob");
    auto at = *rc::gen::inRange<std::size_t>(0, scheme.size());
    std::string url = padding + scheme.substr(0, at) + *rc::gen::element<std::string>("", "\t", "\n", "\r") +
                      scheme.substr(at) + ":alert(1)";
    RC_ASSERT(el("a", href(url), "x").view() == "<a href=\"#\">x</a>");
}

TEST(Addresses, ordinary_ones_are_kept) {
    for (const char* url :
         {"/people/42?sort=-due#risk", "#dob-day", "https://example.org/a:b", "mailto:a@example.org",
          "tel:07700900123", "?page=2", "", "people/a:b", "//example.org/"})
        EXPECT_EQ(safe_address(url), url);
}

TEST(Element, takes_attributes_and_children_in_any_mixture) {
    std::string name = "Bee & co";
    bool hidden = false;
    EXPECT_EQ(el("p", cls("govuk-body", ""), id("a"), "Hello ", name, el("b", 3), flag("hidden", hidden)).view(),
              "<p class=\"govuk-body\" id=\"a\">Hello Bee &amp; co<b>3</b></p>");
    EXPECT_EQ(el("input", attr("name", "n"), flag("disabled")).view(), "<input name=\"n\" disabled>");
    EXPECT_EQ(el("p", cls("")).view(), "<p></p>");
    EXPECT_THROW(el("br", "no"), std::logic_error);
}

TEST(Element, pieces_join_and_depend) {
    EXPECT_EQ(join("a<", el("b"), 7).view(), "a&lt;<b></b>7");
    EXPECT_EQ(join_with(", ", {text("a"), text("b")}).view(), "a, b");
    EXPECT_EQ(when(false, text("x")).view(), "");
    EXPECT_EQ(when(true, [] { return text("x"); }).view(), "x");
    bool called = false;
    when(false, [&] {
        called = true;
        return Html{};
    });
    EXPECT_FALSE(called);
    EXPECT_EQ(each(std::vector<int>{1, 2}, [](int n) { return el("li", n); }).view(), "<li>1</li><li>2</li>");
}

TEST(Attributes, event_handlers_and_styles_are_refused_at_run_time_too) {
    for (const char* name : {"onclick", "ONLOAD", "style", "a b", "x>", ""})
        EXPECT_THROW(button({.text = "x", .attributes = {{name, "1"}}}), std::logic_error) << name;
    EXPECT_NO_THROW(button({.text = "x", .attributes = {{"data-key", "1"}}}));
}

// Html has one friend that makes it from a string at run time; it exists in tests only.
TEST(Html, the_way_in_for_tests_is_not_used_by_the_program) {
    int files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(ROWAN_SOURCE_DIR "/src")) {
        if (!entry.is_regular_file()) continue;
        ++files;
        std::ifstream in(entry.path(), std::ios::binary);
        std::string source((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        if (entry.path().filename() != "markup.h") {
            EXPECT_EQ(source.find("HtmlTestPeer"), std::string::npos) << entry.path();
        }
    }
    EXPECT_GT(files, 20);
}

TEST(Paragraphs, keep_what_was_typed) {
    EXPECT_EQ(paragraphs("One\r\ntwo\n\n\nThree <b>").view(),
              "<p class=\"govuk-body\">One<br>two</p><p class=\"govuk-body\">Three &lt;b&gt;</p>");
    EXPECT_EQ(paragraphs(" \n\n").view(), "");
}

TEST(Speed, a_page_with_a_table_of_fifty_rows_takes_microseconds) {
    auto make = [] {
        Table made{.caption = "People", .head = columns("Name", "Age", "Area", "Status", "Due")};
        for (int i = 0; i < 50; ++i)
            made.rows.push_back(
                row("Beatrice Example", i, "Castle Bromwich", tag({.text = "High"}), "in 6 hours"));
        return table(made);
    };
    make();
    auto best = std::chrono::nanoseconds::max();
    for (int i = 0; i < 50; ++i) {
        auto from = std::chrono::steady_clock::now();
        ASSERT_GT(make().size(), 10'000u);
        best = std::min(best, std::chrono::nanoseconds(std::chrono::steady_clock::now() - from));
    }
    RecordProperty("best_microseconds", static_cast<int>(best.count() / 1000));
    std::cout << "table of 50 rows: " << static_cast<double>(best.count()) / 1000 << " µs\n";
    // Wide enough for a busy machine and a sanitizer; the figure itself is printed above.
    EXPECT_LT(best, std::chrono::milliseconds(5));
}

}  // namespace rowan::html
