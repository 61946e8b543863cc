// Reading an agency's file: its headings, its dates, its codes, and what is refused with a sentence.
#include "exchange/extract.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace rowan::exchange {
namespace {

const base::Date kToday = *base::parse_iso_date("2018-03-26");

const partnership::Scheme& scheme() {
    static const auto made = partnership::shipped_scheme("solihull").value();
    return made;
}
base::Date day(const char* iso) { return base::parse_iso_date(iso).value(); }

std::vector<ExtractLine> lines(const std::string& csv, std::optional<Mapping> mapping = {}) {
    auto reader = formats::CsvReader::from_memory(csv).value();
    if (!mapping) mapping = detect_mapping(reader.header(), scheme()).value();
    std::vector<ExtractLine> out;
    formats::CsvRow row;
    while (reader.next(row).value()) out.push_back(read_line(reader, row, *mapping, scheme(), kToday));
    return out;
}
ExtractLine line(const std::string& headings, const std::string& cells, std::optional<Mapping> mapping = {}) {
    return lines(headings + "\n" + cells + "\n", mapping).at(0);
}

TEST(Extract, the_usual_headings_are_recognised_however_they_are_written) {
    for (const auto& [written, field] :
         std::vector<std::pair<std::string, std::string>>{{"Forename", "given_names"},
                                                          {"FIRST NAME", "given_names"},
                                                          {"Surname", "family_name"},
                                                          {"family_name", "family_name"},
                                                          {"D.O.B.", "born"},
                                                          {"Date of Birth", "born"},
                                                          {"NHS No", "nhs_number"},
                                                          {"NHS number", "nhs_number"},
                                                          {"UPN", "upn"},
                                                          {"Post Code", "postcode"},
                                                          {"Gender", "sex"},
                                                          {"Client ID", "local_ref"},
                                                          {"A.K.A.", "alias"}}) {
        const auto mapping = detect_mapping({"Surname ", written}, scheme());
        ASSERT_TRUE(mapping.ok()) << written;
        EXPECT_EQ(field == "family_name" ? "Surname " : written, mapping->column_of(field)) << written;
    }
    EXPECT_FALSE(detect_mapping({"Colour", "DOB"}, scheme()).ok());
    EXPECT_FALSE(detect_mapping({}, scheme()).ok());
}

TEST(Extract, flags_and_their_dates_are_found_by_the_schemes_codes) {
    const auto mapping = detect_mapping({"Surname", "CSE_risk", "CSE risk from", "CSE_risk to"}, scheme()).value();
    ASSERT_EQ(1u, mapping.flags.size());
    EXPECT_EQ("CSE risk from", mapping.flags[0].set_on);
    const auto read = line("Surname,CSE_risk,CSE risk from,CSE_risk to", "Voss,yes,01/02/2018,03/03/2018");
    ASSERT_EQ(1u, read.flags.size());
    EXPECT_EQ(day("2018-02-01"), read.flags[0].set_on);
    EXPECT_EQ(day("2018-03-03"), read.flags[0].cleared_on);
    for (const auto* no : {"no", "N", "0", "false", "", "  "})
        EXPECT_TRUE(line("Surname,CSE_risk", std::string("Voss,") + no).flags.empty()) << no;
    for (const auto* yes : {"yes", "Y", "1", "true", "x"})
        EXPECT_EQ(1u, line("Surname,CSE_risk", std::string("Voss,") + yes).flags.size()) << yes;
    EXPECT_EQ(kToday, line("Surname,CSE_risk", "Voss,y").flags[0].set_on);
}

TEST(Extract, dates_as_agencies_write_them) {
    const std::vector<DateOrder> usual{DateOrder::day_first, DateOrder::year_first},
        american{DateOrder::month_first};
    for (const auto* text : {"14/03/2009", "14-03-2009", "14.3.2009", "14/03/2009 00:00", "14/03/2009 13:45:10",
                             "2009-03-14", "2009/03/14", "2009-03-14T00:00:00", "2009-03-14 00:00:00.000",
                             "20090314", "14 March 2009", "14-Mar-2009", " 14/03/2009 "}) {
        const auto read = read_date(text, usual);
        ASSERT_TRUE(read.ok()) << text;
        EXPECT_EQ(day("2009-03-14"), *read) << text;
    }
    EXPECT_EQ(day("2009-03-04"), *read_date("04/03/2009", usual));
    EXPECT_EQ(day("2009-04-03"), *read_date("04/03/2009", american)) << "month first, where the mapping says so";
    EXPECT_EQ(day("2009-03-14"), *read_date("03/14/2009", american));
    EXPECT_FALSE(read_date("03/14/2009", usual).ok());
    EXPECT_FALSE(read_date("2009-03-14", american).ok());
    for (const auto* text :
         {"31/02/2017", "29/02/2017", "00/01/2009", "14/03/09", "14/03", "2009", "", "unknown", "1/1/20091",
          "14032009", "201003144", "32/01/2009", "2009-13-01", "257/01/2009", "14//", "//", "T", "2009-03-T"})
        EXPECT_FALSE(read_date(text, usual).ok()) << text;
}

TEST(Extract, every_real_day_is_read_in_each_order_and_no_text_crashes) {
    EXPECT_TRUE(rc::check([](int days) {
        const auto date = base::add_days(day("1900-01-01"), std::abs(days) % 60000);
        const auto iso = base::to_iso(date);
        const auto y = iso.substr(0, 4), m = iso.substr(5, 2), d = iso.substr(8, 2);
        const std::vector<DateOrder> usual{DateOrder::day_first, DateOrder::year_first};
        for (const auto& text : {iso, y + m + d, d + "/" + m + "/" + y, d + "." + m + "." + y + " 00:00"})
            RC_ASSERT(*read_date(text, usual) == date);
        RC_ASSERT(*read_date(m + "/" + d + "/" + y, {DateOrder::month_first}) == date);
    }));
    EXPECT_TRUE(rc::check([](const std::string& text) {
        const auto read = read_date(text, {DateOrder::day_first, DateOrder::year_first, DateOrder::month_first});
        if (read.ok()) RC_ASSERT(read->ok());
    }));
}

TEST(Extract, a_line_is_read_whole) {
    const auto read = line("Client ID,Forename,Surname,AKA,DOB,Sex,NHS No,Postcode,Phone,Address",
                           "C-1,Amina,Rahman,Mina; Minnie,14/03/2009,female,999 000 0018,b913qb,07700 900123,\"1 "
                           "Harbour Way, Solihull\"");
    EXPECT_TRUE(read.problems.empty());
    const auto& who = read.identity;
    EXPECT_EQ(2u, read.number);
    EXPECT_EQ("C-1", who.local_ref);
    EXPECT_EQ((std::vector<std::string>{"Mina", "Minnie"}), who.aliases);
    EXPECT_EQ(day("2009-03-14"), who.born);
    EXPECT_EQ("F", who.sex);
    EXPECT_EQ("9990000018", who.nhs_number);
    EXPECT_EQ("B91 3QB", who.postcode);
    EXPECT_EQ("+447700900123", who.phone);
    EXPECT_EQ("1 Harbour Way, Solihull", who.address);
}

TEST(Extract, names_of_one_character_emoji_and_right_to_left_are_names_and_300_characters_are_not) {
    EXPECT_TRUE(line("Forename,Surname", "A,B").problems.empty());
    EXPECT_TRUE(line("Forename,Surname", "😀,نور").problems.empty());
    EXPECT_EQ("نور حسن", line("Forename,Surname", "نور,حسن").identity.display_name());
    EXPECT_FALSE(line("Forename,Surname", std::string(300, 'x') + ",B").problems.empty());
    EXPECT_FALSE(line("Forename,Surname", ",").problems.empty());
}

TEST(Extract, formula_cells_are_kept_as_they_were_written) {
    const auto read = line("Forename,Surname", "\"=HYPERLINK(\"\"x\"\")\",@SUM");
    EXPECT_TRUE(read.problems.empty());
    EXPECT_EQ("=HYPERLINK(\"x\")", read.identity.given_names);
    // … and disarmed where they go out again.
    EXPECT_NE(std::string::npos, formats::to_csv({{read.identity.given_names}}).find("'=HYPERLINK"));
}

TEST(Extract, what_is_wrong_is_said_for_each_cell) {
    EXPECT_EQ(3u, line("Surname,DOB,NHS No,UPN", "Voss,31/02/2017,9990000019,X1").problems.size());
    EXPECT_FALSE(line("Surname,DOB", "Voss,27/03/2018").problems.empty()) << "born tomorrow";
    EXPECT_FALSE(line("Surname,CSE_risk,CSE_risk from", "Voss,y,27/03/2018").problems.empty()) << "set tomorrow";
    EXPECT_FALSE(
        line("Surname,CSE_risk,CSE_risk from,CSE_risk to", "Voss,y,02/02/2018,01/02/2018").problems.empty())
        << "ends before it begins";
    EXPECT_TRUE(line("Surname,Postcode", "Voss,somewhere").problems.empty())
        << "an unreadable postcode is Blank, not wrong";
    for (const auto& sentence : line("Surname,DOB", "Voss,31/02/2017").problems)
        EXPECT_EQ(std::string::npos, sentence.find("Voss"));
}

TEST(Extract, a_second_line_of_headings_is_noticed) {
    const auto read = lines("Forename,Surname\nForename,Surname\nAmina,Rahman\n");
    ASSERT_EQ(2u, read.size());
    ASSERT_EQ(1u, read[0].problems.size());
    EXPECT_NE(std::string::npos, read[0].problems[0].find("second line of headings"));
    EXPECT_TRUE(read[1].problems.empty());
}

TEST(Extract, windows_1252_is_read_as_what_it_is) {
    auto reader = formats::CsvReader::from_memory(
                      "Forename,Surname\nZo\xEB,\x8C"
                      "elik\n")
                      .value();
    EXPECT_EQ(formats::CsvEncoding::windows_1252, reader.encoding());
    EXPECT_EQ("Zoë Œelik", lines("Forename,Surname\nZo\xEB,\x8C"
                                 "elik\n")
                               .at(0)
                               .identity.display_name());
}

TEST(Extract, S_063_children_missing_education_with_points_of_the_scheme) {
    const auto read =
        line("Surname,Missing education from,Points of interest", "Voss,01/02/2018,CIN; Child Protection");
    EXPECT_TRUE(read.problems.empty());
    ASSERT_TRUE(read.education);
    EXPECT_EQ((std::vector<std::string>{"CIN", "CP"}), read.education->points);
    EXPECT_FALSE(
        line("Surname,Missing education from,Points of interest", "Voss,01/02/2018,Juggling").problems.empty());
    EXPECT_FALSE(line("Surname,Missing education from", "Voss,soon").problems.empty());
    EXPECT_FALSE(line("Surname,Missing education from", "Voss,").education);
}

// --- mapping files ----------------------------------------------------------------------------------------------

constexpr const char* kMapping = R"(dates = ["month first"]

[columns]
given_names = "First"
family_name = "Last"
born = "Birthday"
sex = "S"

[codes.sex]
"Lad" = "M"
"Lass" = "F"

[[flags]]
flag = "CSE_risk"
column = "Risk"
values = ["High", "Medium"]
set_on = "Since"
)";

TEST(MappingFile, says_which_column_is_what_how_dates_run_and_what_codes_mean) {
    const auto mapping = read_mapping(kMapping, "m.toml");
    ASSERT_TRUE(mapping.ok()) << mapping.error().message;
    const auto read =
        line("First,Last,Birthday,S,Risk,Since", "Amina,Rahman,03/14/2009,LASS,high,01/02/2018", *mapping);
    EXPECT_TRUE(read.problems.empty());
    EXPECT_EQ(day("2009-03-14"), read.identity.born);
    EXPECT_EQ("F", read.identity.sex);
    ASSERT_EQ(1u, read.flags.size());
    EXPECT_EQ(day("2018-01-02"), read.flags[0].set_on);
    EXPECT_TRUE(line("First,Last,Birthday,S,Risk,Since", "Amina,Rahman,,Lad,low,", *mapping).flags.empty());
}

TEST(MappingFile, what_is_wrong_is_refused_with_its_line) {
    struct Case {
        const char *toml, *says;
    };
    for (const auto& c : {Case{"[columns]\ngiven_names = \"A\"\nshoe_size = \"B\"",
                               "m.toml line 3: there is no field \"shoe_size\""},
                          {"\n\ncolours = 1", "m.toml line 3: there is no key \"colours\""},
                          {"dates = [\"day first\",\n \"backwards\"]", "m.toml line 2: dates are"},
                          {"[codes]\nsex = \"M\"", "m.toml line 2: codes need a table"},
                          {"[[flags]]\nflag = \"CSE_risk\"", "a flag needs flag = and column ="},
                          {"flags = [1]", "m.toml line 1: each flag is a table"},
                          {"columns = 5", "m.toml line 1: there is no key \"columns\""},
                          {"[columns\n", "m.toml line 1: "},
                          {"a = 1\na = 2", "m.toml line 2: "}}) {
        const auto read = read_mapping(c.toml, "m.toml");
        ASSERT_FALSE(read.ok()) << c.toml;
        EXPECT_NE(std::string::npos, read.error().message.find(c.says)) << read.error().message;
    }
}

TEST(MappingFile, every_column_and_flag_it_names_must_be_there) {
    const auto mapping = read_mapping(kMapping, "m.toml").value();
    const formats::CsvRow header{"First", "Last", "Birthday", "S", "Risk", "Since"};
    EXPECT_TRUE(check_mapping(mapping, header, scheme()).ok());
    for (std::size_t i = 0; i < header.size(); ++i) {
        auto without = header;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        const auto checked = check_mapping(mapping, without, scheme());
        ASSERT_FALSE(checked.ok()) << header[i];
        EXPECT_NE(std::string::npos, checked.error().message.find("\"" + header[i] + "\""));
    }
    auto unknown = mapping;
    unknown.flags[0].flag = "SHOES";
    EXPECT_FALSE(check_mapping(unknown, header, scheme()).ok());
    EXPECT_FALSE(check_mapping(Mapping{}, header, scheme()).ok()) << "no names";
}

// --- exclusions -------------------------------------------------------------------------------------------------

TEST(Exclusions, S_061_counts_are_recognised_and_checked) {
    const auto somerset = partnership::shipped_scheme("somerset").value();
    auto read = [&](const std::string& cells) {
        auto reader = formats::CsvReader::from_memory(
                          "clp,academic_year,as_at,fixed_term_exclusions,permanent_exclusions,number_on_roll\n" +
                          cells + "\n")
                          .value();
        EXPECT_TRUE(holds_exclusions(reader.header()));
        formats::CsvRow row;
        EXPECT_TRUE(reader.next(row).value());
        return read_exclusion(reader, row, somerset);
    };
    const auto good = read("Ansford/Tower,2016/17,2017-08-31,176,6,\"3,887\"");
    EXPECT_TRUE(good.problems.empty());
    EXPECT_EQ("ANSFORD", good.partnership);
    EXPECT_EQ("2017-08-31", good.as_at);
    EXPECT_EQ(176, good.fixed_term);
    EXPECT_EQ(3887, good.on_roll);
    EXPECT_TRUE(read("ANSFORD,2017/18,06/12/2017,61,2,").problems.empty());
    for (const auto* wrong : {"Nowhere,2016/17,2017-08-31,1,1,9", "ANSFORD,2016-17,2017-08-31,1,1,9",
                              "ANSFORD,2016/17,soon,1,1,9", "ANSFORD,2016/17,2017-08-31,-1,1,9",
                              "ANSFORD,2016/17,2017-08-31,1.5,1,9", "ANSFORD,2016/17,2017-08-31,,1,9",
                              "ANSFORD,2016/17,2017-08-31,1,1,0", "ANSFORD,2016/17,2017-08-31,1,1,many",
                              "ANSFORD,abcd/ef,2017-08-31,1,1,9", "ANSFORD,2016/18,2017-08-31,1,1,9"})
        EXPECT_EQ(1u, read(wrong).problems.size()) << wrong;
    EXPECT_FALSE(holds_exclusions({"Forename", "Surname"}));
}

}  // namespace
}  // namespace rowan::exchange
