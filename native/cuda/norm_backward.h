// Skeleton 3 on the device, backwards: sums over a row of the gradient, the formula's coefficients, the gradient by the row;
// and, by the blocks of rows that the C ABI counts, the sums that a second kernel adds up to the parameters' gradients. A block
// of threads takes a block of rows, one after the other; the next row is read while the sums of one are taken. Where rows are
// narrow a warp takes one, each warp sums over its own, and then the warps' sums are added in order.
#pragma once

#include "norm_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t norm_row_block = 32;

struct NormBackward {
    int32_t y_type;
    const void* grad_y;
    int64_t grad_y_stride;
    int32_t x_type;
    const void* grad_residual_out;  // or null
    int64_t grad_residual_out_stride;
    const void* x;
    int64_t x_stride;
    const float* kept;              // null where the norm keeps nothing
    const float* rstd;
    int32_t parameters_type;
    const void* gamma;              // or null
    void* grad_x;
    int64_t grad_x_stride;
    float* gamma_partials;          // each or null
    float* beta_partials;
    int64_t block_begin, block_end, rows, width;
    double inverse_width = 1.0 / double(width);
};

// The sums over the rows of a block; in registers as the row itself, or else in the partials.
template <class Groups>
struct ParameterSums {
    NormEntries gamma[Groups::groups], beta[Groups::groups];

    __device__ ParameterSums() { clear(); }

    __device__ void clear() {
#pragma unroll
        for (int j = 0; j < Groups::groups; ++j) {
#pragma unroll
            for (int i = 0; i < norm_group; ++i) gamma[j][i] = beta[j][i] = 0.0f;
        }
    }

    __device__ void load(float* const (&partials)[2], int64_t first, int64_t width) {
        if (partials[0] != nullptr) load_group(partials[0], first, width, 0.0f, gamma[0]);
        if (partials[1] != nullptr) load_group(partials[1], first, width, 0.0f, beta[0]);
    }

    __device__ void store(float* const (&partials)[2], int j, int64_t first, int64_t width) const {
        if (partials[0] != nullptr) store_group(partials[0], first, width, gamma[j]);
        if (partials[1] != nullptr) store_group(partials[1], first, width, beta[j]);
    }
};

template <class Groups>
struct StoredGradientRow {
    StoredGroup x[Groups::groups], grad_y[Groups::groups];
    float kept, rstd;

    __device__ void read_group(const NormBackward& call, int64_t row, int j, int64_t first) {
        x[j] = load_stored(TypedRow(Groups::type(call.x_type), call.x, row * call.x_stride), first, call.width);
        grad_y[j] = load_stored(TypedRow(Groups::type(call.y_type), call.grad_y, row * call.grad_y_stride), first, call.width);
    }

    __device__ void read(const NormBackward& call, const typename Groups::Team& team, int64_t row) {
        if (Groups::keeps) {
            Groups::visit(team, call.width, [&](int j, int64_t first) { read_group(call, row, j, first); });
        }
        kept = call.kept == nullptr ? 0.0f : call.kept[row];
        rstd = call.rstd[row];
    }
};

template <class Formula, class Groups>
struct NormGradient {
    const NormBackward& call;
    const typename Groups::Team& team;
    float* const (&partials)[2];
    StoredGradientRow<Groups> stored;
    ParameterSums<Groups> sums;
    NormEntries scale[Groups::groups];

    __device__ void read_scale(int j, int64_t first) {
        load_or(1.0f, TypedRow(call.parameters_type, call.gamma, 0), first, call.width, scale[j]);
    }

    __device__ float normalized(float entry, float shift, float rstd, float rest) const {
        return Formula::centred ? (entry - shift) * rstd - rest : entry * rstd;
    }

    // From the mean as it was saved; what rounding that to f32 has changed is the mean of the result.
    __device__ void run(int64_t row, int64_t next, bool is_first_row) {
        const float kept = stored.kept, rstd = stored.rstd, shift = Formula::centred ? kept : 0.0f;
        float own[3] = {0.0f, 0.0f, 0.0f};  // g xh, g, xh
        Groups::visit(team, call.width, [&](int j, int64_t first) {
            NormEntries x, dy;
            if (!Groups::keeps) {
                stored.read_group(call, row, 0, first);
                read_scale(0, first);
            }
            unpack(Groups::type(call.x_type), stored.x[j], x);
            unpack(Groups::type(call.y_type), stored.grad_y[j], dy);
            float product = 0.0f, gradient = 0.0f, entries = 0.0f;
            const bool is_whole = first + norm_group <= call.width;
#pragma unroll
            for (int i = 0; i < norm_group; ++i) {
                const float xh = is_whole || first + i < call.width ? normalized(x[i], shift, rstd, 0.0f) : 0.0f;
                const float g = dy[i] * scale[j][i];
                product = ::fmaf(g, xh, product);
                gradient += g;
                entries += xh;
            }
            own[0] += product;
            own[1] += gradient;
            own[2] += entries;
        });
        StoredGradientRow<Groups> following;
        if (next >= 0) following.read(call, team, next);
        double of_row[3] = {0.0, 0.0, 0.0};
        team.template combine_sums<Formula::centred ? 3 : 1>(own, of_row);
        const double rest = Formula::centred ? of_row[2] * call.inverse_width : 0.0;
        const RowGradientCoefficients<float> of = Formula::gradient(
            RowGradientSums<float>{float(call.width), float(of_row[1]), float(of_row[0] - rest * of_row[1])}, kept, rstd);
        write(row, is_first_row, shift, rstd, float(rest), of.constant, -of.slope);
        if (next >= 0) stored = following;
    }

    __device__ void write(
        int64_t row, bool is_first_row, float shift, float rstd, float rest, float constant, float slope) {
        const int32_t x_type = Groups::type(call.x_type);
        const TypedRow past(x_type, call.grad_residual_out, row * call.grad_residual_out_stride);
        void* const grad_x = moved_by(row * call.grad_x_stride, x_type, call.grad_x);
        Groups::visit(team, call.width, [&](int j, int64_t first) {
            NormEntries x, dy, result;
            if (!Groups::keeps) {
                stored.read_group(call, row, 0, first);
                read_scale(0, first);
                sums.clear();
                if (!is_first_row) sums.load(partials, first, call.width);
            }
            unpack(Groups::type(call.x_type), stored.x[j], x);
            unpack(Groups::type(call.y_type), stored.grad_y[j], dy);
            load_or(0.0f, past, first, call.width, result);
#pragma unroll
            for (int i = 0; i < norm_group; ++i) {
                const float xh = normalized(x[i], shift, rstd, rest);
                const float projected = ::fmaf(slope, xh, dy[i] * scale[j][i] - constant);
                sums.gamma[j][i] = ::fmaf(dy[i], xh, sums.gamma[j][i]);
                sums.beta[j][i] += dy[i];
                result[i] = ::fmaf(projected, rstd, result[i]);
            }
            store_typed(x_type, grad_x, first, call.width, result);
            if (!Groups::keeps) sums.store(partials, 0, first, call.width);
        });
    }
};

inline constexpr int warps_of_gradient_block = 8;

// Adds the warps' sums in order.
template <class Groups>
__device__ void store_sums_of_warps(
    const NormBackward& call, float* const (&partials)[2], const ParameterSums<Groups>& sums) {
    const int own = int(threadIdx.x) / warp;
    const SharedArray<float> gamma{reinterpret_cast<float*>(shared_memory())}, beta{gamma.data + call.width};
    for (int turn = 0; turn < warps_of_gradient_block; ++turn) {
        if (turn == own) {
            Groups::visit(WarpTeam{}, call.width, [&](int j, int64_t first) {
#pragma unroll
                for (int i = 0; i < norm_group; ++i) {
                    if (first + i >= call.width) break;
                    gamma.set(first + i, turn == 0 ? sums.gamma[j][i] : gamma.get(first + i) + sums.gamma[j][i]);
                    beta.set(first + i, turn == 0 ? sums.beta[j][i] : beta.get(first + i) + sums.beta[j][i]);
                }
            });
        }
        __syncthreads();
    }
    for (int64_t i = threadIdx.x; i < call.width; i += blockDim.x) {
        if (partials[0] != nullptr) partials[0][i] = gamma.get(i);
        if (partials[1] != nullptr) partials[1][i] = beta.get(i);
    }
}

// The fewer threads a block has, the more registers each may take.
template <class Formula, class Groups, int most_threads>
__global__ void __launch_bounds__(most_threads) gradient_of_norms(NormBackward call) {
    const int64_t block = call.block_begin + int64_t(blockIdx.x);
    const int64_t begin = block * norm_row_block;
    const int64_t end = call.rows - begin < norm_row_block ? call.rows : begin + norm_row_block;
    const auto of_block = [&](float* all) { return all == nullptr ? nullptr : all + block * call.width; };
    float* const partials[2] = {of_block(call.gamma_partials), of_block(call.beta_partials)};
    const auto team = team_of_thread<typename Groups::Team>();
    const int64_t step = is_by_warp<Groups> ? warps_of_gradient_block : 1;
    const int64_t first_row = begin + (is_by_warp<Groups> ? threadIdx.x / warp : 0);
    NormGradient<Formula, Groups> gradient{call, team, partials, {}, {}, {}};
    if (first_row < end) gradient.stored.read(call, team, first_row);
    if (Groups::keeps) Groups::visit(team, call.width, [&](int j, int64_t first) { gradient.read_scale(j, first); });
    for (int64_t row = first_row; row < end; row += step) {
        gradient.run(row, row + step < end ? row + step : -1, row == begin);
    }
    if constexpr (is_by_warp<Groups>) {
        store_sums_of_warps(call, partials, gradient.sums);
    } else if constexpr (Groups::keeps) {
        Groups::visit(team, call.width, [&](int j, int64_t first) { gradient.sums.store(partials, j, first, call.width); });
    }
}

template <class Formula, class Groups, int most_threads>
void launch_gradients(void* stream, const NormBackward& call) {
    const size_t shared = is_by_warp<Groups> ? size_t(2 * call.width) * sizeof(float) : BlockTeam::room_bytes;
    const unsigned threads = is_by_warp<Groups> ? unsigned(most_threads) : threads_of_norm(call.width, Groups::groups, most_threads);
    launch(
        gradient_of_norms<Formula, Groups, most_threads>, unsigned(call.block_end - call.block_begin), threads, shared, stream, call);
}

template <class Formula>
void norm_backward(void* stream, const NormBackward& call) {
    if (call.block_end <= call.block_begin) return;
    with_known_type(call.x_type, call.y_type, [&]<int known>(std::integral_constant<int, known>) {
        if (call.width <= columns_of_warp) {
            launch_gradients<Formula, GroupsOfRow<WarpTeam, 1, known>, warps_of_gradient_block * warp>(stream, call);
        } else if (known >= 0 && call.width <= 2 * 256 * norm_group) {
            launch_gradients<Formula, GroupsOfRow<BlockTeam, known < 0 ? 1 : 2, known>, known < 0 ? 1024 : 256>(stream, call);
        } else if (call.width <= 1024 * norm_group) {
            launch_gradients<Formula, GroupsOfRow<BlockTeam, 1, known>, 1024>(stream, call);
        } else {
            launch_gradients<Formula, GroupsOfRow<BlockTeam, 0, known>, 1024>(stream, call);
        }
    });
}

}
