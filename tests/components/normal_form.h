// HTML brought into one form, so that two ways of writing the same page compare equal and nothing else does.
//
// Kept: elements and their order, attributes and their values (entities decoded), the order of classes, every
// word, and spaces between words. Dropped: the order of attributes, how characters are escaped, `/>`, and white
// space next to a tag that contains a line break, which is how templates are laid out.
#pragma once
#include <string>
#include <string_view>

namespace rowan::tests {

// One token a line: "<p class=[govuk-body]>", "text: Hello", "</p>".
std::string normal_form(std::string_view html);
// &amp; and its kind, and numbers; what is not known stays.
std::string decode_entities(std::string_view text);

}  // namespace rowan::tests
