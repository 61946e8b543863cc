// The demonstration: the synthetic county, stored as if agencies had worked in it for two years, and a dozen
// invented people to sign in as. Deterministic by seed but for ids and keys.
#pragma once
#include "app/house.h"

#include <functional>
#include <iosfwd>

namespace rowan::app {

struct DemonstrationOptions {
    std::uint64_t children = 2000, seed = 1;
    std::function<void(std::uint64_t children)> progress;
    std::ostream* truth = nullptr;  // record id, true child: for judging links
};

struct DemonstrationCounts {
    std::uint64_t children = 0, records = 0, flags = 0, referrals = 0, screenings = 0, decisions = 0, links = 0,
                  proposals = 0, missing = 0;
};

// Fills a new, empty partnership. The office's clock says until when the county's two years run.
base::Result<DemonstrationCounts> fill_with_demonstration(House&, const DemonstrationOptions&);

// Creates the data folder and fills it; nothing is left behind when that fails.
base::Result<std::unique_ptr<House>> make_demonstration(const HouseOptions&, const std::string& scheme,
                                                        const DemonstrationOptions&,
                                                        DemonstrationCounts* counts = nullptr);

}  // namespace rowan::app
