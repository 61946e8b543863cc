#include "partnership/proof.h"

#include "html/casework.h"
#include "partnership/security_keys.h"

namespace rowan::partnership {

using html::Html;

namespace {

Html prove_button(std::string_view words, std::string href) {
    return html::join(html::inset_text({.text = words}), html::button({.text = "Prove that it is you",
                                                                       .href = std::move(href),
                                                                       .id = "again",
                                                                       .classes = "govuk-button--secondary"}));
}

}  // namespace

Html proof_first(const Visit& visit, std::string_view next) {
    const auto& viewer = visit.viewer;
    if (visit.office.demonstration) return {};
    const bool has_key =
        visit.office.database.read([&](database::Session& s) { return has_security_key(s, viewer.user_id); });
    if (viewer.proven && (viewer.elsewhere || has_key))
        return html::para("You have proved that it is you. That counts for five minutes.");
    if (has_key)
        return prove_button("First prove with your security key that it is you. That counts for five minutes.",
                            "/account/keys/prove?next=" + std::string(next));
    if (viewer.elsewhere)
        return prove_button("First prove again at your agency that it is you. That counts for five minutes.",
                            "/sign-in/again?next=" + std::string(next));
    return {};
}

Html proof_field(const Visit& visit, std::string_view error) {
    const auto& viewer = visit.viewer;
    if (visit.office.demonstration || viewer.elsewhere || viewer.proven || proves_with_key(visit.office, viewer))
        return {};
    return html::input({.name = "code",
                        .label = {.text = "Code", .classes = "govuk-label--s"},
                        .hint = {.text = "The 6 digits that your authenticator app shows now"},
                        .error_message = {.text = error},
                        .inputmode = "numeric",
                        .autocomplete = "one-time-code",
                        .classes = "govuk-input--width-10"});
}

std::string_view place_of_proof(const Visit& visit) { return proof_field(visit, {}).empty() ? "#again" : "#code"; }

}  // namespace rowan::partnership
