// Turns: few jobs work at the same time, in the order in which they came, and who waits lets another work.
#include "http/workers.h"

#include "base/turn.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

namespace rowan::http {
namespace {

TEST(Workers, no_more_jobs_work_at_once_than_there_are_turns_and_they_keep_their_order) {
    std::atomic<int> working = 0, most = 0;
    std::vector<int> begun;
    std::promise<void> all;
    Workers workers(8, 100, 1);
    for (int i = 0; i < 50; ++i)
        ASSERT_TRUE(workers.push([&, i] {
            most = std::max<int>(most, ++working);
            begun.push_back(i);  // by one at a time, or this is a race that ThreadSanitizer sees
            std::this_thread::yield();
            --working;
            if (i == 49) all.set_value();
        }));
    all.get_future().wait();
    workers.stop();
    EXPECT_EQ(most, 1);
    ASSERT_EQ(begun.size(), 50u);
    EXPECT_TRUE(std::is_sorted(begun.begin(), begun.end()));
}

TEST(Workers, a_job_that_waits_lets_the_next_one_work) {
    std::promise<void> disk, second_done;
    Workers workers(2, 10, 1);
    ASSERT_TRUE(workers.push([&] {
        base::give_up_turn();
        base::give_up_turn();  // it has none any more: nothing happens
        disk.get_future().wait();
    }));
    ASSERT_TRUE(workers.push([&] { second_done.set_value(); }));
    second_done.get_future().wait();  // for ever, if the first kept its turn
    disk.set_value();
    // The turn that was given up once came back once: still one at a time.
    std::atomic<int> working = 0, most = 0, done = 0;
    std::promise<void> all;
    for (int i = 0; i < 20; ++i)
        while (!workers.push([&] {
            most = std::max<int>(most, ++working);
            std::this_thread::yield();
            --working;
            if (++done == 20) all.set_value();
        }))
            std::this_thread::yield();
    all.get_future().wait();
    workers.stop();
    EXPECT_EQ(most, 1);
}

TEST(Workers, without_a_pool_there_is_no_turn_to_give_up) {
    EXPECT_EQ(base::this_turn, nullptr);
    base::give_up_turn();
    EXPECT_EQ(base::this_turn, nullptr);
}

}  // namespace
}  // namespace rowan::http
