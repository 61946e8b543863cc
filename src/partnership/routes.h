// Routes: what an address needs, how looking at it is recorded, and what it accepts.
//
// A route that names no access rule, no audit class or no limits does not compile: Access, AuditClass and Limits
// have no default. The front (front.h) finds the session, takes the decision, checks CSRF and, for every answer
// that shows a person's data, makes the audit entries durable before the bytes leave.
// Thread-safety: Routes are filled at start and const afterwards; a Visit belongs to one request.
#pragma once
#include "html/page.h"
#include "http/message.h"
#include "partnership/access.h"
#include "partnership/audit.h"
#include "partnership/office.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rowan::partnership {

class Access {
public:
    static Access anyone() { return Access(Kind::anyone, {}); }
    static Access signed_in() { return Access(Kind::signed_in, {}); }
    static Access needs(Permission p) { return Access(Kind::permission, p); }
    // A file with a list of people: only to a session where a security key was used (scheme: [sign_in]).
    Access with_key() const {
        auto out = *this;
        out.key_ = true;
        return out;
    }

    bool open() const { return kind_ == Kind::anyone; }
    bool wants_key() const { return key_; }
    std::optional<Permission> permission() const {
        return kind_ == Kind::permission ? std::optional{permission_} : std::nullopt;
    }

private:
    enum class Kind { anyone, signed_in, permission };
    Access(Kind kind, Permission p) : kind_(kind), permission_(p) {}
    Kind kind_;
    Permission permission_;
    bool key_ = false;
};

class AuditClass {
public:
    static AuditClass nothing_personal() { return AuditClass(Kind::nothing); }  // static files, sign-in page, help
    static AuditClass look() { return AuditClass(Kind::look); }  // shows people: at least one entry, or no answer
    static AuditClass search() { return AuditClass(Kind::search); }        // one entry with a digest of the words
    static AuditClass aggregate() { return AuditClass(Kind::aggregate); }  // counts only: one entry
    static AuditClass change() { return AuditClass(Kind::change); }  // the desk audits in its own transaction

    enum class Kind { nothing, look, search, aggregate, change };
    Kind kind() const { return kind_; }

private:
    explicit AuditClass(Kind kind) : kind_(kind) {}
    Kind kind_;
};

class Limits {
public:
    static Limits page() { return Limits(0); }
    static Limits form() { return Limits(256 * 1024); }
    static Limits upload(std::size_t bytes) { return Limits(bytes); }
    http::Limits http() const {
        return {bytes_, std::chrono::milliseconds{bytes_ > 1'000'000 ? 120'000 : 15'000}};
    }

private:
    explicit Limits(std::size_t bytes) : bytes_(bytes) {}
    std::size_t bytes_;
};

// One request as a page function sees it.
struct Visit {
    const Office& office;
    const http::Request& request;
    const Viewer& viewer;                                        // empty for Access::anyone() without a session
    const std::string csrf;                                      // for the hidden field of forms
    std::map<std::string, std::string, std::less<>> parameters;  // {id} of the pattern
    std::vector<AuditEntry> looks;                               // written and durable before the answer leaves
    http::Fields form;                                           // the parsed body of a post
    std::string why;  // "you can see this because …", for the foot of the page

    const std::string& parameter(std::string_view name) const;
    // Records that this visit shows (or refused to show) something.
    void looked_at(std::string_view kind, std::string_view id, std::string_view rule,
                   std::string_view detail = "");
    void refused(std::string_view kind, std::string_view id, std::string_view rule);
};

using PageFunction = std::function<http::Response(Visit&)>;

struct Route {
    http::Method method;
    std::string pattern;  // "/people/{id}"
    Access access;
    AuditClass audit;
    Limits limits;
    PageFunction page;
    std::string_view navigation;  // which item of the main navigation it belongs to; "" for none
};

class Routes {
public:
    void get(std::string pattern, Access, AuditClass, Limits, PageFunction, std::string_view navigation = "");
    void post(std::string pattern, Access, AuditClass, Limits, PageFunction, std::string_view navigation = "");

    struct Found {
        const Route* route = nullptr;
        std::map<std::string, std::string, std::less<>> parameters;
        bool path_known = false;  // another method would have matched
    };
    Found find(http::Method, std::string_view path) const;
    const std::vector<Route>& all() const { return routes_; }

private:
    void add(Route);
    std::vector<Route> routes_;
};

}  // namespace rowan::partnership
