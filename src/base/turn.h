// A thread that works for somebody has its turn on the processor; before it waits for the disk it gives the turn
// up, so that somebody else works meanwhile (http/workers.h hands turns out, database/database.h gives them up).
// Thread-safety: each thread has its own.
#pragma once

namespace rowan::base {

class Turn {
public:
    virtual void give_up() noexcept = 0;

protected:
    ~Turn() = default;
};

// This thread's turn; null when it has none, or has given it up.
inline thread_local Turn* this_turn = nullptr;

// Before a long wait. The turn is not taken again: what is left to do after the wait is little.
inline void give_up_turn() noexcept {
    if (this_turn) this_turn->give_up();
}

}  // namespace rowan::base
