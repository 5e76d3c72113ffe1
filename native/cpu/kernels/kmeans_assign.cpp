#include "kernels.h"
#include "scalars/kmeans.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

// Of the entries that are not NaN.
template <class S>
float largest_magnitude(const S* x, int64_t n) {
    Float top(0.0f);
    for_vectors(n, [&](int64_t i, auto span) {
        const Float entry = load(x + i, span, Float(0.0f));
        top = max(max(entry, -entry), top);
    });
    return largest(top);
}

// Where the limit leaves one centre only, that; else -1. Lanes count and name what is left, in numbers that f32 holds exactly.
struct Left {
    float limit;
    int64_t only;
};

Left left_by(const float* products, const float* squares, int64_t clusters, float slack) {
    constexpr int64_t most = int64_t{1} << 24;
    const Float nothing(0.0f), one(1.0f), minus_two(-2.0f), beyond(infinity), step(float{lanes});
    const auto score = [&](int64_t j, auto span) {
        return fma(minus_two, load(products + j, span, nothing), load(squares + j, span, beyond));
    };
    Float low = beyond;
    for_vectors(clusters, [&](int64_t j, auto span) { low = min(score(j, span), low); });
    const float limit = smallest(low) + slack;
    if (!(limit < infinity) || clusters > most) return {limit, -1};
    const Float allowed(limit);
    Float count = nothing, place = nothing, index = lane_numbers();
    for_vectors(clusters, [&](int64_t j, auto span) {
        const Mask out = score(j, span) > allowed;
        count = count + select(out, nothing, one);
        place = place + select(out, nothing, index);
        index = index + step;
    });
    return {limit, sum(count) == 1.0f ? int64_t(sum(place)) : -1};
}

template <class S>
void assign_rows(
    const S* x, int64_t x_stride, const double* centres, const float* products, const float* squares, int32_t* assignments,
    double* distances, int64_t row_begin, int64_t row_end, int64_t width, int64_t clusters, float slack_scale, float slack) {
    for (int64_t row = row_begin; row < row_end; ++row) {
        const WidenedValues<S> of{x + row * x_stride};
        Candidates candidates{nullptr, squares, infinity};
        Nearest best{-1, 0.0};
        if (products != nullptr) {
            candidates.products = products + row * clusters;
            const float open = slack + slack_scale * largest_magnitude(of.data, width);
            const Left left = left_by(candidates.products, squares, clusters, open);
            candidates.limit = left.limit;
            best.index = left.only;
        }
        if (best.index < 0) {
            best = nearest(of, centres, width, clusters, candidates);
        } else if (distances != nullptr) {
            best.distance = squared_distance(of, centres + best.index * width, width);
        }
        assignments[row] = int32_t(best.index);
        if (distances != nullptr) distances[row] = best.distance;
    }
}

void kmeans_assign(
    int32_t x_type, const void* x, int64_t x_stride, const double* centres, const float* products, const float* squares,
    int32_t* assignments, double* distances, int64_t row_begin, int64_t row_end, int64_t width, int64_t clusters,
    double slack_scale, double slack) {
    with_storage(x_type, [&]<class S>(S) {
        assign_rows(
            static_cast<const S*>(x), x_stride, centres, squares == nullptr ? nullptr : products, squares, assignments, distances,
            row_begin, row_end, width, clusters, float(slack_scale), float(slack));
    });
}

}
