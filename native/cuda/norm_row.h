// The rows that norms work on. A thread takes groups of 8 neighbours, as they are stored, so that the loads of a whole row are
// under way before the first is waited for. A thread's own sums are f32 and those over threads f64; where f32
// is not enough, for huge or tiny entries, all is done again in f64. A row that fits is kept in registers between its passes; a
// longer one is read again.
#pragma once

#include "formula/norm.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr int norm_group = 8;

using NormEntries = float[norm_group];

// A group of f32, or of bf16 in its first half; what lies beyond the row is 0.
struct StoredGroup {
    struct alignas(16) Half {
        uint32_t words[4];
    };
    Half low, high;
};

__device__ inline StoredGroup partial_group(const TypedRow& row, int64_t first, int64_t width) {
    StoredGroup group{};
#pragma unroll
    for (int i = 0; i < norm_group; ++i) {
        if (first + i >= width) break;
        if (row.type == BASIN_F32) {
            const uint32_t bits = static_cast<const uint32_t*>(row.data)[first + i];
            (i < 4 ? group.low : group.high).words[i % 4] = bits;
        } else {
            const uint32_t bits = static_cast<const uint16_t*>(row.data)[first + i];
            group.low.words[i / 2] |= bits << (16 * (i % 2));
        }
    }
    return group;
}

__device__ inline StoredGroup load_stored(const TypedRow& row, int64_t first, int64_t width) {
    const unsigned char* const at = static_cast<const unsigned char*>(row.data) + first * size_of(row.type);
    if (first + norm_group > width || reinterpret_cast<uintptr_t>(at) % 16 != 0) return partial_group(row, first, width);
    const StoredGroup::Half* const halves = reinterpret_cast<const StoredGroup::Half*>(at);
    StoredGroup group{};
    group.low = halves[0];
    if (row.type == BASIN_F32) group.high = halves[1];
    return group;
}

__device__ inline void unpack(int32_t type, const StoredGroup& group, NormEntries& x) {
    if (type == BASIN_F32) {
#pragma unroll
        for (int i = 0; i < norm_group / 2; ++i) {
            x[i] = bits_as<float>(group.low.words[i]);
            x[norm_group / 2 + i] = bits_as<float>(group.high.words[i]);
        }
    } else {
#pragma unroll
        for (int i = 0; i < norm_group / 2; ++i) {
            x[2 * i] = bits_as<float>(group.low.words[i] << 16);
            x[2 * i + 1] = bits_as<float>(group.low.words[i] & 0xFFFF0000u);
        }
    }
}

// Calls body with the type that both are, or -1, as a constant.
template <class Body>
void with_known_type(int32_t x_type, int32_t y_type, Body body) {
    if (x_type != y_type) {
        body(std::integral_constant<int, -1>{});
    } else if (x_type == BASIN_F32) {
        body(std::integral_constant<int, BASIN_F32>{});
    } else {
        body(std::integral_constant<int, BASIN_BF16>{});
    }
}

// A constant where there is no tensor.
__device__ inline void load_or(float absent, const TypedRow& row, int64_t first, int64_t width, NormEntries& x) {
    if (row.data != nullptr && row.type == BASIN_F32) {
        unpack(BASIN_F32, load_stored(TypedRow(BASIN_F32, row.data, 0), first, width), x);
    } else if (row.data != nullptr) {
        unpack(BASIN_BF16, load_stored(TypedRow(BASIN_BF16, row.data, 0), first, width), x);
    } else {
#pragma unroll
        for (int i = 0; i < norm_group; ++i) x[i] = absent;
    }
}

// How many groups a thread of the team keeps: none, if every pass reads the row again.
//
// known: the type of the tensors of rows, where all have one, so that nothing asks for it; -1 where they have not.
template <class RowTeam, int group_count, int known>
struct GroupsOfRow {
    using Team = RowTeam;
    static __device__ int32_t type(int32_t of_tensor) { return known < 0 ? of_tensor : known; }
    static constexpr bool keeps = group_count > 0;
    static constexpr int groups = keeps ? group_count : 1;

    // body(which of the kept groups, the first of its columns)
    template <class Body>
    static __device__ void visit(const Team& team, int64_t width, Body body) {
        const int64_t step = int64_t(team.size()) * norm_group;
        const int64_t own = int64_t(team.rank()) * norm_group;
        if constexpr (keeps) {
#pragma unroll
            for (int j = 0; j < groups; ++j) body(j, own + j * step);
        } else {
            for (int64_t first = own; first < width; first += step) body(0, first);
        }
    }
};

template <class Groups>
inline constexpr bool is_by_warp = std::is_same_v<typename Groups::Team, WarpTeam>;

inline constexpr int64_t columns_of_warp = int64_t(warp) * norm_group;
// As many as have so many groups each, in whole warps.
inline unsigned threads_of_norm(int64_t width, int groups, int most) {
    const int64_t columns = columns_of_warp * groups;
    const int64_t threads = (width + columns - 1) / columns * warp;
    return unsigned(threads < most ? threads : most);
}

// The team that this thread belongs to; a block's has its room at the start of the shared memory.
template <class Team>
__device__ Team team_of_thread() {
    if constexpr (std::is_same_v<Team, WarpTeam>) {
        return WarpTeam{};
    } else {
        return BlockTeam{{reinterpret_cast<double*>(shared_memory())}};
    }
}

// A shift in two floats: a difference of nearby numbers is exact, so x - high - low keeps the digits of x - shift.
struct Shift {
    float high, low;

    BASIN_HD explicit Shift(double shift) : high(float(shift)), low(0.0f) {
        if (high - high == 0.0f) low = float(shift - double(high));
    }
    __device__ float subtracted_from(float x) const { return x - high - low; }
};

}
