// What a form asks for before it does what a stolen session must not do: a fresh code, or a proof at one's own
// agency (step_up() in accounts.h). In a demonstration, nothing.
#pragma once
#include "partnership/routes.h"

#include <string_view>

namespace rowan::partnership {

// For whoever signs in at their agency, above the form: that they have proved it, or where they can. `next`: one
// of IdentityDesk::kNext, where they come back to.
html::Html proof_at_agency(const Visit&, std::string_view next);
// For everybody else, in the form: the field "code".
html::Html proof_field(const Visit&, std::string_view error);

}  // namespace rowan::partnership
