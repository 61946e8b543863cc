// Who has looked, page by page: nothing of the log is out of reach, however long it has grown.
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient;

std::string older(const Answer& answer) {
    for (const auto* a : answer.document.all("a"))
        if (a->get("href").find("before=") != std::string::npos) return a->get("href");
    return "";
}

std::size_t lines(const Answer& answer) {
    const auto rows = answer.document.all("tr").size();
    return rows ? rows - 1 : 0;  // the headings
}

// All pages from the newest to the oldest; each reading is an entry itself.
std::vector<Answer> all_pages(CheckedClient& client, const std::string& address) {
    std::vector<Answer> out;
    for (auto next = address; !next.empty() && out.size() < 50; next = older(out.back())) {
        out.push_back(client.get(next));
        EXPECT_EQ(out.back().status(), 200) << next;
    }
    return out;
}

std::size_t lines(const std::vector<Answer>& pages) {
    std::size_t out = 0;
    for (const auto& page : pages) out += lines(page);
    return out;
}

void look_often(Town& town, CheckedClient& client, const std::string& person, int times) {
    const auto before = town.audit_size();
    for (int i = 0; i < times; ++i) client.get("/api/people/" + person);
    ASSERT_EQ(town.audit_size(), before + times);
}

TEST(Looks, every_look_at_a_person_is_found_page_by_page) {
    Town town;
    auto imogen = town.client("imogen");
    const auto person = town.ordinary_person();
    const auto address = "/people/" + person + "/looks";
    const auto before = lines(all_pages(imogen, address));
    EXPECT_EQ(older(imogen.get(address)), "") << "one page is enough";
    look_often(town, imogen, person, 450);
    const auto pages = all_pages(imogen, address);
    EXPECT_EQ(pages.size(), 3u);
    EXPECT_EQ(lines(pages[0]), 200u);
    // Two readings came before: of all pages, and of the one that was enough.
    EXPECT_EQ(lines(pages), before + 450 + 2);
    const auto newest = pages.back().document.all("a");
    EXPECT_TRUE(std::any_of(newest.begin(), newest.end(), [&](const auto* a) {
        return a->get("href") == address;
    })) << "the way back to the newest";
}

TEST(Looks, information_governance_reaches_the_whole_log) {
    Town town;
    auto imogen = town.client("imogen"), petra = town.client("petra");
    const auto person = town.ordinary_person();
    look_often(town, imogen, person, 250);
    const auto entries = town.audit_size();
    const auto log = all_pages(petra, "/looks");
    EXPECT_EQ(static_cast<std::int64_t>(lines(log)), entries);
    const auto about = all_pages(petra, "/looks?subject=" + person);
    EXPECT_EQ(static_cast<std::int64_t>(lines(about)),
              town.number("SELECT COUNT(*) FROM audit_entry WHERE subject_id = $1", person) -
                  static_cast<std::int64_t>(about.size()));
}

TEST(Looks, a_place_in_the_log_that_is_none_is_the_newest) {
    Town town;
    auto petra = town.client("petra");
    for (const auto* before : {"x", "", "99999999999999999999"})
        EXPECT_GT(lines(petra.get("/looks?before=" + std::string(before))), 0u) << before;
    EXPECT_EQ(lines(petra.get("/looks?before=0")), 0u);
}

}  // namespace
}  // namespace rowan::pages
