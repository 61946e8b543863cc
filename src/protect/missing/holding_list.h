// The holding list for intelligence: names, vehicles and places that came up about a missing child, with who said
// so and when, across all episodes. It is not intelligence: nobody has graded it. Somebody who works with
// intelligence takes each from the list, passed on or not needed.
//
// Who may: the front door and the police (partnership::works_with_intelligence); of each mention only what its
// episode's access rule lets them see, with the conditions on which it may be shared. Nothing here shows an
// interview. Ownership: refers to the desk. Thread-safety: any thread.
#pragma once
#include "protect/missing/missing_desk.h"

namespace rowan::protect::missing {

enum class Held { held, passed_on, not_needed };
std::string_view name_of(Held);
std::string_view words_for(Held);
std::optional<Held> held_named(std::string_view);

// One thing, however often it was mentioned: alike means the same words, tidied; of a vehicle the same
// registration.
struct HeldThing {
    std::string id;  // of the newest mention
    std::string kind, text;
    int times = 0, children = 0;
    Instant last{};
    bool conditional = false;  // at least once on conditions (code C)
};
struct HeldMention {
    std::string id, episode, ref, child;
    Mention words;
    std::string_view rule;
};
struct HeldView {
    std::string id, kind, text;
    Held state = Held::held;
    std::string decided_by;
    std::optional<Instant> decided_at;
    std::vector<HeldMention> mentions;  // newest first
};

class HoldingList {
public:
    explicit HoldingList(const MissingDesk& desk) : desk_(desk) {}

    bool may(const Viewer&) const;
    // Newest first; at most kMostHeld mentions are opened.
    std::vector<HeldThing> list(const Viewer&, Held, const std::string& kind) const;
    std::optional<HeldView> thing(const Viewer&, const std::string& id) const;
    // For this mention and all that are alike. Errors: not_found.
    base::Result<> decide(const Viewer&, const std::string& id, Held, const std::string& key) const;

    static constexpr std::size_t kMostHeld = 1'000;

private:
    const MissingDesk& desk_;
};

}  // namespace rowan::protect::missing
