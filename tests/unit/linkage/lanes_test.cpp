#include "linkage/lanes.h"

#include "linkage/link.h"
#include "people.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>

namespace rowan::linkage {
namespace {

Dataset read(const std::string& text) { return Dataset::parse({{"children.csv", text}}, {}).value(); }

// Names, dates and homes with everything that can go wrong in them, from few values, so that they often agree.
std::string muddle(std::size_t records, unsigned seed) {
    std::mt19937 dice(seed);
    const auto one_of = [&](const std::vector<std::string>& v) { return v[dice() % v.size()]; };
    const std::vector<std::string> given{"Anna", "Ana",  "Hannah", "Bob", "Robert", "Mary Ann", "Maryann", "J",
                                         "Jo",   "Smit", "",       "Olu", "Leo",    "Leon",     "Hana",    "A"};
    const std::vector<std::string> family{"Smith", "Smyth", "Smith-Jones", "Jones", "Joness", "Okonkwo",
                                          "Anna",  "",      "Olu",         "S",     "Khan",   "Kahn",
                                          "Leo",   "Hana",  "Bob"};
    const std::vector<std::string> codes{"TA1 1AA",       "TA1 1AB", "TA1 1BA", "TA11AA",  "TA11 1AA",
                                         "BS1 1AA",       "T1 1AA",  "TA2 1AA", "TA1 2AA", "EC1A 1BB",
                                         "unknown place", "",        "TA1 1A",  "TA1 1CC"};
    const std::vector<std::string> middle{"", "", "", "Anna", "Leo", "J", "Hana", "Ann Mary", "A"};
    std::string text =
        "record_id,agency,given_name,middle_name,surname,alias,date_of_birth,sex,postcode,address,phone\n";
    for (std::size_t i = 0; i < records; ++i) {
        char born[16] = "";
        const auto year = static_cast<unsigned>(2009 + dice() % 3), month = static_cast<unsigned>(1 + dice() % 12),
                   day = static_cast<unsigned>(1 + dice() % 31);
        switch (dice() % 8) {
            case 0:
                break;
            case 1:
                std::snprintf(born, sizeof born, "%u", year);
                break;
            case 2:
                std::snprintf(born, sizeof born, "%u-%02u", year, month);
                break;
            case 3:
                std::snprintf(born, sizeof born, "%u-01-01", year);
                break;
            default:
                std::snprintf(born, sizeof born, "%u-%02u-%02u", year, month, day);
        }
        text += std::to_string(i) + "," + one_of({"", "health", "school"}) + "," + one_of(given) + "," +
                one_of(middle) + "," + one_of(family) + "," + (dice() % 20 == 0 ? "Annie Smith" : "") + "," +
                born + "," + one_of({"F", "M", ""}) + "," + one_of(codes) + "," +
                one_of({"1 High Street", "2 High Street", ""}) + "," +
                one_of({"", "", "07700 900123", "07700 900124"}) + "\n";
    }
    // Two names in each other's box, one of them with a slip; and somebody who goes by a middle name.
    for (const auto& [id, names] : {std::pair{"turned", "Smith,,Hana"}, std::pair{"right", "Hanah,,Smith"},
                                    std::pair{"whole", "Leo,Hana,Smith"}, std::pair{"known as", "Hana,,Smith"}})
        text += std::string(id) + ",," + names + ",,2010-05-17,F,TA1 1AA,,\n";
    return text;
}

std::vector<Model> models(const Population& p) {
    Model full = fitting(Model::children(), p), plain = full, one_home = full, odd = full, unequal = full;
    plain.sibling_pairs = 0;
    std::erase_if(one_home.fields, [](const FieldModel& f) {
        return f.field == Field::address || f.field == Field::phone || f.field == Field::town;
    });
    Model bare = one_home;
    bare.sibling_pairs = 0;
    for (FieldModel& f : bare.fields)
        if (f.field == Field::date_of_birth)
            f.levels = {{Test::same, 0, "", .9, .01},
                        {Test::typing_error, 1, "", .03, .02},
                        {Test::within_days, 30.4375, "", .02, .05},
                        {Test::within_days, 3652.5, "", .02, .5},
                        {Test::different, 0, "", .03, .42}};
        else if (f.field == Field::postcode)
            f.levels = {{Test::same, 0, "", .9, .01},
                        {Test::sector, 0, "", .03, .02},
                        {Test::outward, 0, "", .02, .05},
                        {Test::area, 0, "", .02, .5},
                        {Test::different, 0, "", .03, .42}};
    for (FieldModel& f : odd.fields)
        if (f.field == Field::date_of_birth)
            f.levels = {{Test::same, 0, "", .9, .01},
                        {Test::typing_error, 2, "", .03, .02},
                        {Test::other_year, 0, "", .02, .05},
                        {Test::different, 0, "", .05, .92}};
    for (FieldModel& f : unequal.fields)
        if (f.field == Field::family_name) f.levels.erase(f.levels.begin());  // the best level is not equality
    Model communities = one_home, unguarded = bare;
    communities.names_together = unguarded.names_together = 3;
    return {full, plain, one_home, bare, odd, unequal, communities, unguarded};
}

TEST(Lanes, Say_what_the_scorer_says_bit_by_bit_on_every_instruction_set) {
    Dataset data = read(muddle(150, 3));
    data.population.count_both_names();
    bool exchanged = false, swapped = false, by_middle_name = false;
    std::vector<std::uint32_t> all(data.size());
    std::iota(all.begin(), all.end(), 0U);
    // Two earlier rules: some pairs have met, and 0 never meets anybody.
    std::vector<std::uint32_t> keys;
    for (std::uint32_t i = 0; i < data.size(); ++i) keys.insert(keys.end(), {i % 7, i % 5 == 0 ? 3U : 0U, 9U});
    for (const Model& model : models(data.population)) {
        const Scorer scorer(model);
        const Sheet sheet(data.population, scorer);
        for (const Kernel* kernel : kernels()) {
            SCOPED_TRACE(std::string(kernel->name));
            for (const auto& [least, asked] : std::vector<std::pair<double, std::size_t>>{
                     {-1000, data.size()}, {-1000, 40}, {-5, data.size()}, {3, data.size()}, {3, 40}}) {
                LevelCache cache;
                Lanes lanes(sheet, *kernel);
                lanes.take(all, asked, keys.data(), 3, 2);
                std::uint64_t compared = 0, expected = 0;
                for (std::uint32_t a = 0; a < asked; ++a) {
                    std::map<std::uint32_t, double> found;
                    std::map<std::uint32_t, Pattern> seen;
                    compared += lanes.weigh(a, cache, least, [&](std::uint32_t b, double w) {
                        ASSERT_TRUE(found.emplace(b, w).second);
                    });
                    lanes.patterns(a, cache, [&](std::uint32_t b, const Pattern& p, bool same_source) {
                        seen[b] = p;
                        ASSERT_EQ(same_source, data.population[a].source != 0 &&
                                                   data.population[a].source == data.population[b].source);
                    });
                    for (std::uint32_t b = 0; b < data.size(); ++b) {
                        const bool met = (keys[3 * a] != 0 && keys[3 * a] == keys[3 * b]) ||
                                         (keys[3 * a + 1] != 0 && keys[3 * a + 1] == keys[3 * b + 1]);
                        const auto c = scorer.compare(data.population.view(a), data.population.view(b));
                        const bool pair = b > a && !met;
                        expected += pair;
                        exchanged = exchanged || (pair && c.pattern.level[0] == 2);
                        const std::size_t level = c.pattern.level[0];
                        by_middle_name =
                            by_middle_name || (pair && level != 0 && least == 3 && c.score.weight >= least &&
                                               model.fields[0].levels[level - 1].test == linkage::Test::middle);
                        swapped = swapped || (pair && level != 0 && least == 3 && c.score.weight >= least &&
                                              model.fields[0].levels[level - 1].test == linkage::Test::swapped);
                        ASSERT_EQ(found.count(b), static_cast<std::size_t>(pair && c.score.weight >= least))
                            << a << " " << b << " " << c.score.weight;
                        if (found.count(b) != 0) {
                            ASSERT_EQ(found[b], c.score.weight) << a << " " << b;
                        }
                        const double alone = sheet.weight({sheet.row(a), a}, {sheet.row(b), b}, cache, least);
                        ASSERT_TRUE(alone == c.score.weight || std::max(alone, c.score.weight) < least)
                            << a << " " << b << " " << alone;
                        ASSERT_EQ(seen.count(b), static_cast<std::size_t>(pair));
                        if (seen.count(b) != 0) {
                            ASSERT_EQ(seen[b], c.pattern) << a << " " << b;
                        }
                    }
                }
                EXPECT_EQ(compared, expected);
            }
        }
    }
    EXPECT_TRUE(exchanged) << "names exactly exchanged are among them";
    EXPECT_TRUE(swapped) << "and nearly";
    EXPECT_TRUE(by_middle_name) << "and somebody who goes by a middle name";
}

// Any levels in any order, any dates: whole, impossible, in part, far apart.
RC_GTEST_PROP(Lanes, Dates_of_every_kernel_are_those_of_the_comparator, (unsigned seed)) {
    std::mt19937 dice(seed);
    const auto bit = [](Test t) { return BirthLevel{std::uint32_t{1} << static_cast<unsigned>(t)}; };
    std::vector<std::pair<Level, BirthLevel>> choice;
    for (const Test t : {Test::same, Test::swapped, Test::one_digit, Test::other_year, Test::first_of_january,
                         Test::same_month, Test::same_year})
        choice.push_back({{t, 0, "", .1, .1}, bit(t)});
    choice.push_back({{Test::typing_error, 0, "", .1, .1}, {std::uint32_t{1} << kBirthEqual}});
    choice.push_back({{Test::typing_error, 1, "", .1, .1}, {std::uint32_t{1} << kBirthOneEdit}});
    for (const std::int32_t days : {0, 1, 30, 3652, 1 << 30, INT32_MAX})
        choice.push_back({{Test::within_days, static_cast<double>(days), "", .1, .1}, {0, days}});
    std::shuffle(choice.begin(), choice.end(), dice);
    choice.resize(1 + dice() % 12);
    choice.push_back({{Test::different, 0, "", .1, .1}, bit(Test::different)});
    Model model = Model::children();
    std::vector<BirthLevel> levels;
    const std::size_t field = static_cast<std::size_t>(model.find(Field::date_of_birth) - model.fields.data());
    model.fields[field].levels.clear();
    for (const auto& [level, as_birth] : choice) {
        model.fields[field].levels.push_back(level);
        levels.push_back(as_birth);
    }
    const Comparator comparator(model);
    const auto date = [&] {
        PartialDate d{static_cast<std::uint16_t>(dice() % 3 == 0 ? 1 + dice() % 9999 : 2010 + dice() % 12),
                      static_cast<std::uint8_t>(1 + dice() % 12), static_cast<std::uint8_t>(1 + dice() % 31)};
        if (dice() % 4 == 0) d.month = d.day = 1;
        return d;
    };
    const PartialDate first = date();
    const Birth mine(first.packed());
    Lane<std::uint32_t> packed{}, digits{};
    Lane<std::int32_t> days{};
    for (std::size_t i = 0; i < kLanes; ++i) {
        PartialDate d = dice() % 3 == 0 ? date() : first;
        if (dice() % 4 == 0) std::swap(d.day, d.month);
        if (dice() % 4 == 0) d.year = static_cast<std::uint16_t>(d.year + dice() % 3);
        if (dice() % 6 == 0) d.day = 0;
        if (dice() % 8 == 0) d = {};
        const Birth b(d.packed());
        packed[i] = b.packed, digits[i] = b.digits, days[i] = b.days;
    }
    for (const Kernel* kernel : kernels()) {
        Lane<std::uint32_t> level;
        const std::uint32_t part = kernel->births(packed.data(), digits.data(), days.data(), mine.packed,
                                                  mine.digits, mine.days, levels, level.data());
        for (std::size_t i = 0; i < kLanes; ++i) {
            const PartialDate d = PartialDate::unpack(packed[i]);
            RC_ASSERT((part >> i & 1) == static_cast<unsigned>(!d.empty() && !d.complete()));
            if ((part >> i & 1) == 0) RC_ASSERT(level[i] == comparator.date_level(field, mine, Birth(packed[i])));
        }
    }
}

// Any two words of letters and digits, however like or unlike a postcode.
RC_GTEST_PROP(Lanes, Postcodes_of_every_kernel_are_those_of_the_comparator, (unsigned seed)) {
    std::mt19937 dice(seed);
    Model model = Model::children();
    for (FieldModel& f : model.fields)
        if (f.field == Field::postcode)
            f.levels = {{Test::same, 0, "", .9, .01},    {Test::typing_error, 1, "", .03, .02},
                        {Test::sector, 0, "", .03, .02}, {Test::outward, 0, "", .02, .05},
                        {Test::area, 0, "", .01, .4},    {Test::different, 0, "", .03, .42}};
    const Comparator comparator(model);
    const std::size_t field = static_cast<std::size_t>(model.find(Field::postcode) - model.fields.data());
    const std::vector<PostcodeTest> tests{PostcodeTest::same,    PostcodeTest::one_edit, PostcodeTest::sector,
                                          PostcodeTest::outward, PostcodeTest::area,     PostcodeTest::different};
    const auto word = [&] {
        std::string s;
        const std::size_t size = 5 + dice() % 3;
        while (s.size() < size) s += "a1b2"[dice() % 4];
        return s;
    };
    const std::string first = word();
    Lane<std::uint64_t> codes{};
    for (std::size_t i = 1; i < kLanes; ++i) {
        std::string s = dice() % 4 == 0 ? word() : first;
        if (dice() % 3 == 0 && s.size() < 7) s.insert(dice() % (s.size() + 1), 1, 'b');
        if (dice() % 3 == 0 && s.size() > 5) s.erase(dice() % s.size(), 1);
        if (dice() % 2 == 0) std::swap(s[dice() % s.size()], s[dice() % s.size()]);
        codes[i] = postcode_word(s);
    }
    for (const Kernel* kernel : kernels()) {
        Lane<std::uint32_t> level;
        level.fill(77);
        kernel->postcodes(codes.data(), postcode_word(first), tests, level.data());
        RC_ASSERT(level[0] == 77U);
        for (std::size_t i = 1; i < kLanes; ++i)
            RC_ASSERT(level[i] == comparator.postcode_level(field, postcode_word(first), codes[i]));
    }
}

}  // namespace
}  // namespace rowan::linkage
