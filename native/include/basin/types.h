// Storage types of tensors, as kernels take them in their `..._type` parameters.
#ifndef BASIN_TYPES_H
#define BASIN_TYPES_H

enum basin_type {
    BASIN_F32 = 0,
    BASIN_BF16 = 1,
    BASIN_F16 = 2,
    BASIN_F64 = 3,
    BASIN_I32 = 4,
};

#endif
