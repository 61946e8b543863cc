// The order in which every request is judged, with a table of routes of each kind.
#include "partnership/front.h"
#include "support/office.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace rowan::partnership {
namespace {

using database::Session;
using http::Method;
using support::TemporaryDatabase;
using support::TestOffice;

constexpr const char* kSecretWords = "Amina Rahman lives at the harbour";

http::Response shows(Visit& visit, const char* title = "Shown") {
    PageBody body;
    body.title = title;
    body.body = html::el("h1", kSecretWords);
    return page(visit, std::move(body));
}

// Passes on to a real database until it is told to fail.
class Failing final : public database::Database {
public:
    explicit Failing(database::Database& inner) : inner_(inner) {}
    database::Dialect dialect() const override { return inner_.dialect(); }
    void read_session(const std::function<void(Session&)>& f) override { inner_.read_session(f); }
    void queue_write(std::function<void(Session&)> f, Then then) override {
        if (!fail) return inner_.queue_write(std::move(f), std::move(then));
        then(std::make_exception_ptr(database::DatabaseError(database::DatabaseError::Kind::full, "disk full")));
    }
    void on_before_commit(std::function<void(Session&)> f) override { inner_.on_before_commit(std::move(f)); }
    void on_commit(std::function<void()> f) override { inner_.on_commit(std::move(f)); }
    int schema_version() override { return inner_.schema_version(); }
    bool healthy() const override { return !fail; }
    base::Result<> purge_deleted() override { return inner_.purge_deleted(); }
    base::Result<> snapshot_to(const std::string& path) override { return inner_.snapshot_to(path); }
    std::vector<std::string> integrity_problems() override { return inner_.integrity_problems(); }
    bool fail = false;

private:
    database::Database& inner_;
};

class FrontTest : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    Failing database{temporary.db()};
    TestOffice house{database};
    Routes routes;
    Front front{house.office(), routes};
    int written = 0;
    std::string worker, analyst;  // their tokens

    void SetUp() override {
        house.office().demonstration = true;
        house.all_sign();
        worker = token(house.account("worker", "SMBC", {"front_door"}));
        analyst = token(house.account("analyst", "SMBC", {"analyst"}));
        const auto page_limits = Limits::page(), form = Limits::form();
        routes.get("/open", Access::anyone(), AuditClass::nothing_personal(), page_limits,
                   [](Visit& v) { return shows(v); });
        routes.get("/work", Access::signed_in(), AuditClass::nothing_personal(), page_limits,
                   [](Visit& v) { return shows(v); });
        routes.get("/people/{id}", Access::needs(Permission::search_people), AuditClass::look(), page_limits,
                   [](Visit& v) {
                       if (v.parameter("id") == "gone") return not_there(v);
                       if (v.parameter("id") == "hidden") {
                           v.refused("person", "hidden", "no-relationship");
                           return not_there(v);
                       }
                       v.looked_at("person", v.parameter("id"), "front-door");
                       return shows(v);
                   });
        routes.get("/forgot/look", Access::needs(Permission::search_people), AuditClass::look(), page_limits,
                   [](Visit& v) { return shows(v); });
        routes.get("/forgot/search", Access::needs(Permission::search_people), AuditClass::search(), page_limits,
                   [](Visit& v) { return shows(v); });
        routes.get("/forgot/aggregate", Access::needs(Permission::search_people), AuditClass::aggregate(),
                   page_limits, [](Visit& v) { return shows(v); });
        routes.get("/forgot/change", Access::needs(Permission::search_people), AuditClass::change(), page_limits,
                   [](Visit& v) { return shows(v); });
        routes.post("/people/{id}", Access::needs(Permission::search_people), AuditClass::change(), form,
                    [this](Visit&) {
                        ++written;
                        return http::redirect("/done");
                    });
    }
    std::string token(const std::string& id) {
        return support::must_value(sign_in_demonstration(house.office(), id)).token;
    }

    http::Request request(Method method, const std::string& path, const std::string& cookie = "") {
        http::Request r;
        r.method = method;
        r.path = path;
        r.headers.add("host", "rowan.example");
        if (!cookie.empty()) r.cookies.add("rowan", cookie);
        return r;
    }
    http::Response get(const std::string& path, const std::string& cookie = "") {
        return front.handle(request(Method::get, path, cookie));
    }
    // A form as a browser sends it from one of our own pages.
    http::Request filled(const std::string& cookie, const std::string& csrf) {
        auto r = request(Method::post, "/people/1", cookie);
        r.headers.add("content-type", "application/x-www-form-urlencoded");
        r.body = "csrf_token=" + http::url_encode(csrf);
        return r;
    }
    std::string csrf_of(const std::string& cookie) {
        const auto body = get("/work", cookie).body;
        std::smatch found;
        EXPECT_TRUE(std::regex_search(body, found, std::regex("name=\"csrf_token\" value=\"([^\"]+)\"")));
        return found[1];
    }
    static std::string without_csrf(const std::string& body) {
        return std::regex_replace(body, std::regex("value=\"[A-Za-z0-9_.-]{20,}\""), "value");
    }
    static std::string header(const http::Response& r, const std::string& name) {
        std::string out;
        for (const auto& [n, v] : r.headers)
            if (n == name) out += (out.empty() ? "" : " | ") + v;
        return out;
    }
    std::int64_t audited() { return house.number("SELECT COUNT(*) FROM audit_entry"); }
};

TEST_F(FrontTest, who_is_not_signed_in_learns_nothing_not_even_addresses) {
    const auto known = get("/people/1"), unknown = get("/no/such/page");
    EXPECT_EQ(303, known.status);
    EXPECT_EQ("/sign-in", header(known, "Location"));
    EXPECT_EQ(known.status, unknown.status);
    EXPECT_EQ(known.headers, unknown.headers);
    EXPECT_EQ(known.body, unknown.body);
    const auto write = front.handle(request(Method::post, "/people/1")),
               write_nowhere = front.handle(request(Method::post, "/no/such/page"));
    EXPECT_EQ(400, write.status);
    EXPECT_EQ(write.status, write_nowhere.status);
    EXPECT_EQ(write.body, write_nowhere.body);
    EXPECT_EQ(0, written);
    EXPECT_EQ(200, get("/open").status);
    EXPECT_EQ(303, get("/work", "not a session").status);
}

TEST_F(FrontTest, denied_and_absent_are_the_same_bytes) {
    const auto absent = get("/no/such/page", worker), gone = get("/people/gone", worker),
               hidden = get("/people/hidden", worker);
    EXPECT_EQ(404, absent.status);
    for (const auto* other : {&gone, &hidden}) {
        EXPECT_EQ(absent.status, other->status);
        EXPECT_EQ(absent.headers, other->headers);
        EXPECT_EQ(without_csrf(absent.body), without_csrf(other->body));
    }
    // By role: the analyst may not open people at all.
    const auto nowhere = get("/no/such/page", analyst), denied = get("/people/1", analyst);
    EXPECT_EQ(nowhere.status, denied.status);
    EXPECT_EQ(nowhere.headers, denied.headers);
    EXPECT_EQ(without_csrf(nowhere.body), without_csrf(denied.body));
    EXPECT_EQ(std::string::npos, denied.body.find(kSecretWords));
    EXPECT_EQ(2, house.number("SELECT COUNT(*) FROM audit_entry WHERE outcome = 'denied'"))
        << "the hidden person and the analyst's try";
}

TEST_F(FrontTest, H_111_a_withdrawn_protocol_closes_the_next_page) {
    EXPECT_EQ(200, get("/people/1", worker).status);
    house.write([&](Session& s) { return withdraw_protocol(house.office(), s, "SMBC", "ig"); });
    const auto after = get("/people/1", worker);
    EXPECT_EQ(404, after.status);
    EXPECT_EQ(std::string::npos, after.body.find(kSecretWords));
}

TEST_F(FrontTest, a_look_is_durable_before_the_answer_leaves) {
    const auto before = audited();
    EXPECT_EQ(200, get("/people/7", worker).status);
    EXPECT_EQ(before + 1, audited());
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'look' AND subject_kind = 'person' "
                              "AND subject_id = '7' AND outcome = 'allowed'"));
}

TEST_F(FrontTest, no_audit_no_answer) {
    database.fail = true;
    const auto look = get("/people/7", worker);
    EXPECT_EQ(503, look.status);
    EXPECT_EQ(std::string::npos, look.body.find(kSecretWords));
    EXPECT_EQ(503, get("/people/1", analyst).status) << "a refusal that cannot be recorded";
    EXPECT_EQ(503, get("/people/hidden", worker).status);
    database.fail = false;
    EXPECT_EQ(200, get("/people/7", worker).status);
    EXPECT_EQ(1, house.number("SELECT COUNT(*) FROM audit_entry WHERE subject_id = '7'"));
}

TEST_F(FrontTest, only_what_is_known_not_to_be_saved_is_said_not_to_be) {
    for (const int status : {408, 413, 503})
        EXPECT_NE(std::string::npos, front.error_page(status).body.find("Nothing was saved")) << status;
    for (const int status : {500, 504}) {
        const auto body = front.error_page(status).body;
        EXPECT_EQ(std::string::npos, body.find("Nothing was saved")) << status;
        EXPECT_NE(std::string::npos, body.find("look whether it is there before you try again")) << status;
    }
}

TEST_F(FrontTest, a_damaged_log_lets_no_data_out) {
    house.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE audit_state SET frontier = zeroblob(4)");
        return base::done();
    });
    for (const auto* path : {"/people/7", "/people/hidden"}) {
        const auto answer = get(path, worker);
        EXPECT_EQ(503, answer.status) << path;
        EXPECT_EQ(std::string::npos, answer.body.find(kSecretWords)) << path;
        EXPECT_NE(std::string::npos, answer.body.find("Rowan cannot record who looks")) << path;
    }
    EXPECT_EQ(503, get("/people/1", analyst).status) << "a refusal that cannot be recorded";
}

TEST_F(FrontTest, a_page_that_shows_people_and_records_no_look_does_not_go_out) {
    for (const auto* path : {"/forgot/look", "/forgot/search", "/forgot/aggregate"}) {
        const auto answer = get(path, worker);
        EXPECT_EQ(500, answer.status) << path;
        EXPECT_EQ(std::string::npos, answer.body.find(kSecretWords)) << path;
    }
    EXPECT_EQ(200, get("/forgot/change", worker).status) << "a desk audits its own changes";
    EXPECT_EQ(200, get("/work", worker).status);
}

TEST_F(FrontTest, a_write_needs_the_token_of_its_own_session) {
    EXPECT_EQ(303, front.handle(filled(worker, csrf_of(worker))).status);
    EXPECT_EQ(1, written);
    EXPECT_EQ(400, front.handle(filled(worker, "")).status);
    EXPECT_EQ(400, front.handle(filled(worker, "x")).status);
    EXPECT_EQ(400, front.handle(filled(worker, csrf_of(analyst))).status);
    auto missing = filled(worker, "");
    missing.body = "name=1";
    EXPECT_EQ(400, front.handle(missing).status);
    EXPECT_EQ(1, written);
}

TEST_F(FrontTest, a_write_from_elsewhere_is_refused) {
    const auto csrf = csrf_of(worker);
    auto with = [&](const char* name, const char* value) {
        auto r = filled(worker, csrf);
        r.headers.add(name, value);
        return front.handle(r).status;
    };
    EXPECT_EQ(400, with("origin", "https://evil.example"));
    EXPECT_EQ(400, with("origin", "null"));
    EXPECT_EQ(400, with("origin", "https://rowan.example")) << "another scheme is another origin";
    EXPECT_EQ(400, with("origin", "http://rowan.example.evil.example"));
    EXPECT_EQ(400, with("sec-fetch-site", "cross-site"));
    EXPECT_EQ(400, with("sec-fetch-site", "same-site"));
    EXPECT_EQ(0, written);
    EXPECT_EQ(303, with("origin", "http://rowan.example"));
    EXPECT_EQ(303, with("sec-fetch-site", "same-origin"));
    EXPECT_EQ(2, written);
}

TEST_F(FrontTest, a_role_that_may_not_write_writes_nothing) {
    EXPECT_EQ(404, front.handle(filled(analyst, csrf_of(analyst))).status);
    EXPECT_EQ(0, written);
}

TEST_F(FrontTest, another_method_is_said_only_to_those_signed_in) {
    EXPECT_EQ(405, front.handle(request(Method::del, "/people/1", worker)).status);
    EXPECT_EQ(400, front.handle(request(Method::del, "/people/1")).status);
}

TEST_F(FrontTest, every_answer_has_each_security_header_once) {
    const char* names[] = {
        "Content-Security-Policy",      "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy", "Permissions-Policy",     "X-Robots-Tag",    "Cache-Control"};
    std::vector<std::pair<std::string, http::Response>> answers;
    answers.emplace_back("page", get("/work", worker));
    answers.emplace_back("not there", get("/nowhere", worker));
    answers.emplace_back("redirect", get("/work"));
    answers.emplace_back("error in the front", get("/forgot/look", worker));
    answers.emplace_back("wrong method", front.handle(request(Method::del, "/people/1", worker)));
    answers.emplace_back("the server's own error", front.error_page(413));
    for (const auto& [what, answer] : answers) {
        for (const auto* name : names) {
            const auto value = header(answer, name);
            EXPECT_FALSE(value.empty()) << what << " " << name;
            EXPECT_EQ(std::string::npos, value.find(" | ")) << what << ": " << name << " twice";
        }
        EXPECT_EQ("no-store", header(answer, "Cache-Control")) << what;
        EXPECT_EQ(std::string::npos, header(answer, "Content-Security-Policy").find("unsafe"));
        EXPECT_EQ("", header(answer, "Strict-Transport-Security")) << what;
    }
    auto secure = request(Method::get, "/work");
    secure.tls = true;
    secure.cookies.add("__Host-rowan", worker);
    EXPECT_EQ(200, front.handle(secure).status);
    EXPECT_EQ("max-age=63072000", header(front.handle(secure), "Strict-Transport-Security"));
    auto wrong_name = request(Method::get, "/work", worker);
    wrong_name.tls = true;
    EXPECT_EQ(303, front.handle(wrong_name).status) << "over TLS only the __Host- cookie counts";
}

TEST_F(FrontTest, the_cookie_is_closed_to_script_and_other_sites) {
    auto r = request(Method::get, "/");
    EXPECT_EQ("rowan=t; Path=/; HttpOnly; SameSite=Strict", session_cookie(r, "t"));
    r.tls = true;
    EXPECT_EQ("__Host-rowan=t; Path=/; HttpOnly; SameSite=Strict; Secure", session_cookie(r, "t"));
    EXPECT_NE(std::string::npos, ended_session_cookie(r).find("Max-Age=0"));
}

TEST_F(FrontTest, limits_are_known_before_the_body_is_read) {
    EXPECT_EQ(256u * 1024, front.limits_for(Method::post, "/people/1").body_bytes);
    EXPECT_EQ(0u, front.limits_for(Method::get, "/people/1").body_bytes);
    EXPECT_EQ(0u, front.limits_for(Method::post, "/nowhere").body_bytes);
}

TEST(RoutesTest, a_literal_wins_over_a_parameter_and_two_of_a_kind_are_a_bug) {
    Routes routes;
    auto nothing = [](Visit&) { return http::Response{}; };
    routes.get("/r/{id}", Access::anyone(), AuditClass::nothing_personal(), Limits::page(), nothing);
    routes.get("/r/new", Access::anyone(), AuditClass::nothing_personal(), Limits::page(), nothing);
    EXPECT_EQ("/r/new", routes.find(Method::get, "/r/new").route->pattern);
    const auto found = routes.find(Method::head, "/r/5");
    EXPECT_EQ("/r/{id}", found.route->pattern);
    EXPECT_EQ("5", found.parameters.at("id"));
    for (const auto* path : {"", "r/5", "/r", "/r/", "/r/5/", "/r/5/6", "//r/5", "/R/5"})
        EXPECT_EQ(nullptr, routes.find(Method::get, path).route) << path;
    EXPECT_TRUE(routes.find(Method::post, "/r/5").path_known);
    EXPECT_THROW(routes.get("/r/{id}", Access::anyone(), AuditClass::nothing_personal(), Limits::page(), nothing),
                 std::logic_error);
    EXPECT_THROW(routes.get("r", Access::anyone(), AuditClass::nothing_personal(), Limits::page(), nothing),
                 std::logic_error);
}

// A form that writes a row for each time that it is done.
class Retried : public FrontTest {
protected:
    void SetUp() override {
        FrontTest::SetUp();
        routes.post("/write", Access::signed_in(), AuditClass::change(), Limits::form(),
                    [](Visit& v) -> http::Response {
                        const bool refused = v.form.get("word") == "refused";
                        const auto done = v.office.database.write([&](Session& s) -> base::Result<> {
                            AuditEntry entry;
                            entry.user_id = v.viewer.user_id;
                            entry.act = "write";
                            v.office.audit.append(s, entry);
                            if (v.form.get("word") == "undone") return base::invalid("No.");
                            return base::done();
                        });
                        if (refused || !done.ok()) return problem(v, base::invalid("No."));
                        return http::redirect("/led/" + v.form.get("word"));
                    });
        add_partnership_routes(routes);
        csrf = csrf_of(worker);
    }
    http::Response send(const std::string& word, const std::string& once = kKey) {
        auto r = filled(worker, csrf);
        r.path = "/write";
        r.body += "&word=" + word + "&once=" + once;
        return front.handle(r);
    }
    std::int64_t times() {
        return house.office().database.read(
            [](Session& s) { return s.one("SELECT count(*) FROM audit_entry WHERE act = 'write'")->integer(0); });
    }
    static std::string location(const http::Response& answer) {
        for (const auto& [name, value] : answer.headers)
            if (name == "Location") return value;
        return "";
    }
    static inline const std::string kKey = "0000000000000000000000000a", kOther = "0000000000000000000000000b";
    std::string csrf;
};

TEST_F(Retried, a_form_that_is_sent_again_is_done_once_and_answered_as_before) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(location(send("one")), "/led/one");
    EXPECT_EQ(times(), 1);
    EXPECT_EQ(location(send("one", kOther)), "/led/one");
    EXPECT_EQ(times(), 2) << "another key is another write";
    EXPECT_EQ(location(send("two")), "/led/two");
    EXPECT_EQ(times(), 3) << "other words are another write: somebody went back and changed them";
}

TEST_F(Retried, what_was_refused_may_be_tried_again) {
    for (const auto* word : {"refused", "undone"})
        for (int i = 0; i < 2; ++i) EXPECT_EQ(send(word).status, 400);
    EXPECT_EQ(times(), 2) << "each refusal was recorded, as before";
}

TEST_F(Retried, a_timeout_can_be_asked_about) {
    EXPECT_NE(get("/saved/" + kKey, worker).body.find("It was not saved"), std::string::npos);
    (void)send("one");
    EXPECT_NE(get("/saved/" + kKey, worker).body.find("It was saved"), std::string::npos);
    EXPECT_NE(get("/saved/" + kKey, analyst).body.find("It was not saved"), std::string::npos)
        << "nobody learns of another's forms";
    EXPECT_NE(get("/saved/" + kOther, worker).body.find("It was not saved"), std::string::npos);
}

TEST_F(Retried, the_key_and_the_write_stand_or_fall_together) {
    database.fail = true;
    EXPECT_EQ(send("one").status, 400) << "problem() of this route";
    database.fail = false;
    EXPECT_NE(get("/saved/" + kKey, worker).body.find("It was not saved"), std::string::npos);
    EXPECT_EQ(location(send("one")), "/led/one");
    EXPECT_EQ(times(), 1);
}

}  // namespace
}  // namespace rowan::partnership
