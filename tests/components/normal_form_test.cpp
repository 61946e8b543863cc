// The comparison itself: what it overlooks and what it must not.
#include "components/normal_form.h"

#include <gtest/gtest.h>

namespace rowan::tests {

TEST(NormalForm, overlooks_layout_order_of_attributes_and_ways_of_escaping) {
    EXPECT_EQ(normal_form("<p id=\"a\" class=\"b  c\">\n  Hello\n  you\n</p>\n"),
              normal_form("<p class=\"b c\" id='a'>Hello you</p>"));
    EXPECT_EQ(normal_form("<p title=\"&#39;&amp;&quot;\">&lt;</p>"),
              normal_form("<p title='&#x27;&#38;\"'>&#60;</p>"));
    EXPECT_EQ(normal_form("<svg><path d=\"M0 0\"/></svg>"),
              normal_form("<svg>\n<path d=\"M0 0\"></path>\n</svg>"));
    EXPECT_EQ(normal_form("<input disabled>"), normal_form("<input\n  disabled\n>"));
}

TEST(NormalForm, keeps_everything_that_matters) {
    auto differ = [](const char* left, const char* right) {
        EXPECT_NE(normal_form(left), normal_form(right)) << left;
    };
    differ("<p>a</p>", "<div>a</div>");
    differ("<p>a b</p>", "<p>ab</p>");
    differ("<p>a</p>", "<p>a</p><p></p>");
    differ("<b>Error:</b> text", "<b>Error:</b>text");
    differ("<span> page</span>", "<span>page</span>");
    differ("<p class=\"a b\">", "<p class=\"b a\">");
    differ("<p id=\"a\">", "<p id=\"b\">");
    differ("<p id=\"a\">", "<p>");
    differ("<p hidden>", "<p>");
    differ("<p>&lt;b&gt;</p>", "<p><b></p>");
    differ("<p>&amp;lt;</p>", "<p>&lt;</p>");
    differ("<a></a><b></b>", "<b></b><a></a>");
}

}  // namespace rowan::tests
