#include "kernels.h"
#include "scalars.h"
#include "scalars/kmeans.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

// A row is a thread's.
struct KmeansAssign {
    int32_t x_type;
    const void* x;
    int64_t x_stride;
    const double* centres;
    const float* products;  // or null, as squares
    const float* squares;
    int32_t* assignments;
    double* distances;  // or null
    int64_t width, clusters;
    float slack_scale, slack;

    __device__ void operator()(int64_t row) const {
        const TypedRow of(x_type, x, row * x_stride);
        Candidates candidates{nullptr, squares, HUGE_VALF};
        if (products != nullptr) {
            candidates.products = products + row * clusters;
            candidates.limit = lowest_score(candidates) + (slack + slack_scale * largest_magnitude(of));
        }
        const Nearest best = nearest(of, centres, width, clusters, candidates);
        assignments[row] = int32_t(best.index);
        if (distances != nullptr) distances[row] = best.distance;
    }

private:
    __device__ float lowest_score(const Candidates& candidates) const {
        float lowest = HUGE_VALF;
        for (int64_t j = 0; j < clusters; ++j) lowest = candidates.score(j) < lowest ? candidates.score(j) : lowest;
        return lowest;
    }

    __device__ float largest_magnitude(const TypedRow& of) const {
        float top = 0.0f;
        for (int64_t i = 0; i < width; ++i) {
            const float magnitude = ::fabsf(of[i]);
            top = magnitude > top ? magnitude : top;
        }
        return top;
    }
};

void kmeans_assign(
    void* stream,
    int32_t x_type, const void* x, int64_t x_stride, const double* centres, const float* products, const float* squares,
    int32_t* assignments, double* distances, int64_t row_begin, int64_t row_end, int64_t width, int64_t clusters,
    double slack_scale, double slack) {
    for_scalars(
        stream, row_begin, row_end,
        KmeansAssign{x_type, x, x_stride, centres, squares == nullptr ? nullptr : products, squares, assignments, distances, width,
                     clusters, float(slack_scale), float(slack)});
}

}
