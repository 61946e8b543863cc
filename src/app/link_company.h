// The processes that mpirun started for one `rowan link`.
//
// Open MPI is not linked into rowan: what speaks to it is a module of its own beside the program, loaded only when
// mpirun started several processes, so that neither the server nor a machine without Open MPI has anything of it.
#pragma once
#include "base/result.h"
#include "linkage/company.h"

#include <memory>

namespace rowan::app {

// Null when this is one process by itself. Refused when mpirun started several and the module is not there.
base::Result<std::unique_ptr<linkage::Company>> company_of_mpirun();

}  // namespace rowan::app
