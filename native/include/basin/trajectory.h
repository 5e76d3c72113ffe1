// Losses against the model's own past, and running averages of weights.
#ifndef BASIN_TRAJECTORY_H
#define BASIN_TRAJECTORY_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
