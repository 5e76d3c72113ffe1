// Perturbations towards the sharpest direction nearby, and the way back.
#ifndef BASIN_SHARPNESS_H
#define BASIN_SHARPNESS_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
