// Skeleton 3 on the device, forwards: moments of a row, the formula's answer to them, the normalised row; before them, if
// asked for, the sum with a branch.
#pragma once

#include "norm_row.h"

namespace basin::inline BASIN_ISA {

struct NormForward {
    int32_t x_type;
    const void* x;
    int64_t x_stride;
    int32_t y_type;
    const void* branch;     // and residual_out: both or neither null
    int64_t branch_stride;
    void* residual_out;
    int64_t residual_out_stride;
    int32_t parameters_type;
    const void* gamma;      // each or null
    const void* beta;
    void* y;
    int64_t y_stride;
    float* kept;            // each or null
    float* rstd;
    int64_t row_begin, row_end, width;
    double epsilon;
    double inverse_width = 1.0 / double(width);

    __device__ bool adds() const { return branch != nullptr && residual_out != nullptr; }
};

// What the norm is taken of: the row or, where there is a branch, their sum as it is stored.
template <class Groups>
struct NormInput {
    const NormForward& call;
    TypedRow x, branch, sum;

    __device__ NormInput(const NormForward& of, int64_t row)
        : call(of), x(Groups::type(of.x_type), of.x, row * of.x_stride),
          branch(Groups::type(of.y_type), of.branch, row * of.branch_stride),
          sum(Groups::type(of.x_type), of.residual_out, row * of.residual_out_stride) {}

    __device__ void add(const StoredGroup& entries, const StoredGroup& others, int64_t first, NormEntries& total) const {
        NormEntries other;
        unpack(x.type, entries, total);
        unpack(branch.type, others, other);
#pragma unroll
        for (int i = 0; i < norm_group; ++i) total[i] = rounded(x.type, total[i] + other[i]);
        store_typed(x.type, const_cast<void*>(sum.data), first, call.width, total);
    }
};

template <class Formula, class Groups>
struct NormalizedRow {
    const NormForward& call;
    const typename Groups::Team& team;
    NormInput<Groups> input;
    NormEntries entries[Groups::groups];

    __device__ NormalizedRow(const NormForward& of, const typename Groups::Team& by, int64_t row)
        : call(of), team(by), input(of, row) {}

    __device__ void read() {
        StoredGroup x[Groups::groups], branch[Groups::groups];
        Groups::visit(team, call.width, [&](int j, int64_t first) { x[j] = load_stored(input.x, first, call.width); });
        if (call.adds()) {
            Groups::visit(team, call.width, [&](int j, int64_t first) {
                branch[j] = load_stored(input.branch, first, call.width);
            });
        }
        Groups::visit(team, call.width, [&](int j, int64_t first) {
            if (call.adds()) {
                input.add(x[j], branch[j], first, entries[j]);
            } else {
                unpack(input.x.type, x[j], entries[j]);
            }
        });
    }

    // For rows that are not kept: the first time with the sum, if there is one, later as it was stored.
    __device__ void read_group(int64_t first, bool is_first_time) {
        const StoredGroup x = load_stored(call.adds() && !is_first_time ? input.sum : input.x, first, call.width);
        if (call.adds() && is_first_time) {
            input.add(x, load_stored(input.branch, first, call.width), first, entries[0]);
        } else {
            unpack(input.x.type, x, entries[0]);
        }
    }

    // The sum over the team of what each(entry, sum) adds, in T for a thread's own and in f64 over warps.
    template <class T, class Each>
    __device__ double sum_of(bool is_first_time, Each each) {
        T own = 0;
        Groups::visit(team, call.width, [&](int j, int64_t first) {
            if (!Groups::keeps) read_group(first, is_first_time);
            const bool is_whole = first + norm_group <= call.width;
#pragma unroll
            for (int i = 0; i < norm_group; ++i) {
                if (is_whole || first + i < call.width) each(entries[j][i], own);
            }
        });
        if constexpr (std::is_same_v<T, float>) {
            double sum;
            team.template combine_sums<1>(&own, &sum);
            return sum;
        } else {
            return team.combine(own, Add{});
        }
    }

    // About the row's first entry, from which the others differ by little where their mean is far from 0.
    __device__ double mean() {
        float origin = input.x[0];
        if (call.adds()) origin = rounded(input.x.type, origin + input.branch[0]);
        return double(origin) + sum_of<float>(true, [&](float x, float& own) { own += x - origin; }) * call.inverse_width;
    }

    __device__ void run(int64_t row) {
        if (Groups::keeps) read();
        double sum = 0.0, kept = 0.0;
        if (Formula::centred) {
            kept = mean();
        } else if (Formula::needs_sum) {
            kept = sum = sum_of<double>(true, [](float x, double& own) { own += double(x); });
        }
        Shift shift(Formula::centred ? kept : 0.0);
        const bool is_first_time = !Formula::centred && !Formula::needs_sum;
        const double squares = sum_of<float>(is_first_time, [&](float x, float& own) {
            const float centred = Formula::centred ? shift.subtracted_from(x) : x;
            own = ::fmaf(centred, centred, own);
        });
        float rstd;
        if (is_in_range(squares) && (!Formula::needs_sum || is_in_range(sum * sum) || sum == 0.0)) {
            const RowMoments<float> moments{float(call.width), float(sum), float(squares)};
            rstd = 1.0f / ::sqrtf(Formula::mean_square(moments) + float(call.epsilon));
        } else {
            rstd = in_double(kept);
            shift = Shift(Formula::centred ? kept : 0.0);
        }
        write(row, shift, rstd);
        if (team.rank() == 0) {
            if (call.kept != nullptr) call.kept[row] = float(kept);
            if (call.rstd != nullptr) call.rstd[row] = rstd;
        }
    }

    // Where squares in f32 would be neither lost nor infinite.
    static __device__ bool is_in_range(double squares) { return squares > 1e-28 && squares < 1e30; }

    __device__ float in_double(double& kept) {
        const double width = double(call.width);
        const double sum = Formula::needs_sum ? sum_of<double>(false, [](float x, double& own) { own += double(x); }) : 0.0;
        kept = Formula::kept(width, sum);
        const double about = Formula::centred ? kept : 0.0;
        const double squares = sum_of<double>(false, [=](float x, double& own) {
            const double centred = double(x) - about;
            own += centred * centred;
        });
        return float(1.0 / ::sqrt(Formula::mean_square(RowMoments<double>{width, sum, squares}) + call.epsilon));
    }

    __device__ void write(int64_t row, const Shift& shift, float rstd) {
        const TypedRow gamma(call.parameters_type, call.gamma, 0), beta(call.parameters_type, call.beta, 0);
        const int32_t type = Groups::type(call.y_type);
        void* const y = moved_by(row * call.y_stride, type, call.y);
        Groups::visit(team, call.width, [&](int j, int64_t first) {
            NormEntries scale, offset;
            if (!Groups::keeps) read_group(first, false);
            load_or(1.0f, gamma, first, call.width, scale);
            load_or(0.0f, beta, first, call.width, offset);
#pragma unroll
            for (int i = 0; i < norm_group; ++i) {
                const float x = entries[j][i];
                const float normalized = (Formula::centred ? shift.subtracted_from(x) : x) * rstd;
                offset[i] = ::fmaf(normalized, scale[i], offset[i]);
            }
            store_typed(type, y, first, call.width, offset);
        });
    }
};

inline constexpr int rows_of_norm_block = 8;

template <class Groups>
inline constexpr int most_threads_of_forward =
    is_by_warp<Groups> ? rows_of_norm_block * warp : Groups::keeps && Groups::groups > 1 ? 512 : 1024;

template <class Formula, class Groups>
__global__ void __launch_bounds__(most_threads_of_forward<Groups>, is_by_warp<Groups> ? 2 : 1) normalize_rows(NormForward call) {
    const auto team = team_of_thread<typename Groups::Team>();
    const int64_t row = is_by_warp<Groups>
        ? call.row_begin + int64_t(blockIdx.x) * rows_of_norm_block + threadIdx.x / warp
        : call.row_begin + int64_t(blockIdx.x);
    if (row < call.row_end) NormalizedRow<Formula, Groups>(call, team, row).run(row);
}

template <class Formula, class Groups>
void launch_norms(void* stream, const NormForward& call) {
    const int64_t rows = call.row_end - call.row_begin;
    constexpr int64_t at_once = is_by_warp<Groups> ? rows_of_norm_block : 1;
    const unsigned threads =
        is_by_warp<Groups> ? rows_of_norm_block * warp : threads_of_norm(call.width, Groups::groups, most_threads_of_forward<Groups>);
    launch(
        normalize_rows<Formula, Groups>, unsigned((rows + at_once - 1) / at_once), threads, BlockTeam::room_bytes, stream,
        call);
}

template <class Formula>
void norm_forward(void* stream, const NormForward& call) {
    if (call.row_end <= call.row_begin) return;
    const int64_t groups_of_lane = (call.width + columns_of_warp - 1) / columns_of_warp;
    with_known_type(call.x_type, call.y_type, [&]<int known>(std::integral_constant<int, known>) {
        if (groups_of_lane <= 1) {
            launch_norms<Formula, GroupsOfRow<WarpTeam, 1, known>>(stream, call);
        } else if (known >= 0 && groups_of_lane <= 2) {
            launch_norms<Formula, GroupsOfRow<WarpTeam, known < 0 ? 1 : 2, known>>(stream, call);
        } else if (known >= 0 && groups_of_lane <= 4) {
            launch_norms<Formula, GroupsOfRow<WarpTeam, known < 0 ? 1 : 4, known>>(stream, call);
        } else if (known < 0 && call.width <= 1024 * norm_group) {
            launch_norms<Formula, GroupsOfRow<BlockTeam, known < 0 ? 1 : 2, known>>(stream, call);
        } else if (known >= 0 && call.width <= 2 * 512 * norm_group) {
            launch_norms<Formula, GroupsOfRow<BlockTeam, known < 0 ? 1 : 2, known>>(stream, call);
        } else if (known >= 0 && call.width <= 4 * 512 * norm_group) {
            launch_norms<Formula, GroupsOfRow<BlockTeam, known < 0 ? 1 : 4, known>>(stream, call);
        } else {
            launch_norms<Formula, GroupsOfRow<BlockTeam, 0, known>>(stream, call);
        }
    });
}

}
