// The front door of the program: every request passes here, in one order that no page can leave out.
//   route → session → protocol and role → CSRF → page → audit durable → headers → out.
// Denied and absent are the same bytes (SECURITY.md 6.2). Thread-safety: handle() from any thread.
#pragma once
#include "partnership/look_book.h"
#include "partnership/routes.h"

#include <functional>

namespace rowan::partnership {

// What the rooms above hold in memory is brought in step before each request of somebody signed in.
struct Follower {
    std::function<bool(database::Session&)> behind;  // asked in the session that tells who asks
    std::function<void()> catch_up;                  // then, in no session
};

class Front final : public http::Service {
public:
    // The office and the routes must outlive the front.
    Front(const Office&, const Routes&, Follower = {});

    http::Limits limits_for(http::Method, std::string_view path) const override;
    void serve(const http::Request&, http::Answer) override;  // given when the looks are durable
    http::Response handle(const http::Request&) override;     // waits for it
    http::Response error_page(int status) const override;

private:
    // A page, and who has looked at what in it: it goes out when that is recorded.
    struct Shown {
        http::Response page;
        std::vector<AuditEntry> looks;
    };
    Shown show(const http::Request&) const;
    Shown show_page(const http::Request&, const Route&, Visit&) const;
    http::Response unrecorded(const std::exception_ptr&, const std::string& request, bool write) const;
    http::Response audit_damaged(const AuditDamaged&, const std::string& request) const;
    http::Response plain_error(int status) const;  // an error page whose headers serve() adds
    http::Response error_in_words(int status, std::string_view title, std::string_view text) const;
    const Office& office_;
    LookBook looks_;
    const Routes& routes_;
    const Follower follower_;
};

// A page in Rowan's frame. `title` becomes the first heading's text and the browser's tab.
struct PageBody {
    std::string title;
    html::Html body;        // must hold the one h1
    std::string back_link;  // "" for none
    bool error = false;     // prefixes the tab with "Error: "
    std::string_view navigation = "";
    int status = 200;
    bool wide = false;
};
http::Response page(Visit&, PageBody);
// Hidden field that makes a form's write happen once, however often it is sent: a new key, or the one typed
// before.
html::Html once_field(const Visit&);
inline constexpr std::string_view kOnceField = "once";
// A form of this page with its CSRF token and once-field.
html::Html post_form(const Visit&, std::string action, const html::Html& content, bool files = false);
// The same for all that may not be seen and all that is not there.
http::Response not_there(Visit&);
// An answer to a program.
http::Response json_answer(std::string json);
// A file to keep.
http::Response csv_file(const std::string& name, std::string csv);
// Where everybody who is not signed in begins; with an error, answered 403.
http::Response sign_in_page(Visit&, std::string_view error, const std::string& user_name = "");
// The page that says why a write did not happen, keeping nothing secret and nothing lost.
http::Response problem(Visit&, const base::Error&);

// Sign-in, sign-out, assets, the front page's frame, "who has looked", protocol and account administration.
void add_partnership_routes(Routes&);
void add_password_routes(Routes&);

std::string_view session_cookie_name(bool tls);
// "Set-Cookie" for a new session, and for its end.
std::string session_cookie(const http::Request&, const std::string& token);
std::string ended_session_cookie(const http::Request&);

}  // namespace rowan::partnership
