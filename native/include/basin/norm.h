// Normalisation over rows of activations, forward and backward, alone and fused with the residual add.
#ifndef BASIN_NORM_H
#define BASIN_NORM_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
