// The pages of missing episodes: the live board, reporting, an episode, a young person's pattern; and of return
// interviews: the queue, offering, the interview. Works without JavaScript; the board then has to be loaded again.
// Thread-safety: routes are added at start; page functions run on any thread.
#pragma once
#include "partnership/routes.h"
#include "protect/missing/missing_desk.h"

namespace rowan::protect::missing {

// Adds all routes, and what a young person's page shows of them (PeopleDesk::hooks). The desk must outlive both.
// `news`: what open boards listen to (board_news.h).
void add_missing_routes(partnership::Routes&, const MissingDesk&, std::shared_ptr<http::Feed> news);

}  // namespace rowan::protect::missing
