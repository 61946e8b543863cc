#include "smuggling_table.h"

#include <string_view>

namespace rowan::http::testing {
namespace {

using namespace std::string_literals;
using Table = std::vector<Ambiguous>;

const std::string kChunks = "5\r\nhello\r\n0\r\n\r\n";

std::string request(const std::string& headers, const std::string& body = "",
                    const std::string& line = "POST /x HTTP/1.1") {
    return line + "\r\nHost: a\r\n" + headers + "\r\n" + body;
}

std::string line_only(const std::string& line) { return request("", "", line); }

std::string shown(unsigned char byte) {
    constexpr std::string_view kHex = "0123456789abcdef";
    return "0x"s + kHex[byte >> 4] + kHex[byte & 15];
}

void add_transfer_encoding(Table& table) {
    // With a Content-Length every one of these is CL.TE or TE.CL; alone each is TE.TE: one program sees "chunked".
    const std::vector<std::pair<std::string, int>> values{
        {"chunked", 411},
        {"Chunked", 411},
        {"CHUNKED", 411},
        {"\tchunked", 411},
        {"chunked\t ", 411},
        {"xchunked", 400},
        {"chunkedx", 400},
        {"chunked, chunked", 400},
        {"chunked, identity", 400},
        {"identity, chunked", 400},
        {"identity", 400},
        {"gzip, chunked", 400},
        {"chunked, gzip", 400},
        {"gzip", 400},
        {",chunked", 400},
        {"chunked,", 400},
        {"chunked;q=1", 400},
        {"chunked; a=b", 400},
        {"\"chunked\"", 400},
        {"'chunked'", 400},
        {"chun ked", 400},
        {"", 400},
        {"\x0b"
         "chunked",
         400},
        {"chunked\x0b", 400},
        {"\x0c"
         "chunked",
         400},
        {"chunked\0"s, 400},
        {"\0chunked"s, 400},
        {"chunked\xc2\xa0", 400},
        {"\xef\xbb\xbf"
         "chunked",
         400},
        {"cow", 400},
        {"c\xffhunked", 400},
        {"chunk\x7f"
         "ed",
         400},
    };
    for (const auto& [value, alone] : values) {
        const auto header = "Transfer-Encoding: " + value + "\r\n";
        table.push_back({"TE " + value, request(header, kChunks), alone});
        table.push_back({"CL then TE " + value, request("Content-Length: 15\r\n" + header, kChunks)});
        table.push_back({"TE then CL " + value, request(header + "Content-Length: 4\r\n", kChunks)});
    }
    const std::string te = "Transfer-Encoding: chunked\r\n";
    table.push_back({"TE twice", request(te + te, kChunks)});
    table.push_back({"TE chunked then identity", request(te + "Transfer-Encoding: identity\r\n", kChunks)});
    table.push_back({"TE identity then chunked", request("Transfer-Encoding: identity\r\n" + te, kChunks)});
    table.push_back({"TE twice in different case", request(te + "transfer-encoding: x\r\n", kChunks)});
    table.push_back(
        {"TE between two CL", request("Content-Length: 4\r\n" + te + "Content-Length: 4\r\n", kChunks)});
    table.push_back({"CL 0 and TE", request("Content-Length: 0\r\n" + te, kChunks)});
    table.push_back({"TE on GET", request(te, kChunks, "GET /x HTTP/1.1")});
    table.push_back({"TE on HEAD", request(te, kChunks, "HEAD /x HTTP/1.1")});
    table.push_back({"TE in HTTP/1.0", request(te, kChunks, "POST /x HTTP/1.0")});
    table.push_back(
        {"TE in HTTP/1.0 kept alive", request("Connection: keep-alive\r\n" + te, kChunks, "POST /x HTTP/1.0")});
    table.push_back(
        {"TE in HTTP/1.0 with CL", request("Content-Length: 4\r\n" + te, kChunks, "POST /x HTTP/1.0")});
    table.push_back({"TE in disguise", request("Transfer_Encoding: chunked\r\n", kChunks)});
    table.push_back({"CL in disguise", request("Content_Length: 5\r\n", "hello")});
}

void add_chunks(Table& table) {
    const std::vector<std::pair<std::string, std::string>> bodies{
        {"size overflow", "10000000000000005\r\nhello\r\n0\r\n\r\n"},
        {"size overflow 2^32", "100000005\r\nhello\r\n0\r\n\r\n"},
        {"size negative", "-5\r\nhello\r\n0\r\n\r\n"},
        {"size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"},
        {"size with plus", "+5\r\nhello\r\n0\r\n\r\n"},
        {"size with blank", "5 \r\nhello\r\n0\r\n\r\n"},
        {"extension", "5;a=b\r\nhello\r\n0\r\n\r\n"},
        {"extension with LF", "5;a=\n\r\nhello\r\n0\r\n\r\n"},
        {"bare LF", "5\nhello\n0\n\n"},
        {"missing CRLF after data", "5\r\nhello0\r\n\r\n"},
        {"size too small", "3\r\nhello\r\n0\r\n\r\n"},
        {"trailer CL", "0\r\nContent-Length: 50\r\n\r\n"},
        {"trailer Host", "0\r\nHost: b\r\n\r\n"},
        {"not a size", "zz\r\n\r\n"},
    };
    for (const auto& [name, body] : bodies) {
        table.push_back({"chunk " + name, request("Transfer-Encoding: chunked\r\n", body), 411});
    }
}

void add_content_length(Table& table) {
    for (const auto& value : {"+5"s,
                              "-5"s,
                              "-0"s,
                              "+0"s,
                              "05"s,
                              "00"s,
                              "0x5"s,
                              "5x"s,
                              "5;"s,
                              "\"5\""s,
                              ""s,
                              "5.0"s,
                              "1e1"s,
                              "5 5"s,
                              "5,5"s,
                              "5, 5"s,
                              "5,6"s,
                              "5,"s,
                              ",5"s,
                              "5\t5"s,
                              "5\x0b"s,
                              "\x0b"s + "5"s,
                              "5\0"s,
                              "\xd9\xa5"s,
                              "five"s,
                              "0 5"s,
                              "18446744073709551616"s,
                              "18446744073709551621"s,
                              "9223372036854775808"s,
                              "9223372036854775813"s,
                              "99999999999999999999999999"s,
                              "5_0"s,
                              "5'0"s,
                              "(5)"s}) {
        table.push_back({"CL " + value, request("Content-Length: " + value + "\r\n", "hello")});
    }
    for (const auto* value : {"2147483648", "2147483653", "4294967296", "4294967301", "999999999999999999"}) {
        table.push_back(
            {"CL beyond the limit "s + value, request("Content-Length: "s + value + "\r\n", "hello"), 413});
    }
    table.push_back({"CL twice, equal", request("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")});
    table.push_back({"CL twice, different", request("Content-Length: 5\r\nContent-Length: 0\r\n", "hello")});
    table.push_back({"CL twice, other order", request("Content-Length: 0\r\nContent-Length: 5\r\n", "hello")});
    table.push_back({"CL twice, other case", request("Content-Length: 5\r\ncontent-length: 6\r\n", "hello")});
    table.push_back({"CL twice, one empty", request("Content-Length: 5\r\nContent-Length:\r\n", "hello")});
    table.push_back({"CL on GET", request("Content-Length: 5\r\n", "hello", "GET /x HTTP/1.1")});
    table.push_back({"CL on HEAD", request("Content-Length: 5\r\n", "hello", "HEAD /x HTTP/1.1")});
    table.push_back({"CL on GET, HTTP/1.0", request("Content-Length: 5\r\n", "hello", "GET /x HTTP/1.0")});
    table.push_back(
        {"CL on GET hiding a request",
         request("Content-Length: 40\r\n", "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", "GET /x HTTP/1.1")});
}

void add_lines(Table& table) {
    const std::string host = "Host: a\r\n";
    table.push_back({"LF after the request line", "GET /x HTTP/1.1\n" + host + "\r\n"});
    table.push_back({"LF everywhere", "GET /x HTTP/1.1\nHost: a\n\n"});
    table.push_back({"LF after a header", "GET /x HTTP/1.1\r\nHost: a\n\r\n"});
    table.push_back({"LF as the empty line", "GET /x HTTP/1.1\r\n" + host + "\n"});
    table.push_back({"LF LF inside", "GET /x HTTP/1.1\r\n" + host + "A: b\n\nC: d\r\n\r\n"});
    table.push_back({"LF inside a value", request("A: b\nContent-Length: 5\r\n", "hello")});
    table.push_back({"LF before the request", "\nGET /x HTTP/1.1\r\n" + host + "\r\n"});
    table.push_back({"CRLF before the request", "\r\nGET /x HTTP/1.1\r\n" + host + "\r\n"});
    table.push_back({"CR before the request", "\rGET /x HTTP/1.1\r\n" + host + "\r\n"});
    table.push_back({"CR in the request line", "GET /x\rHTTP/1.1\r\n" + host + "\r\n"});
    table.push_back({"CR instead of CRLF", "GET /x HTTP/1.1\rHost: a\r\r"});
    table.push_back({"CR inside a value", request("A: b\rContent-Length: 5\r\n", "hello")});
    table.push_back({"CR inside a name", request("Content\r-Length: 5\r\n", "hello")});
    table.push_back({"CR CR LF", "GET /x HTTP/1.1\r\r\n" + host + "\r\n"});
    table.push_back({"CR CR LF after a header", "GET /x HTTP/1.1\r\nHost: a\r\r\n\r\n"});
    table.push_back({"LF CR", "GET /x HTTP/1.1\n\rHost: a\n\r\n\r"});
    table.push_back({"CR before CL", request("\rContent-Length: 5\r\n", "hello")});
    table.push_back({"fold of a value", request("A: b\r\n c\r\n")});
    table.push_back({"fold with a tab", request("A: b\r\n\tc\r\n")});
    table.push_back({"fold of TE", request("Transfer-Encoding:\r\n chunked\r\n", kChunks)});
    table.push_back({"fold of CL", request("Content-Length:\r\n 5\r\n", "hello")});
    table.push_back({"fold hides CL", request("A: b\r\n Content-Length: 5\r\n", "hello")});
    table.push_back({"fold before the first header", "GET /x HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n"});
    table.push_back({"fold of blanks only", request("A: b\r\n \r\n")});
    table.push_back({"no colon", request("Content-Length 5\r\n", "hello")});
    table.push_back({"no name", request(": x\r\n")});
    table.push_back({"only a colon", request(":\r\n")});
}

void add_bytes(Table& table) {
    for (int byte = 0; byte < 0x20; ++byte) {
        if (byte == '\t' || byte == '\n' || byte == '\r') continue;
        const std::string c(1, static_cast<char>(byte));
        table.push_back(
            {"control in a value " + shown(static_cast<unsigned char>(byte)), request("A: b" + c + "c\r\n")});
    }
    for (const char* name : {"\x80", "\x85", "\xa0", "\xc2\xa0", "\xe2\x80\x8b", "\xff"}) {
        table.push_back({"high byte in a name "s + name, request("Content-Length"s + name + ": 5\r\n", "hello")});
        table.push_back({"high byte before a name "s + name, request(name + "Content-Length: 5\r\n"s, "hello")});
    }
    for (const char c : "()<>@,;\\\"/[]?={} \t"s) {
        table.push_back({"separator in a name "s + c, request("Content"s + c + "Length: 5\r\n", "hello")});
    }
    table.push_back({"not UTF-8 in a value", request("A: \xff\xfe\r\n")});
    table.push_back({"DEL in a value", request("A: b\x7f\r\n")});
    table.push_back({"NUL in a name", request("A\0: b\r\n"s)});
    table.push_back({"NUL in the method", line_only("GE\0T /x HTTP/1.1"s)});
    table.push_back({"NUL in the target", line_only("GET /x\0 HTTP/1.1"s)});
    table.push_back({"NUL in the version", line_only("GET /x HTTP/1.1\0"s)});
    table.push_back({"NUL before the request", "\0GET /x HTTP/1.1\r\nHost: a\r\n\r\n"s});
    for (const auto* header :
         {"Content-Length : 5", "Content-Length\t: 5", " Content-Length: 5", "\tContent-Length: 5",
          "Transfer-Encoding : chunked", "Transfer-Encoding\t: chunked", " Transfer-Encoding: chunked", "Host : b",
          "A : b", "Content-Length  : 5", "Content-Length\x0b: 5"}) {
        table.push_back({"blank by the colon "s + header, request(header + "\r\n"s, "hello")});
    }
}

void add_targets(Table& table) {
    for (const auto* target : {"http://b/x",
                               "http://a:80/x",
                               "http://user@a/x",
                               "http://a@b/x",
                               "ftp://a/x",
                               "http:///x",
                               "http://",
                               "http:/x",
                               "//a/x y",
                               "*",
                               "a:80",
                               "x",
                               "?q",
                               "/x#f",
                               "/x\t",
                               "/\"",
                               "/<x>",
                               "/\x80",
                               "/\xc3\xa9",
                               "/a/../x",
                               "/a/./x",
                               "/..",
                               "/a/%2e%2e/x",
                               "/%2E./x",
                               "/a%2fb",
                               "/a%2Fb",
                               "/a\\b",
                               "/a%5cb",
                               "/%00",
                               "/a%0d%0ab",
                               "/%7f",
                               "/%",
                               "/%4",
                               "/%zz",
                               "/%ff",
                               "/%c0%af",
                               "/x?a=%",
                               "/x?a=%zz",
                               "/x?a=%00",
                               "/x?a=%ff"}) {
        table.push_back({"target "s + target, line_only("GET "s + target + " HTTP/1.1")});
    }
    table.push_back({"absolute target, no Host, 1.0", "GET http://a/x HTTP/1.0\r\n\r\n"});
}

void add_hosts(Table& table) {
    const auto hosts = [&](const std::string& name, const std::string& lines, const std::string& version = "1.1") {
        table.push_back({"Host " + name, "GET /x HTTP/" + version + "\r\n" + lines + "\r\n"});
    };
    hosts("missing", "");
    hosts("missing, others there", "A: b\r\n");
    hosts("twice, equal", "Host: a\r\nHost: a\r\n");
    hosts("twice, different", "Host: a\r\nHost: b\r\n");
    hosts("twice, other case", "Host: a\r\nhost: b\r\n");
    hosts("twice in 1.0", "Host: a\r\nHost: b\r\n", "1.0");
    hosts("twice around others", "Host: a\r\nA: b\r\nHost: b\r\n");
    hosts("in disguise", "Host: a\r\nHo_st: b\r\nHOST: c\r\n");
    for (const auto* value : {"",         "a b",  "a,b",     "a, b",     "user@a",   "a/b", "a?b", "a#b",
                              "a:",       "a:b",  "a:80:80", "a:999999", "[::1",     "::1", "[]",  "[::1]x",
                              "http://a", "a\\b", "%61",     "a\tb",     "\xc3\xa9", "<a>", "a;b"}) {
        hosts(value, "Host: "s + value + "\r\n");
    }
}

void add_request_lines(Table& table) {
    for (const auto* line : {"GET /x",
                             "GET /x ",
                             "GET",
                             "",
                             " ",
                             "GET  /x HTTP/1.1",
                             "GET /x  HTTP/1.1",
                             "GET /x HTTP/1.1 ",
                             " GET /x HTTP/1.1",
                             "\tGET /x HTTP/1.1",
                             "GET\t/x HTTP/1.1",
                             "GET /x\tHTTP/1.1",
                             "GET /x y HTTP/1.1",
                             "GET /x http/1.1",
                             "GET /x Http/1.1",
                             "GET /x HTTP/1",
                             "GET /x HTTP/11",
                             "GET /x HTTP/1.10",
                             "GET /x HTTP/01.1",
                             "GET /x HTTP/1,1",
                             "GET /x HTTP /1.1",
                             "GET /x HTTP/1.1x",
                             "GET /x HTTP/ 1.1",
                             "GET /x ICY/1.1",
                             "GET /x HTTPS/1.1",
                             "GET /x HTTP/-1.1",
                             "GET /x HTTP/1.+1",
                             "G@T /x HTTP/1.1",
                             "GET: /x HTTP/1.1",
                             "\xc7\xb4 /x HTTP/1.1",
                             "\"GET\" /x HTTP/1.1",
                             "GET HTTP/1.1",
                             "HTTP/1.1 200 OK"}) {
        table.push_back({"line "s + line, line_only(line)});
    }
    for (const auto* line : {"GET /x HTTP/0.9", "GET /x HTTP/1.2", "GET /x HTTP/1.9", "GET /x HTTP/2.0",
                             "GET /x HTTP/3.0", "GET /x HTTP/0.0", "PRI * HTTP/2.0"}) {
        table.push_back({"version "s + line, line_only(line), 505});
    }
    for (const auto* method : {"get", "Get", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO", "GETX", "DEBUG"}) {
        table.push_back({"method "s + method, line_only(method + " /x HTTP/1.1"s), 501});
    }
    table.push_back({"HTTP/0.9", "GET /x\r\n"});
    table.push_back({"TLS on a plain port", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s});
}

void add_rest(Table& table) {
    table.push_back({"Expect something else", request("Expect: 200-ok\r\nContent-Length: 5\r\n", "hello"), 417});
    table.push_back({"Expect a list", request("Expect: 100-continue, x\r\nContent-Length: 5\r\n", "hello"), 417});
    table.push_back({"Expect empty", request("Expect:\r\nContent-Length: 5\r\n", "hello"), 417});
    table.push_back({"Expect twice",
                     request("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n", "hello")});
    table.push_back(
        {"Expect with TE", request("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", kChunks), 411});
    for (const auto* name :
         {"Content-Length", "content-length", "Transfer-Encoding", "Host", "close, Content-Length"}) {
        table.push_back(
            {"Connection names "s + name, request("Connection: "s + name + "\r\nContent-Length: 5\r\n", "hello")});
    }
    table.push_back({"Content-Type twice", request("Content-Type: a/b\r\nContent-Type: c/d\r\n")});
    table.push_back({"Authorization twice", request("Authorization: a\r\nAuthorization: b\r\n")});
    std::string many;
    for (int i = 0; i < 101; ++i) many += "A: b\r\n";
    table.push_back({"too many headers", request(many), 431});
    table.push_back({"head too large", request("A: " + std::string(20'000, 'b') + "\r\n"), 431});
    table.push_back({"target too long", line_only("GET /" + std::string(9'000, 'b') + " HTTP/1.1"), 414});
    table.push_back({"line without an end", "GET /" + std::string(9'000, 'b'), 414});
}

}  // namespace

std::vector<Ambiguous> ambiguous_requests() {
    Table table;
    add_transfer_encoding(table);
    add_chunks(table);
    add_content_length(table);
    add_lines(table);
    add_bytes(table);
    add_targets(table);
    add_hosts(table);
    add_request_lines(table);
    add_rest(table);
    return table;
}

std::vector<Plain> plain_requests() {
    const auto with_line = [](const std::string& line) { return line_only(line); };
    return {
        {"GET", with_line("GET /x HTTP/1.1"), "/x"},
        {"HEAD", with_line("HEAD /x HTTP/1.1"), "/x"},
        {"DELETE", with_line("DELETE /x HTTP/1.1"), "/x"},
        {"POST without a body", with_line("POST /x HTTP/1.1"), "/x"},
        {"POST of nothing", request("Content-Length: 0\r\n"), "/x"},
        {"POST", request("Content-Length: 5\r\n", "hello"), "/x", 5},
        {"PUT", request("Content-Length: 5\r\n", "hello", "PUT /x HTTP/1.1"), "/x", 5},
        {"PATCH", request("Content-Length: 5\r\n", "hello", "PATCH /x HTTP/1.1"), "/x", 5},
        {"body that looks like a request", request("Content-Length: 33\r\n", kVictim), "/x", 33},
        {"GET with CL 0", request("Content-Length: 0\r\n", "", "GET /x HTTP/1.1"), "/x"},
        {"blanks around a value", request("Content-Length: \t5 \t\r\n", "hello"), "/x", 5},
        {"no blank before a value", request("Content-Length:5\r\n", "hello"), "/x", 5},
        {"name in upper case", request("CONTENT-LENGTH: 5\r\n", "hello"), "/x", 5},
        {"empty value", request("A:\r\n"), "/x"},
        {"the same header twice", request("Accept: a\r\nAccept: b\r\n"), "/x"},
        {"UTF-8 in a value", request("A: \xc3\xa9\r\n"), "/x"},
        {"marks in a name", request("!#$%&'*+-.^_`|~09azAZ: b\r\n"), "/x"},
        {"absolute target", with_line("GET http://a/x HTTP/1.1"), "/x"},
        {"absolute target, other case", with_line("GET HTTPS://A/x HTTP/1.1"), "/x"},
        {"absolute target without a path", with_line("GET http://a HTTP/1.1"), "/"},
        {"absolute target with a query", with_line("GET http://a?q=1 HTTP/1.1"), "/"},
        {"root", with_line("GET / HTTP/1.1"), "/"},
        {"query", with_line("GET /x?a=1&b=%C3%A9+c HTTP/1.1"), "/x"},
        {"what browsers leave unencoded", with_line("GET /x?a={b}|[c]^`'\\ HTTP/1.1"), "/x"},
        {"percent-encoded path", with_line("GET /%78 HTTP/1.1"), "/x"},
        {"UTF-8 path", with_line("GET /%C3%A9 HTTP/1.1"), "/\xc3\xa9"},
        {"dots that are names", with_line("GET /.well-known/a..b/... HTTP/1.1"), "/.well-known/a..b/..."},
        {"host with a port", "GET /x HTTP/1.1\r\nHost: a:8080\r\n\r\n", "/x"},
        {"host as IPv6", "GET /x HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "/x"},
        {"host after others", "GET /x HTTP/1.1\r\nA: b\r\nHost: a\r\n\r\n", "/x"},
        {"TE header", request("TE: trailers\r\nConnection: TE\r\n"), "/x"},
        {"Upgrade is not taken", request("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"), "/x"},
    };
}

}  // namespace rowan::http::testing
