// Looks of many visitors at once: each in the log once, appended together, and none spoils another's.
#include "partnership/look_book.h"
#include "support/looks.h"
#include "support/no_new.h"
#include "support/office.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

namespace rowan::partnership {
namespace {

using database::Session;
using support::look;
using support::TemporaryDatabase;
using support::TestOffice;

class Looks : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db()};
    LookBook book{house.office()};

    std::map<std::string, int> stored() { return support::subjects_in_log(house.db()); }
    bool record(std::vector<AuditEntry> looks) { return support::recorded(book, std::move(looks)); }
    bool whole() {
        return house.db().read(
            [&](Session& s) { return verify_audit(s, house.keyring(), house.audit().log_id()).problems.empty(); });
    }
    // Holds the writer until all of these wait for it.
    template <class Each>
    void together(int many, Each each) {
        std::promise<void> go;
        auto held = house.db().queue_write([&](Session&) { go.get_future().wait(); });
        std::vector<std::thread> visitors;
        std::atomic<int> came = 0;
        for (int i = 0; i < many; ++i)
            visitors.emplace_back([&, i] {
                ++came;
                each(i);
            });
        while (came < many) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        go.set_value();
        for (auto& visitor : visitors) visitor.join();
        held.get();
    }
};

// Whichever allocation fails, whoever comes next is answered.
TEST_F(Looks, without_memory_keep_nobody_waiting) {
    bool failed = true;
    for (int nth = 1; failed; ++nth) {
        const auto told = std::make_shared<std::promise<void>>();
        std::vector<AuditEntry> looks{look("without memory")};
        database::Database::Then then = [told](const std::exception_ptr&) { told->set_value(); };
        try {
            const support::FailingAllocation now(nth);
            book.record(std::move(looks), std::move(then));
            failed = support::FailingAllocation::over();
        } catch (const std::bad_alloc&) {
        }
        const auto next = std::make_shared<std::promise<bool>>();
        book.record({look("next")}, [next](const std::exception_ptr& failure) { next->set_value(!failure); });
        auto answer = next->get_future();
        ASSERT_EQ(answer.wait_for(std::chrono::seconds(5)), std::future_status::ready) << nth;
        EXPECT_TRUE(answer.get());
        ASSERT_LT(nth, 100);
    }
    EXPECT_TRUE(whole());
}

TEST_F(Looks, of_many_at_once_are_there_once_when_they_are_answered) {
    std::atomic<int> answered = 0;
    together(20, [&](int i) {
        const auto subject = "person " + std::to_string(i);
        if (!record({look(subject), look(subject + " too")})) return;
        answered += stored()[subject] == 1 && stored()[subject + " too"] == 1;
    });
    EXPECT_EQ(answered, 20);
    const auto all = stored();
    EXPECT_EQ(all.size(), 40u);
    for (const auto& [subject, times] : all) EXPECT_EQ(times, 1) << subject;
    EXPECT_TRUE(whole());
}

TEST_F(Looks, one_that_cannot_be_stored_is_refused_alone) {
    std::atomic<int> answered = 0;
    std::atomic<bool> refused = false;
    together(10, [&](int i) {
        const bool broken = i == 4;
        const bool ok = record({look(broken ? std::string("\xff") : "person " + std::to_string(i))});
        if (broken)
            refused = !ok;
        else
            answered += ok;
    });
    EXPECT_TRUE(refused);
    EXPECT_EQ(answered, 9);
    EXPECT_EQ(stored().size(), 9u);
    EXPECT_TRUE(whole());
}

TEST_F(Looks, go_on_after_the_log_could_not_be_written) {
    house.write([](Session& s) -> base::Result<> {
        s.execute("ALTER TABLE audit_state RENAME TO elsewhere");
        return base::done();
    });
    EXPECT_FALSE(record({look("lost")}));
    house.write([](Session& s) -> base::Result<> {
        s.execute("ALTER TABLE elsewhere RENAME TO audit_state");
        return base::done();
    });
    EXPECT_TRUE(record({look("kept")}));
    EXPECT_EQ(stored(), (std::map<std::string, int>{{"kept", 1}}));
    EXPECT_TRUE(whole());
}

}  // namespace
}  // namespace rowan::partnership
