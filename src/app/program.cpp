#include "app/program.h"

#include "app/work_page.h"
#include "partnership/agency_access.h"
#include "partnership/recovery_pages.h"
#include "partnership/security_key_pages.h"
#include "exchange/import_pages.h"
#include "insight/profile_pages.h"
#include "protect/missing/missing_pages.h"
#include "protect/protect_pages.h"

namespace rowan::app {

Program::Program(House& house)
    : house_(house),
      identity_(house.office()),
      people_(house.office(), index_),
      protection_(people_),
      conflicts_(people_),
      emergencies_(people_),
      odd_(people_),
      relations_(people_),
      protect_(people_),
      missing_(protect_),
      board_news_(missing_),
      imports_(people_),
      front_(house.office(), routes_,
             {.behind = [this](auto& s) { return people_.behind(s); }, .catch_up = [this] { people_.follow(); }}) {
    auto opened = people_.open_index();
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    records_ = *opened;
    partnership::add_partnership_routes(routes_);
    partnership::add_password_routes(routes_);
    partnership::add_agency_routes(routes_);
    partnership::add_recovery_routes(routes_);
    partnership::add_security_key_routes(routes_);
    partnership::add_identity_routes(routes_, identity_);
    people::add_people_routes(routes_, people_);
    people::add_people_api(routes_, people_);
    people::add_protection_routes(routes_, protection_);
    people::add_conflict_routes(routes_, conflicts_);
    people::add_emergency_routes(routes_, emergencies_);
    people::add_odd_routes(routes_, odd_);
    people::add_relations_routes(routes_, relations_);
    protect::add_protect_routes(routes_, protect_);
    protect::missing::add_missing_routes(routes_, missing_, board_news_.feed());
    insight::add_insight_routes(routes_, people_);
    exchange::add_exchange_routes(routes_, imports_);
    add_work_routes(routes_, protect_, {people_, conflicts_, emergencies_, odd_, relations_, missing_});
}

}  // namespace rowan::app
