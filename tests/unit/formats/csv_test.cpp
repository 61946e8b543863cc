#include "formats/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace rowan::formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Read {
    std::vector<CsvRow> rows;
    std::string error;
};

Read read(std::string bytes, CsvOptions options = {}) {
    Read out;
    auto reader = CsvReader::from_memory(std::move(bytes), options);
    if (!reader) return {{}, reader.error().message};
    if (options.has_header) out.rows.push_back(reader->header());
    CsvRow row;
    for (;;) {
        const auto more = reader->next(row);
        if (!more) out.error = more.error().message;
        if (!more || !*more) return out;
        out.rows.push_back(row);
    }
}

TEST(Csv, reads_quotes_commas_and_lines_inside_cells) {
    const auto r = read("a,b\r\n\"x \"\"y\"\" z\",\"1,\r\n2\"\r\n,\r\n");
    EXPECT_EQ(r.error, "");
    EXPECT_THAT(r.rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"x \"y\" z", "1,\r\n2"}, CsvRow{"", ""}));
}

TEST(Csv, takes_unix_and_windows_line_ends_and_none_at_the_end) {
    EXPECT_THAT(read("a,b\n1,2\r\n3,4").rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", "2"}, CsvRow{"3", "4"}));
    EXPECT_THAT(read("a,b\n1,\"\"").rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", ""}));
    EXPECT_THAT(read("a,b\n1,").rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", ""}));
}

TEST(Csv, passes_over_empty_lines_but_not_in_a_single_column) {
    EXPECT_THAT(read("\n\na,b\n\n1,2\n\n\n").rows, ElementsAre(CsvRow{"a", "b"}, CsvRow{"1", "2"}));
    EXPECT_THAT(read("a\n\nx\n").rows, ElementsAre(CsvRow{"a"}, CsvRow{""}, CsvRow{"x"}));
}

TEST(Csv, finds_the_separator_in_the_first_line_outside_quotes) {
    EXPECT_THAT(read("a;b;c\n1;2,5;3\n").rows[1], ElementsAre("1", "2,5", "3"));
    EXPECT_THAT(read("a\tb\n1\t2;3\n").rows[1], ElementsAre("1", "2;3"));
    EXPECT_THAT(read("\"a;;;\",b\n1,2\n").rows[0], ElementsAre("a;;;", "b"));
    EXPECT_THAT(read("a;b\n", {.separator = ','}).rows[0], ElementsAre("a;b"));
}

TEST(Csv, knows_its_columns_by_their_headings) {
    const auto reader = CsvReader::from_memory("\xef\xbb\xbfname ,\" UPN \",,\n");
    ASSERT_TRUE(reader.ok());
    EXPECT_THAT(reader->header(), ElementsAre("name", "UPN", "", ""));
    EXPECT_EQ(reader->column("UPN"), 1u);
    EXPECT_EQ(reader->column("upn"), std::nullopt);
    EXPECT_EQ(reader->column(""), std::nullopt);
    EXPECT_EQ(read("a,b,a\n").error, "Two columns have the same heading. Give each column its own.");
}

TEST(Csv, refuses_what_it_would_have_to_guess_and_says_where) {
    EXPECT_THAT(read("a,b\n1,2\n1\n").error, HasSubstr("Line 3: there are 1 cells, but the first line has 2"));
    EXPECT_THAT(read("a,b\n1,2,3\n").error, HasSubstr("Line 2: there are 3 cells"));
    EXPECT_THAT(read("a,b\n1,x\"y\n").error, HasSubstr("Line 2: a quote in the middle"));
    EXPECT_THAT(read("a,b\n1,\"x\"y\n").error, HasSubstr("Line 2: there is text after a closing quote"));
    EXPECT_THAT(read("a,b\n\n\"1\n\n,2\n").error, HasSubstr("Line 3: a quote is opened and never closed"));
    EXPECT_THAT(read("a,b\r1,2\r").error, HasSubstr("Line 1: a carriage return without a line feed"));
    EXPECT_THAT(read("").error, HasSubstr("empty"));
    EXPECT_THAT(read("\n\n").error, HasSubstr("empty"));
}

TEST(Csv, counts_lines_inside_quotes) {
    EXPECT_THAT(read("a,b\n\"1\n\n\",2\nx\n").error, HasSubstr("Line 5:"));
    auto reader = CsvReader::from_memory("a,b\n\"1\n\n\",2\nx,y\n");
    CsvRow row;
    ASSERT_TRUE(*reader->next(row));
    EXPECT_EQ(reader->line(), 2u);
    ASSERT_TRUE(*reader->next(row));
    EXPECT_EQ(reader->line(), 5u);
    EXPECT_EQ(reader->rows(), 2u);
}

TEST(Csv, an_error_never_quotes_a_cell_and_comes_again) {
    auto reader = CsvReader::from_memory("a,b\nSECRET,SEC\"RET\n1,2\n");
    CsvRow row;
    for (int i = 0; i < 2; ++i) {
        const auto more = reader->next(row);
        ASSERT_FALSE(more.ok());
        EXPECT_EQ(more.error().message.find("SEC"), std::string::npos);
    }
}

TEST(Csv, keeps_its_limits) {
    EXPECT_THAT(read("a\nxxxx\n", {.limits = {.cell_bytes = 3}}).error,
                HasSubstr("Line 2: a cell is longer than 3"));
    EXPECT_THAT(read("a\n\"xxxx\n", {.limits = {.cell_bytes = 3}}).error,
                HasSubstr("Line 2: a cell is longer than 3"));
    EXPECT_THAT(read("a,b,c\n", {.limits = {.columns = 2}}).error, HasSubstr("more than 2 columns"));
    EXPECT_EQ(read("a,b\n1,2\n", {.limits = {.columns = 2}}).error, "");
    EXPECT_THAT(read("a\n1\n2\n3\n", {.limits = {.rows = 2}}).error, HasSubstr("more than 2 rows"));
    EXPECT_EQ(read("a\n1\n2\n", {.limits = {.rows = 2}}).error, "");
    EXPECT_THAT(read("a\n1\n2\n", {.limits = {.bytes = 5}}).error, HasSubstr("larger"));
}

TEST(Csv, may_have_no_headings) {
    EXPECT_THAT(read("1,1\n2,2\n", {.has_header = false}).rows, ElementsAre(CsvRow{"1", "1"}, CsvRow{"2", "2"}));
    EXPECT_EQ(read("", {.has_header = false}).error, "");
}

std::string utf16(std::u16string_view text, bool little) {
    std::string out;
    for (const auto c : text) {
        const char low = static_cast<char>(c & 0xff), high = static_cast<char>(c >> 8);
        out += little ? low : high;
        out += little ? high : low;
    }
    return out;
}

TEST(CsvEncoding, reads_utf16_with_and_without_its_mark) {
    for (const bool little : {true, false}) {
        for (const auto* text : {u"\ufeffname,note\r\nZoë 🙂,ł\r\n", u"name,note\r\nZoë 🙂,ł\r\n"}) {
            auto reader = CsvReader::from_memory(utf16(text, little));
            ASSERT_TRUE(reader.ok()) << reader.error().message;
            EXPECT_EQ(reader->encoding(), little ? CsvEncoding::utf16_little : CsvEncoding::utf16_big);
            EXPECT_THAT(reader->header(), ElementsAre("name", "note"));
            CsvRow row;
            ASSERT_TRUE(*reader->next(row));
            EXPECT_THAT(row, ElementsAre("Zoë 🙂", "ł"));
        }
    }
}

TEST(CsvEncoding, refuses_broken_utf16) {
    EXPECT_THAT(read(utf16(u"\ufeffa,b\n1,\xd83d\n", true)).error, HasSubstr("UTF-16"));   // half a pair
    EXPECT_THAT(read(utf16(u"\ufeffa,b\n1,2\n", true) + "x").error, HasSubstr("UTF-16"));  // half a unit
    EXPECT_THAT(read(utf16(u"\ufeffa,b\n1,\xde42\n", true)).error, HasSubstr("UTF-16"));
}

TEST(CsvEncoding, reads_windows_1252_and_says_so) {
    auto reader = CsvReader::from_memory(
        "name,cost\nO\x92"
        "Brien,\x80"
        "5\nZo\xeb,\xa3"
        "1\n");
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(reader->encoding(), CsvEncoding::windows_1252);
    CsvRow row;
    ASSERT_TRUE(*reader->next(row));
    EXPECT_THAT(row, ElementsAre("O’Brien", "€5"));
    ASSERT_TRUE(*reader->next(row));
    EXPECT_THAT(row, ElementsAre("Zoë", "£1"));
}

TEST(CsvEncoding, refuses_what_is_no_text) {
    EXPECT_THAT(read("a,b\n\x81,\xff\n").error, HasSubstr("neither UTF-8 nor Windows-1252"));
    EXPECT_THAT(read(std::string("a,b\n1,x\0y\n", 10)).error, HasSubstr("NUL"));
    EXPECT_THAT(read("PK\x03\x04zzzz").error, HasSubstr("spreadsheet"));
    EXPECT_THAT(read("%PDF-1.7\n").error, HasSubstr("PDF"));
}

TEST(CsvEncoding, takes_overlong_and_surrogate_utf8_for_another_encoding) {
    for (const auto* bytes :
         {"a\n\xc0\xaf\n", "a\n\xe0\x80\xaf\n", "a\n\xed\xa0\x80\n", "a\n\xf4\x90\x80\x80\n"}) {
        const auto reader = CsvReader::from_memory(bytes);
        EXPECT_TRUE(!reader || reader->encoding() == CsvEncoding::windows_1252);
    }
    EXPECT_EQ(CsvReader::from_memory("a\n\xf0\x9f\x99\x82\n")->encoding(), CsvEncoding::utf8);
}

class CsvFile : public ::testing::Test {
protected:
    CsvFile() {
        auto name = (std::filesystem::temp_directory_path() / "rowan-csv-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
        folder_ = name;
    }
    ~CsvFile() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_F(CsvFile, of_many_portions_is_read_as_from_memory) {
    std::string all = "id,text\n";
    for (int i = 0; i < 20000; ++i)
        all += std::to_string(i) + ",\"é \"\"" + std::string(static_cast<std::size_t>(i % 17), 'x') + "\"\"\n\"\n";
    std::ofstream(folder_ / "big.csv", std::ios::binary) << all;
    auto reader = CsvReader::open(folder_ / "big.csv");
    ASSERT_TRUE(reader.ok());
    const auto memory = read(all);
    ASSERT_EQ(memory.rows.size(), 20001u);
    CsvRow row;
    for (std::size_t i = 1; i < memory.rows.size(); ++i) {
        ASSERT_TRUE(*reader->next(row));
        ASSERT_EQ(row, memory.rows[i]);
    }
    EXPECT_FALSE(*reader->next(row));
}

TEST_F(CsvFile, that_is_not_there_or_is_a_folder_is_not_found) {
    EXPECT_EQ(CsvReader::open(folder_ / "none.csv").error().kind, base::ErrorKind::not_found);
    EXPECT_EQ(CsvReader::open(folder_).error().kind, base::ErrorKind::not_found);
}

TEST_F(CsvFile, may_be_a_pipe) {
    const auto pipe = (folder_ / "pipe").string();
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::thread writer([&] { std::ofstream(pipe) << "a,b\n1,2\n"; });
    auto reader = CsvReader::open(pipe);
    writer.join();
    ASSERT_TRUE(reader.ok());
    CsvRow row;
    ASSERT_TRUE(*reader->next(row));
    EXPECT_THAT(row, ElementsAre("1", "2"));
}

TEST(CsvWriter, quotes_only_what_needs_it) {
    EXPECT_EQ(to_csv({{"a", "b c", "1,5", "x;y", "say \"hi\"", "two\nlines", " edge"}}, CsvFor::machines),
              "a,b c,\"1,5\",\"x;y\",\"say \"\"hi\"\"\",\"two\nlines\",\" edge\"\r\n");
    EXPECT_EQ(to_csv({{""}, {"", ""}}, CsvFor::machines), "\"\"\r\n,\r\n");
}

TEST(CsvWriter, disarms_formulas_for_people) {
    const auto cell = [](const std::string& text) {
        const auto line = to_csv({{"x", text}});
        return line.substr(5, line.size() - 7);  // after the mark, "x," and before CR LF
    };
    EXPECT_EQ(cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
    EXPECT_EQ(cell("+447700900123"), "'+447700900123");
    EXPECT_EQ(cell("-1+1"), "'-1+1");
    EXPECT_EQ(cell("-"), "'-");
    EXPECT_EQ(cell("-1-1"), "'-1-1");
    EXPECT_EQ(cell("@SUM(A1)"), "'@SUM(A1)");
    EXPECT_EQ(cell("\t=1"), "\"'\t=1\"");
    EXPECT_EQ(cell("\r=1"), "\"'\r=1\"");
    EXPECT_EQ(cell("\n=1"), "\"'\n=1\"");
    EXPECT_EQ(cell("＝1+1"), "'＝1+1");
    EXPECT_EQ(cell("=\"a\",1"), "\"'=\"\"a\"\",1\"");
    EXPECT_EQ(cell("-12"), "-12") << "a plain negative number is a figure";
    EXPECT_EQ(cell("-0.5"), "-0.5");
    EXPECT_EQ(cell("O'Neill"), "O'Neill");
}

TEST(CsvWriter, leaves_formulas_as_they_are_for_machines) {
    EXPECT_EQ(to_csv({{"=1", "-x"}}, CsvFor::machines), "=1,-x\r\n");
}

TEST(CsvWriter, begins_with_one_mark_for_spreadsheets) {
    EXPECT_EQ(to_csv({{"a"}, {"b"}}),
              "\xef\xbb\xbf"
              "a\r\nb\r\n");
}

RC_GTEST_PROP(CsvProperty, what_is_written_for_machines_is_read_back, ()) {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
    const auto text =
        rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ';', '\t', ' ', '=', '\''));
    const auto rows =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<CsvRow>>(rc::gen::container<CsvRow>(columns, text)));
    const auto back = read(to_csv(rows, CsvFor::machines), {.separator = ',', .has_header = false});
    RC_ASSERT(back.error == "");
    RC_ASSERT(back.rows == rows);
}

RC_GTEST_PROP(CsvProperty, nothing_written_for_people_begins_like_a_formula, ()) {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::element('=', '+', '-', '@', '\t', '\r', '\n', '1', '.', 'a', '"'));
    const auto back = read(to_csv({{text, "x"}}), {.separator = ',', .has_header = false});
    RC_ASSERT(back.rows.size() == 1u);
    const auto& cell = back.rows[0][0];
    const bool figure =
        cell.size() > 1 && cell[0] == '-' && cell.find_first_not_of("0123456789.", 1) == std::string::npos;
    RC_ASSERT(cell.empty() || figure || std::string_view("=+-@\t\r\n").find(cell[0]) == std::string_view::npos);
    RC_ASSERT(cell == text || cell == "'" + text);
}

}  // namespace
}  // namespace rowan::formats
