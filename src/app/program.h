// The running program: the index, the desks and the routes over one house. Made once by serve, and by tests.
#pragma once
#include "app/house.h"
#include "exchange/import_desk.h"
#include "partnership/front.h"
#include "partnership/identity_desk.h"
#include "people/conflict_desk.h"
#include "people/emergency_desk.h"
#include "people/odd_desk.h"
#include "people/protection_desk.h"
#include "people/relations_desk.h"
#include "protect/missing/board_news.h"
#include "protect/protect_desk.h"

namespace rowan::app {

class Program {
public:
    explicit Program(House&);  // fills the index; throws when a stored record does not open
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    http::Service& service() { return front_; }
    const partnership::Routes& routes() const { return routes_; }
    people::PeopleDesk& people() { return people_; }
    std::size_t records() const { return records_; }

private:
    House& house_;
    partnership::IdentityDesk identity_;
    people::PeopleIndex index_;
    people::PeopleDesk people_;
    people::ProtectionDesk protection_;
    people::ConflictDesk conflicts_;
    people::EmergencyDesk emergencies_;
    people::OddDesk odd_;
    people::RelationsDesk relations_;
    protect::ProtectDesk protect_;
    protect::missing::MissingDesk missing_;
    protect::missing::BoardNews board_news_;
    exchange::ImportDesk imports_;
    partnership::Routes routes_;
    partnership::Front front_;
    std::size_t records_ = 0;
};

}  // namespace rowan::app
