// Which instruction set the C functions forward to.
#pragma once

#include "table.h"

namespace basin {

const Table* selected_table();

}
