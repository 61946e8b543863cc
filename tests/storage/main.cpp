#include "storage/child.h"
#include "storage/cluster.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
    const std::string_view mode = argc > 2 ? argv[1] : "";
    if (mode == "--child") return rowan::storage::write_until_killed(argv[2], std::atoi(argv[3]));
    if (mode == "--try-to-open") return rowan::storage::try_to_open(argv[2]);
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
