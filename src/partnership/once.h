// A form that is sent again is done once: the key in its hidden field, and a digest of what was typed, are kept in
// the transaction of the write itself. The same form with other words is another write. Where a write's answer is
// lost, the same form asks for it again, and /saved/{key} says whether it was saved. Thread-safety: belongs to one
// request. Errors: a write that another request did meanwhile throws DoneMeanwhile.
#pragma once
#include "database/companion.h"
#include "partnership/routes.h"

namespace rowan::partnership {

struct DoneMeanwhile {};

class Once {
public:
    // Nothing is kept for a form without a key, or with files: their desk knows the key itself.
    explicit Once(const Visit&);

    struct Before {
        base::Instant at;
        std::string location;  // where it led; "" where that is not known
    };
    std::optional<Before> before() const;
    // To be kept alive while the page writes.
    std::function<void(database::Session&)> companion() const;
    // After the page: a redirect is an answer to be given again; anything else may be tried again.
    void answered(const http::Response&) const;

private:
    const Office& office_;
    std::string key_, user_;
};

// When this person's form with this key was saved; nothing when it was not.
std::optional<base::Instant> saved_at(const Office&, const std::string& user, const std::string& key);

}  // namespace rowan::partnership
