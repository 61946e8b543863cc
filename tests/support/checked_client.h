// A browser without scripts that is stricter than any browser: every page it is given is checked, whatever the
// test asked it for (the idea of notifications-admin's client_request). No sockets: requests go to
// http::Service::handle.
//
// Faults are sentences that begin with the name of the rule, "h1: …", and are reported to GoogleTest with the
// address. Ownership: refers to service and routes, which must outlive it. Thread-safety: one thread.
#pragma once
#include "partnership/routes.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowan::support {

struct Element {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;  // decoded
    int parent = -1;                                              // index into Document::elements
    std::size_t text_from = 0, text_to = 0;                       // into Document::text

    const std::string* attribute(std::string_view name) const;
    const std::string& get(std::string_view name) const;  // "" when it is not there
};

struct Document {
    std::vector<Element> elements;    // in order of their opening tags
    std::string text;                 // all text, decoded
    std::vector<std::string> faults;  // of the markup itself

    std::string text_of(const Element&) const;  // white space as one space
    const Element* by_id(std::string_view id) const;
    bool inside(const Element&, const Element& ancestor) const;
    std::vector<const Element*> all(std::string_view name) const;
    bool has_class(const Element&, std::string_view wanted) const;
};
// Strict: every tag closed in its turn, every attribute quoted and once, every ampersand an entity.
Document read_html(std::string_view);

// What the page is, so that it can be held to more.
struct PageContext {
    const partnership::Routes* routes = nullptr;
    std::string path;
    bool signed_in = false;
    bool shows_people = false;  // a look or a search that was answered with 200
    std::string marking;
};
std::vector<std::string> faults_of(const http::Response&, const PageContext&);
// Those of Content-Security-Policy and its like, for any answer.
std::vector<std::string> header_faults(const http::Response&, bool asset = false);

using Form = std::vector<std::pair<std::string, std::string>>;
struct Upload {
    std::string field, file_name, content;
};

struct Answer {
    http::Response response;
    Document document;  // empty unless it is HTML
    int status() const { return response.status; }
    const std::string& body() const { return response.body; }
    std::string header(std::string_view name) const;
    std::string location() const { return header("Location"); }
};

class CheckedClient {
public:
    CheckedClient(http::Service& service, const partnership::Routes& routes, std::string marking)
        : service_(service), routes_(routes), marking_(std::move(marking)) {}

    // With the session's token, as the demonstration's sign-in page gives it.
    bool sign_in(const std::string& user_id);
    bool signed_in() const { return !cookie_.empty(); }
    const std::string& cookie() const { return cookie_; }
    const std::string& csrf() const { return csrf_; }

    Answer get(const std::string& address);
    // Adds the CSRF token of this session.
    Answer post(const std::string& address, Form form = {});
    // Sends the form of a page as a browser would: what it holds, but for what is typed over.
    Answer submit(const Answer& page, const std::string& action, const Form& typed = {},
                  const std::string& button = "");
    Answer upload(const std::string& address, const Upload&);
    // As it is: nothing added but the cookie.
    Answer send(http::Request);

    static http::Request request(http::Method, const std::string& address, const Form& form = {});

private:
    http::Service& service_;
    const partnership::Routes& routes_;
    std::string marking_, cookie_, csrf_;
};

// The fields of a form with the values that the page holds; hidden ones too, buttons not.
Form fields_of_form(const Document&, const std::string& action);

}  // namespace rowan::support
