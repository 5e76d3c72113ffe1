#include "dispatch.h"

#include <atomic>
#include <cstdint>
#include <iterator>

#include "basin/basin.h"
#include "isas.h"

namespace basin {
namespace {

constexpr int32_t isa_count = static_cast<int32_t>(std::size(isas));

bool in_range(int32_t isa) { return isa >= 0 && isa < isa_count; }

int32_t strongest_supported() {
    int32_t isa = isa_count - 1;
    while (isa > 0 && !isas[isa].supported()) --isa;
    return isa;
}

// The table is what a call reads, the index what a question about it reads: relaxed, for a choice is made before the
// first call and any table of a supported instruction set is a right one.
std::atomic<int32_t> selected{strongest_supported()};
std::atomic<const Table*> table{isas[selected.load(std::memory_order_relaxed)].table};

}

const Table* selected_table() { return table.load(std::memory_order_relaxed); }

}

extern "C" {

int32_t basin_abi_version(void) { return 4; }

int32_t basin_isa_count(void) { return basin::isa_count; }

const char* basin_isa_name(int32_t isa) { return basin::in_range(isa) ? basin::isas[isa].name : nullptr; }

int32_t basin_isa_supported(int32_t isa) { return basin::in_range(isa) && basin::isas[isa].supported() ? 1 : 0; }

int32_t basin_isa_select(int32_t isa) {
    if (basin_isa_supported(isa) == 0) return 1;
    basin::selected.store(isa, std::memory_order_relaxed);
    basin::table.store(basin::isas[isa].table, std::memory_order_relaxed);
    return 0;
}

int32_t basin_isa_selected(void) { return basin::selected.load(std::memory_order_relaxed); }

}
