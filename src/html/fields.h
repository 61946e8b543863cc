// What the form components share: the label, hint and error around an input, and the ids that describe it.
// Only for the .cpp files of this room.
#pragma once
#include "html/components.h"

namespace rowan::html {

// "a" and "b" → "a b"; either may be empty.
std::string and_id(std::string described_by, const std::string& id);
void put_i18n(Markup&, AttributeName, const std::string& message);
// data-i18n.<key>.<rule>="…" for every plural rule.
void put_i18n(Markup&, const char* key, const Plurals&);

// <div class="govuk-form-group …">, with the error state.
void open_form_group(Markup&, const FormGroup&, bool error);
// Hint and error message with their ids; returns described_by with these added.
std::string put_hint_and_error(Markup&, const std::string& id, std::string described_by, const Hint&,
                               const ErrorMessage&);
// The same after the label of a single input.
std::string put_field_head(Markup&, const std::string& id, std::string described_by, const Label&, const Hint&,
                           const ErrorMessage&);
// The inputs inside their fieldset, when there is one, and the form group.
Html group_of_inputs(const std::optional<Fieldset>&, const std::string& described_by, const std::string& role,
                     const Html& inputs, const FormGroup&, bool error);

}  // namespace rowan::html
