// Many tensors for one launch: the rows of a table in the device's memory, as include/basin/cuda/table.h lays it out.
#pragma once

#include "basin/cuda/table.h"
#include "device.h"

namespace basin::inline BASIN_ISA {

struct TableRow {
    const int64_t* words;  // the row's number of elements, and `rows` further its first block and what the kernel takes
    int64_t rows;

    __device__ int64_t elements() const { return words[0]; }
    __device__ int64_t first_block() const { return words[rows]; }
    __device__ int32_t type(int column) const { return int32_t(taken(column)); }

    template <class T = void>
    __device__ T* data(int column) const {
        return reinterpret_cast<T*>(taken(column));
    }

private:
    __device__ int64_t taken(int column) const { return words[(2 + column) * rows]; }
};

struct TensorTable {
    const int64_t* words;
    int64_t rows, blocks;

    __device__ TableRow row_of(int64_t block) const { return {words + blocks + words[block], rows}; }
};

}
