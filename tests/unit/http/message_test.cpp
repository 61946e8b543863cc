#include "http/encoding.h"
#include "http/message.h"
#include "http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace rowan::http {
namespace {

using namespace std::string_literals;

Request form_request(std::string body, std::string type = "application/x-www-form-urlencoded") {
    Request request;
    request.method = Method::post;
    request.headers.add("content-type", std::move(type));
    request.body = std::move(body);
    return request;
}

const std::string kMultipart = "multipart/form-data; boundary=XX";

std::string part(const std::string& head, const std::string& content) {
    return "--XX\r\n" + head + "\r\n\r\n" + content + "\r\n";
}
std::string field(const std::string& name, const std::string& content) {
    return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}

TEST(Form, reads_pairs_in_order_with_repeats) {
    const auto form = form_request("name=Ann+Lee&tag=a&tag=b&text=one%0D%0Atwo&empty=&%C3%A9=%E2%82%AC").form();
    ASSERT_TRUE(form);
    EXPECT_EQ(form->get("name"), "Ann Lee");
    EXPECT_EQ(form->all("tag"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(form->get("text"), "one\r\ntwo");
    EXPECT_TRUE(form->has("empty"));
    EXPECT_EQ(form->get("\xc3\xa9"), "\xe2\x82\xac");
    EXPECT_EQ(form->get("absent"), "");
}

TEST(Form, takes_a_charset_and_any_case_of_the_type) {
    EXPECT_TRUE(form_request("a=1", "Application/X-WWW-Form-Urlencoded ; charset=UTF-8").form());
}

TEST(Form, refuses_what_is_malformed_or_not_text) {
    for (const auto& body : {"a=%"s, "a=%1"s, "a=%zz"s, "a=%FF"s, "a=\xff"s, "a=%00"s, "%C3=1"s, "a=%ED%A0%80"s}) {
        const auto form = form_request(body).form();
        ASSERT_FALSE(form) << body;
        EXPECT_EQ(form.error().kind, base::ErrorKind::invalid);
    }
    EXPECT_FALSE(form_request("a=1", "text/plain").form());
    EXPECT_FALSE(form_request("a=1", "").form());
    EXPECT_FALSE(form_request("a=1").files());
}

TEST(Form, A14_has_a_limit_of_fields) {
    std::string body;
    for (int i = 0; i < 2'000; ++i) body += "a=1&";
    EXPECT_TRUE(form_request(body).form());
    EXPECT_FALSE(form_request(body + "b=1").form());
}

TEST(Multipart, reads_fields_and_files_apart) {
    const auto request = form_request(
        field("note", "line one\r\nline two --XX") + field("empty", "") +
            part("Content-Disposition: form-data; name=\"file\"; filename=\"C:\\dir\\caf\xc3\xa9 %22x%22.csv\"\r\n"
                 "Content-Type: text/csv",
                 "a,b\r\n\0\xff"s) +
            part("content-disposition:form-data; name=none; filename=\"\"\r\nContent-Type: "
                 "application/octet-stream",
                 "") +
            "--XX--\r\n",
        kMultipart);
    const auto form = request.form();
    ASSERT_TRUE(form);
    EXPECT_EQ(form->items().size(), 2u);
    EXPECT_EQ(form->get("note"), "line one\r\nline two --XX");
    EXPECT_TRUE(form->has("empty"));
    const auto files = request.files();
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 1u);
    EXPECT_EQ(files->at(0).field, "file");
    EXPECT_EQ(files->at(0).file_name, "caf\xc3\xa9 \"x\".csv");
    EXPECT_EQ(files->at(0).content_type, "text/csv");
    EXPECT_EQ(files->at(0).content, "a,b\r\n\0\xff"s);
}

TEST(Multipart, a_file_name_is_never_a_path) {
    for (const auto& [given, expected] :
         std::vector<std::pair<std::string, std::string>>{{"../../etc/passwd", "passwd"},
                                                          {"/abs", "abs"},
                                                          {"a\\..\\b", "b"},
                                                          {"x%0D%0Ay", "xy"},
                                                          {"dir/", ""}}) {
        const auto head = "Content-Disposition: form-data; name=\"f\"; filename=\"" + given + "\"";
        const auto files = form_request(part(head, "x") + "--XX--", kMultipart).files();
        ASSERT_TRUE(files) << given;
        EXPECT_EQ(files->at(0).file_name, expected);
    }
}

TEST(Multipart, refuses_what_is_not_exactly_a_form) {
    const auto good = field("a", "1");
    ASSERT_TRUE(form_request(good + "--XX--", kMultipart).form());
    const std::vector<std::string> bodies{
        "",
        "--XX",
        "--XX--x",
        good,
        good + "--XX",
        good + "--XX-",
        good + "--XX--\r\nmore",
        "preamble\r\n" + good + "--XX--",
        "\r\n" + good + "--XX--",
        "--XX\r\n\r\n1\r\n--XX--",
        "--XX\r\nContent-Type: a/b\r\n\r\n1\r\n--XX--",
        "--XX\nContent-Disposition: form-data; name=a\n\n1\n--XX--",
        part("Content-Disposition: form-data", "1") + "--XX--",
        part("Content-Disposition: attachment; name=a", "1") + "--XX--",
        part("Content-Disposition: form-data; name=a; name=b", "1") + "--XX--",
        part("Content-Disposition: form-data; name=\"a", "1") + "--XX--",
        part("Content-Disposition: form-data; name=a; filename*=UTF-8''x", "1") + "--XX--",
        part("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b", "1") + "--XX--",
        part("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64", "MQ==") + "--XX--",
        part("Content-Disposition: form-data; name=\"\xff\"", "1") + "--XX--",
        field("a", "\xff") + "--XX--",
        field("a", "\0"s) + "--XX--",
        part("Content-Disposition: form-data; name=a\r\nX: " + std::string(5'000, 'x'), "1") + "--XX--",
    };
    for (const auto& body : bodies) EXPECT_FALSE(form_request(body, kMultipart).form()) << body;
    for (const auto* type :
         {"multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=XX",
          "multipart/form-data; boundary=\"X X\"", "multipart/form-data; boundary=XX; boundary=YY"}) {
        EXPECT_FALSE(form_request(good + "--XX--", type).form()) << type;
    }
    EXPECT_TRUE(form_request(good + "--XX--", "Multipart/Form-Data; charset=utf-8; boundary=\"XX\"").form());
}

TEST(Multipart, A14_has_limits_of_parts_and_their_sizes) {
    std::string body;
    for (std::size_t i = 0; i < kMaxParts; ++i) body += field("a", "1");
    EXPECT_TRUE(form_request(body + "--XX--", kMultipart).form());
    const auto too_many = form_request(body + field("a", "1") + "--XX--", kMultipart).form();
    ASSERT_FALSE(too_many);
    EXPECT_EQ(too_many.error().kind, base::ErrorKind::too_large);
    EXPECT_TRUE(form_request(field("a", std::string(kMaxPartValue, 'x')) + "--XX--", kMultipart).form());
    EXPECT_FALSE(form_request(field("a", std::string(kMaxPartValue + 1, 'x')) + "--XX--", kMultipart).form());
}

TEST(Message, redirects_with_see_other) {
    const auto response = redirect("/done");
    EXPECT_EQ(response.status, 303);
    EXPECT_THAT(response.headers, ::testing::ElementsAre(::testing::Pair("Location", "/done")));
}

TEST(Message, names_every_method) {
    EXPECT_EQ(to_string(Method::get), "GET");
    EXPECT_EQ(to_string(Method::head), "HEAD");
    EXPECT_EQ(to_string(Method::post), "POST");
    EXPECT_EQ(to_string(Method::put), "PUT");
    EXPECT_EQ(to_string(Method::patch), "PATCH");
    EXPECT_EQ(to_string(Method::del), "DELETE");
}

TEST(Message, encodes_for_urls) {
    EXPECT_EQ(url_encode("a-b._~ /?&=%+\xc3\xa9"), "a-b._~%20%2F%3F%26%3D%25%2B%C3%A9");
    EXPECT_EQ(query_string({{"a b", "1&2"}, {"c", ""}}), "a%20b=1%262&c=");
    EXPECT_EQ(query_string({}), "");
}

RC_GTEST_PROP(Message, encoded_text_comes_back, (const std::string& text)) {
    RC_ASSERT(percent_decode(url_encode(text), Plus::stays) == text);
    RC_ASSERT(percent_decode(url_encode(text), Plus::is_space) == text);
}

RC_GTEST_PROP(Message, pairs_come_back, ()) {
    using Text = std::string;
    const auto ascii = rc::gen::container<Text>(rc::gen::inRange<char>(1, 127));
    const auto pairs =
        *rc::gen::container<std::vector<std::pair<Text, Text>>>(rc::gen::pair(rc::gen::nonEmpty(ascii), ascii));
    const auto back = parse_pairs(query_string(pairs), 1'000);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->items() == pairs);
}

}  // namespace
}  // namespace rowan::http
