// What a form asks for before it does what a stolen session must not do: a fresh code, or a proof with a security
// key or at one's own agency (step_up() in accounts.h). In a demonstration, nothing.
#pragma once
#include "partnership/routes.h"

#include <string_view>

namespace rowan::partnership {

// Above the form: where to prove it with a key or at one's agency, or that it has been. `next`: one of
// kAfterProof, where they come back to.
html::Html proof_first(const Visit&, std::string_view next);
// In the form, for those who prove it with a code: the field "code".
html::Html proof_field(const Visit&, std::string_view error);
// Where on the page a refused proof is mended.
std::string_view place_of_proof(const Visit&);

}  // namespace rowan::partnership
