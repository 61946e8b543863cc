// Lists that people take away as a file: the same people, the same access, and a record of who took whom.
#include "formats/csv.h"
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient;
using testing::HasSubstr, testing::Not;

std::vector<formats::CsvRow> rows_of(const Answer& answer) {
    formats::CsvOptions options;
    options.has_header = false;  // the marking stands above the headings
    auto reader = formats::CsvReader::from_memory(answer.body(), options);
    if (!reader.ok()) throw std::runtime_error(reader.error().message);
    std::vector<formats::CsvRow> out;
    for (formats::CsvRow row;;) {
        const auto more = reader->next(row);
        if (!more.ok()) throw std::runtime_error(more.error().message);
        if (!*more) return out;
        out.push_back(row);
    }
}

struct List {
    std::string page, file;
};
const std::vector<List>& lists() {
    static const std::vector<List> all = {
        {"/profile/known-to-agencies/list", "/profile/known-to-agencies/list.csv"},
        {"/profile/known-to-agencies/list?offenders=yes", "/profile/known-to-agencies/list.csv?offenders=yes"},
        {"/profile/education-missing/list", "/profile/education-missing/list.csv"},
        {"/referrals?state=all", "/referrals/export?state=all"},
    };
    return all;
}

TEST(Exports, a_list_leads_to_its_file_which_names_whom_the_list_names_and_says_so_in_the_log) {
    Town town;
    for (const auto& list : lists()) {
        SCOPED_TRACE(list.file);
        auto imogen = town.client("imogen");
        const auto page = imogen.get(list.page);
        ASSERT_EQ(page.status(), 200);
        const auto before = town.audit_size();
        const auto file = imogen.get(list.file);
        ASSERT_EQ(file.status(), 200);
        EXPECT_THAT(file.response.content_type, HasSubstr("text/csv"));
        EXPECT_THAT(file.header("Content-Disposition"), HasSubstr("attachment"));
        const auto rows = rows_of(file);
        ASSERT_GE(rows.size(), 2u);
        const bool nobody = page.body().find("Nobody is in this list") != std::string::npos;
        EXPECT_EQ(nobody, rows.size() == 2);
        if (!nobody) {
            EXPECT_THAT(page.body(), HasSubstr(list.file.substr(0, list.file.find('?'))));
        }
        EXPECT_EQ(rows[0][0], town.office().scheme.marking) << "the marking goes with every paper";
        const auto name =
            static_cast<std::size_t>(std::find(rows[1].begin(), rows[1].end(), "Name") - rows[1].begin());
        ASSERT_LT(name, rows[1].size());
        // The last line may count those who stay unnamed.
        for (std::size_t i = 2; i < rows.size() && i < 40; ++i)
            if (const auto& row = rows[i]; !row[0].empty()) {
                EXPECT_THAT(page.document.text, HasSubstr(row[name]));
            }
        std::size_t people = 0;
        for (const auto& entry : town.audit_since(before)) {
            EXPECT_EQ(entry.act, "export");
            people += entry.subject_kind == "person";
        }
        EXPECT_EQ(nobody, people == 0);
    }
}

TEST(Exports, whoever_may_count_and_not_see_takes_away_numbers_and_no_names) {
    Town town;
    auto noor = town.client("noor");
    const auto rows = rows_of(noor.get("/profile/known-to-agencies/list.csv"));
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_THAT(rows[2][1], HasSubstr("counted but not shown"));
    for (const auto* who : {"tomasz", "hugh", "gwen", "alan"}) {
        auto client = town.client(who);
        EXPECT_EQ(client.get("/profile/known-to-agencies/list.csv").status(), 404) << who;
        EXPECT_EQ(client.get("/profile/education-missing/list.csv").status(), 404) << who;
    }
}

TEST(Exports, words_that_a_spreadsheet_would_calculate_are_text) {
    Town town;
    auto tomasz = town.client("tomasz");
    const std::vector<std::string> names = {"=1+1", "+44 shop", "-2-3 flat", "@SUM(A1)"};
    for (const auto& place : names) {
        auto at = tomasz.submit(tomasz.get("/referrals/new"), "/referrals/new").location();
        const auto draft = at.substr(0, at.rfind('/'));
        const std::vector<std::pair<std::string, support::Form>> said = {
            {"/about", {{"subject_kind", "location"}}},
            {"/place", {{"place_name", place}}},
            {"/why", {{"reason", "SE"}, {"exploitation", "CSE"}}},
            {"/known", {}},
            {"/worry", {{"narrative", "Cars stop there at night."}}},
            {"/danger", {{"immediate_danger", "no"}}},
            {"/social-care", {{"csc_question", "already_open"}, {"csc_ref_open", "CSC-1"}}},
            {"/you", {{"referrer_email", "lead@school.example"}}}};
        for (const auto& [step, form] : said)
            ASSERT_EQ(tomasz.submit(tomasz.get(draft + step), draft + step, form, "continue").status(), 303)
                << step;
        ASSERT_EQ(tomasz.submit(tomasz.get(draft + "/check"), draft + "/send").status(), 303);
    }
    const auto file = tomasz.get("/referrals/export");
    for (const auto& place : names) {
        EXPECT_THAT(file.body(), HasSubstr("'" + place)) << "a spreadsheet shows it and calculates nothing";
        EXPECT_THAT(file.body(), Not(HasSubstr("," + place)));
    }
}

}  // namespace
}  // namespace rowan::pages
