#include "base/identifiers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <regex>

using namespace rowan::base;

namespace {
std::string digits(int n) {
    return *rc::gen::container<std::string>(static_cast<std::size_t>(n),
                                            rc::gen::inRange('0', static_cast<char>('9' + 1)));
}
}  // namespace

TEST(NhsNumber, published_vectors) {
    for (const char* good : {"943 476 5919", "4010232137", "999-012-3454", " 999 000 0018 ",
                             "999\xC2\xA0"
                             "000\xC2\xA0"
                             "0018"}) {
        EXPECT_TRUE(parse_nhs_number(good).ok()) << good;
    }
    EXPECT_EQ(parse_nhs_number("943 476 5919").value(), "9434765919");
    EXPECT_EQ(display_nhs_number("9434765919"), "943 476 5919");
    for (const char* bad : {"", "943 476 5918", "943476591", "94347659190", "943476591x", "９434765919"}) {
        EXPECT_FALSE(parse_nhs_number(bad).ok()) << bad;
    }
    // This stem would need the check digit 10: no tenth digit makes it a number.
    for (char c = '0'; c <= '9'; ++c) EXPECT_FALSE(parse_nhs_number(std::string("999000000") + c).ok()) << c;
}

RC_GTEST_PROP(NhsNumber, one_wrong_digit_or_one_swap_is_noticed, ()) {
    std::string stem = "999" + digits(6), number;
    for (char c = '0'; c <= '9'; ++c) {
        if (parse_nhs_number(stem + c).ok()) {
            RC_ASSERT(number.empty());  // at most one check digit fits
            number = stem + c;
        }
    }
    RC_PRE(!number.empty());
    std::string wrong = number;
    auto i = *rc::gen::inRange<std::size_t>(0, 10);
    wrong[i] = static_cast<char>('0' + (wrong[i] - '0' + *rc::gen::inRange(1, 10)) % 10);
    RC_ASSERT(!parse_nhs_number(wrong).ok());
    std::string swapped = number;
    auto j = *rc::gen::inRange<std::size_t>(0, 9);
    std::swap(swapped[j], swapped[j + 1]);
    RC_ASSERT((swapped == number || !parse_nhs_number(swapped).ok()));
}

TEST(Upn, published_vectors) {
    for (const char* good : {"A950000178301", "H243278544154", "L334201700045", "U933217000123", "h243278544154",
                             // Once listed as invalid; by DfE rule 1510 its letter is X, and X it is.
                             "X845212818005"}) {
        EXPECT_TRUE(parse_upn(good).ok()) << good;
    }
    for (const char* bad :
         {"R247962919251", "X428558133462", "B207000016049", "A95000017830", "A9500001783011", "I950000178301",
          "A95000017830I", "A95000017830O", "A95000017830S", "A9500001783O1", "", "UN1"}) {
        EXPECT_FALSE(parse_upn(bad).ok()) << bad;
    }
}

TEST(Upn, a_temporary_number_ends_in_a_letter_that_counts) {
    // 334201700 04 + B: 3*2+3*3+4*4+2*5+0+1*7+7*8+0+0+0+4*12+1*13 = 165 = 7*23 + 4 -> E
    EXPECT_EQ(parse_upn("E33420170004B").value(), "E33420170004B");
    EXPECT_FALSE(parse_upn("F33420170004B").ok());
}

RC_GTEST_PROP(Upn, exactly_one_letter_fits_and_one_wrong_digit_is_noticed, ()) {
    std::string rest = digits(12);
    std::string fitting;
    for (char c = 'A'; c <= 'Z'; ++c) {
        if (parse_upn(c + rest).ok()) fitting += c;
    }
    RC_ASSERT(fitting.size() == 1u);
    auto i = *rc::gen::inRange<std::size_t>(0, 12);
    rest[i] = static_cast<char>('0' + (rest[i] - '0' + *rc::gen::inRange(1, 10)) % 10);
    RC_ASSERT(!parse_upn(fitting + rest).ok());
}

TEST(Postcode, S_079_unreadable_and_missing_are_categories_of_their_own) {
    struct Case {
        const char* written;
        PostcodeStatus status;
        const char* text;
        const char* outward;
    };
    using enum PostcodeStatus;
    const Case cases[] = {{"TA1 1AA", valid, "TA1 1AA", "TA1"},
                          {"ta11aa", valid, "TA1 1AA", "TA1"},
                          {" B91  3QT ", valid, "B91 3QT", "B91"},
                          {"M1 1AE", valid, "M1 1AE", "M1"},        // AN NAA
                          {"B33 8TH", valid, "B33 8TH", "B33"},     // ANN NAA
                          {"CR2 6XH", valid, "CR2 6XH", "CR2"},     // AAN NAA
                          {"DN55 1PT", valid, "DN55 1PT", "DN55"},  // AANN NAA
                          {"W1A 1HQ", valid, "W1A 1HQ", "W1A"},     // ANA NAA
                          {"EC1A 1BB", valid, "EC1A 1BB", "EC1A"},  // AANA NAA
                          {"gir 0aa", valid, "GIR 0AA", "GIR"},
                          {"TA1\xC2\xA0"
                           "1AA",
                           valid, "TA1 1AA", "TA1"},
                          {"ZZ99 9ZZ", pseudo, "ZZ99 9ZZ", ""},
                          {"zz993vz", pseudo, "ZZ99 3VZ", ""},
                          {"ZZ99 3WZ", pseudo, "ZZ99 3WZ", ""},
                          {"", missing, "", ""},
                          {"   ", missing, "", ""},
                          {"unknown", invalid, "unknown", ""},
                          {"TA1 1CA", invalid, "TA1 1CA", ""},
                          {"QA1 1AA", invalid, "QA1 1AA", ""},
                          {"TJ1 1AA", invalid, "TJ1 1AA", ""},
                          {"TA1", invalid, "TA1", ""},
                          {"TA1 1AAA", invalid, "TA1 1AAA", ""},
                          {"W1Z 1AA", invalid, "W1Z 1AA", ""},
                          {"EC1C 1BB", invalid, "EC1C 1BB", ""},
                          {"TA111 1AA", invalid, "TA111 1AA", ""},
                          {"ZZ99 XZZ", invalid, "ZZ99 XZZ", ""},
                          {"TAI 1AA", invalid, "TAI 1AA", ""}};
    for (const Case& c : cases) {
        Postcode p = parse_postcode(c.written);
        EXPECT_EQ(p.status, c.status) << c.written;
        EXPECT_EQ(p.text, c.text) << c.written;
        EXPECT_EQ(p.outward(), c.outward) << c.written;
    }
}

RC_GTEST_PROP(Postcode, agrees_with_the_government_pattern, ()) {
    static const std::regex pattern(
        "(GIR ?0AA|[A-PR-UWYZ]([0-9]{1,2}|[A-HK-Y][0-9]([0-9]|[ABEHMNPRV-Y])?|[0-9][A-HJKPS-UW]) "
        "?[0-9][ABD-HJLNP-UW-Z]{2})");
    static const std::string shapes[] = {"A9 9AA",  "A99 9AA",  "AA9 9AA",  "AA99 9AA",
                                         "A9A 9AA", "AA9A 9AA", "A999 9AA", "AAA9 9AA"};
    std::string text = shapes[*rc::gen::inRange<std::size_t>(0, 8)];
    for (char& c : text) {
        if (c == 'A')
            c = *rc::gen::inRange('A', static_cast<char>('Z' + 1));
        else if (c == '9')
            c = *rc::gen::inRange('0', static_cast<char>('9' + 1));
    }
    RC_PRE(text.substr(0, 4) != "ZZ99");
    bool expected = std::regex_match(text, pattern);
    RC_TAG(expected ? "valid" : "invalid");
    RC_ASSERT((parse_postcode(text).status == PostcodeStatus::valid) == expected);
}

RC_GTEST_PROP(Postcode, never_fails_and_reads_its_own_text_again, (const std::string& anything)) {
    Postcode p = parse_postcode(anything);
    RC_ASSERT(parse_postcode(p.text).status == p.status);
}

TEST(Phone, table) {
    struct Case {
        const char *written, *e164, *shown;
    };
    const Case cases[] = {{"07700 900123", "+447700900123", "07700 900123"},
                          {"+44 7700 900123", "+447700900123", "07700 900123"},
                          {"+44 (0)7700 900123", "+447700900123", "07700 900123"},
                          {"0044 7700-900-123", "+447700900123", "07700 900123"},
                          {"(01632) 960001", "+441632960001", "01632 960001"},
                          {"0121 496 0123", "+441214960123", "0121 496 0123"},
                          {"0113 496 0123", "+441134960123", "0113 496 0123"},
                          {"020 7946 0123", "+442079460123", "020 7946 0123"},
                          {"0808 157 0123", "+448081570123", "0808 157 0123"},
                          {"0303 123 4567", "+443031234567", "0303 123 4567"},
                          {"+33 1 99 00 12 34", "+33199001234", "+33199001234"}};
    for (const Case& c : cases) {
        auto parsed = parse_phone(c.written);
        ASSERT_TRUE(parsed.ok()) << c.written;
        EXPECT_EQ(parsed.value(), c.e164) << c.written;
        EXPECT_EQ(display_phone(c.e164), c.shown);
        EXPECT_EQ(parse_phone(c.shown).value(), c.e164) << "what is shown reads back";
    }
    for (const char* bad :
         {"", "7700900123", "0770090012", "077009001234", "ring mum", "07700 900123 ext 4", "+44 7700 9001", "+",
          "00", "+0 123 456 789", "+1234567890123456", "04700 900123", "999"}) {
        EXPECT_FALSE(parse_phone(bad).ok()) << bad;
    }
    EXPECT_EQ(display_phone("nonsense"), "nonsense");
}

TEST(VehicleRegistration, partial_intelligence_is_never_refused) {
    struct Case {
        const char *written, *pattern;
        bool well_formed;
    };
    const Case cases[] = {{"AB51 ABC", "AB51ABC", true},  // current
                          {"ab51abz", "AB51ABZ", true},
                          {"AZ51 ABC", "AZ51ABC", false},
                          {"AB51 QBC", "AB51QBC", false},
                          {"A123 BCD", "A123BCD", true},  // prefix
                          {"Q123 BCD", "Q123BCD", true},
                          {"A1 BCD", "A1BCD", true},
                          {"I123 BCD", "I123BCD", false},
                          {"Z123 BCD", "Z123BCD", false},
                          {"ABC 123D", "ABC123D", true},  // suffix
                          {"ABC 1", "ABC1", true},
                          {"1234 AB", "1234AB", true},    // dateless
                          {"AIZ 1234", "AIZ1234", true},  // Northern Ireland
                          {"AB?1 A?C", "AB?1A?C", true},
                          {"AB.. ...", "AB?????", true},
                          {"???????", "???????", false},
                          {"", "", false},
                          {"silver Golf, AB5-", "SILVERGOLFAB5", false}};
    for (const Case& c : cases) {
        VehicleRegistration v = parse_vrm(c.written);
        EXPECT_EQ(v.pattern, c.pattern) << c.written;
        EXPECT_EQ(v.well_formed, c.well_formed) << c.written;
        EXPECT_EQ(v.as_written, c.written);
    }
}

RC_GTEST_PROP(VehicleRegistration, hiding_a_character_keeps_a_good_form_good, ()) {
    static const std::regex forms(
        "[A-HJ-PR-Y]{2}[0-9]{2}[A-HJ-PR-Z]{3}|[A-HJ-NP-TV-Y][0-9]{1,3}[A-HJ-PR-Y]{3}|[A-Z]{3}[0-9]{1,3}[A-Z]|"
        "[A-Z]{1,3}[0-9]{1,4}|[0-9]{1,4}[A-Z]{1,3}|(?=[A-Z]*[IZ])[A-Z]{2,3}[0-9]{1,4}");
    static const std::string shapes[] = {"AA99AAA", "A9AAA",  "A99AAA", "A999AAA", "AAA9A",
                                         "AAA999A", "AA9999", "999AAA", "A99AA",   "AAAA9"};
    std::string text = shapes[*rc::gen::inRange<std::size_t>(0, 10)];
    for (char& c : text)
        c = c == 'A' ? *rc::gen::inRange('A', static_cast<char>('Z' + 1))
                     : *rc::gen::inRange('0', static_cast<char>('9' + 1));
    bool good = std::regex_match(text, forms);
    RC_TAG(good ? "good" : "bad");
    RC_ASSERT(parse_vrm(text).well_formed == good);
    if (good) {
        text[*rc::gen::inRange<std::size_t>(0, text.size())] = '?';
        RC_ASSERT(parse_vrm(text).well_formed);
    }
}

TEST(Email, table) {
    EXPECT_EQ(parse_email(" Chair@Example.ORG ").value(), "Chair@example.org");
    EXPECT_EQ(parse_email("o'neill+cmog@sub.example.gov.uk").value(), "o'neill+cmog@sub.example.gov.uk");
    for (const char* bad : {"", "chair", "@example.org", "chair@", "chair@example", "a b@example.org",
                            "a@b@example.org", ".a@example.org", "a..b@example.org", "a@-x.org", "a@x..org",
                            "a@example.org\nBcc: b@example.org", "a,b@example.org", "<a@example.org>"}) {
        EXPECT_FALSE(parse_email(bad).ok()) << bad;
    }
    EXPECT_FALSE(parse_email(std::string(65, 'a') + "@example.org").ok());
    EXPECT_FALSE(parse_email("a@" + std::string(64, 'a') + ".org").ok());
}

TEST(Identifiers, messages_say_what_to_do_and_repeat_no_personal_data) {
    for (const auto& error : {parse_nhs_number("943 476 5918").error(), parse_upn("R247962919251").error(),
                              parse_phone("0770090012").error(), parse_email("sam").error()}) {
        EXPECT_EQ(error.kind, ErrorKind::invalid);
        EXPECT_EQ(error.message.back(), '.');
        for (const char* typed : {"5918", "R247", "0770090012", "sam"}) {
            EXPECT_EQ(error.message.find(typed), std::string::npos) << error.message;
        }
    }
}
