#include "partnership/proof.h"

#include "html/casework.h"

namespace rowan::partnership {

using html::Html;

Html proof_at_agency(const Visit& visit, std::string_view next) {
    if (!visit.viewer.elsewhere) return {};
    if (visit.viewer.proven)
        return html::para("You have proved at your agency that it is you. That counts for five minutes.");
    return html::join(
        html::inset_text(
            {.text = "First prove again at your agency that it is you. That counts for five minutes."}),
        html::button({.text = "Prove that it is you",
                      .href = "/sign-in/again?next=" + std::string(next),
                      .id = "again",
                      .classes = "govuk-button--secondary"}));
}

Html proof_field(const Visit& visit, std::string_view error) {
    if (visit.office.demonstration || visit.viewer.elsewhere) return {};
    return html::input({.name = "code",
                        .label = {.text = "Code", .classes = "govuk-label--s"},
                        .hint = {.text = "The 6 digits that your authenticator app shows now"},
                        .error_message = {.text = error},
                        .inputmode = "numeric",
                        .autocomplete = "one-time-code",
                        .classes = "govuk-input--width-10"});
}

}  // namespace rowan::partnership
