// The library itself: its version and the instruction set it runs on.
// Kernels live in a header a family (loss.h, optimizer.h, ...). Every kernel is a function `void basin_<name>(...)`
// that trusts its arguments, is single-threaded, allocates nothing and throws nothing; callers validate.
#ifndef BASIN_BASIN_H
#define BASIN_BASIN_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Raised whenever a declaration changes, so that a binding never calls a library of another shape.
BASIN_EXPORT int32_t basin_abi_version(void);

// The instruction sets that this library was built for, weakest first.
BASIN_EXPORT int32_t basin_isa_count(void);
BASIN_EXPORT const char* basin_isa_name(int32_t isa);

// 1 if this processor and operating system can run the instruction set, else 0.
BASIN_EXPORT int32_t basin_isa_supported(int32_t isa);

// Chooses the instruction set for all later calls; returns 0, or 1 (and changes nothing) if it is out of range or not
// supported. Call it once, before the first kernel: the choice is the only state the library holds. Without a call the
// strongest supported instruction set is in use.
BASIN_EXPORT int32_t basin_isa_select(int32_t isa);
BASIN_EXPORT int32_t basin_isa_selected(void);

#ifdef __cplusplus
}
#endif

#endif
