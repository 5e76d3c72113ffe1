#include "formula/adafactor.h"

#include "elementwise.h"
#include "kernels.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

constexpr unsigned threads_of_rows = 256;

// A block a row. Rows are those of all matrices, one after the other.
struct MatrixRows {
    int32_t gradients_type;
    const void* gradients;
    const float* row_factors;
    const float* column_factors;
    int64_t row_begin, columns, matrices, matrix_rows;

    __device__ int64_t row() const { return row_begin + int64_t(blockIdx.x); }
    __device__ bool is_there() const { return row() / matrix_rows < matrices; }

    // The gradient times its row's factor, and its column's.
    __device__ void get(int64_t first, Elements& g, Elements& column_factor) const {
        const float by = row_factors[row()];
        TypedRow(gradients_type, gradients, row() * columns).get(first, columns, g);
        load_group(column_factors + row() / matrix_rows * columns, first, columns, 0.0f, column_factor);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) g[i] *= by;
    }
};

__global__ void __launch_bounds__(threads_of_rows) sum_squared_updates(MatrixRows call, double* partials) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    double own = 0.0;
    for (int64_t first = int64_t(team.rank()) * elements_of_thread; call.is_there() && first < call.columns;
         first += int64_t(team.size()) * elements_of_thread) {
        Elements g, column_factor;
        call.get(first, g, column_factor);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const double u = double(g[i] * column_factor[i]);
            if (first + i < call.columns) own += u * u;
        }
    }
    const double total = team.combine(own, Add{});
    if (team.rank() == 0) partials[call.row()] = total;
}

void adafactor_matrix_norm(
    void* stream, int32_t gradients_type, const void* gradients,
    int32_t, const void* row_factors, const void* column_factors, double* partials,
    int64_t row_begin, int64_t row_end, int64_t columns, int64_t matrices, int64_t matrix_rows) {
    if (row_end <= row_begin) return;
    launch(
        sum_squared_updates, unsigned(row_end - row_begin), threads_of_rows, BlockTeam::room_bytes, stream,
        MatrixRows{
            gradients_type, gradients, static_cast<const float*>(row_factors), static_cast<const float*>(column_factors),
            row_begin, columns, matrices, matrix_rows},
        partials);
}

struct MatrixStep {
    double learning_rate, beta1, weight_decay;
    const double* rates;
    Weights weights;
    float* momentum;  // or null
};

__global__ void __launch_bounds__(threads_of_rows) step_of_rows(MatrixRows call, MatrixStep step) {
    if (!call.is_there()) return;
    const AdafactorMatrixStep formula{{step.learning_rate, step.beta1, step.weight_decay, step.rates}};
    const int64_t offset = call.row() * call.columns, end = offset + call.columns;
    for (int64_t first = int64_t(threadIdx.x) * elements_of_thread; first < call.columns;
         first += int64_t(threads_of_rows) * elements_of_thread) {
        Elements g, column_factor, w, m;
        call.get(first, g, column_factor);
        step.weights.get(offset + first, end, w);
        if (step.momentum != nullptr) load_group(step.momentum, offset + first, end, 0.0f, m);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            if (step.momentum != nullptr) {
                formula(w[i], g[i], column_factor[i], m[i]);
            } else {
                formula(w[i], g[i], column_factor[i]);
            }
        }
        step.weights.put(offset + first, end, w);
        if (step.momentum != nullptr) store_group(step.momentum, offset + first, end, m);
    }
}

void adafactor_matrix_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t, const void* row_factors, const void* column_factors, void* momentum, const double* rates,
    int64_t row_begin, int64_t row_end, int64_t columns, int64_t matrices, int64_t matrix_rows,
    double learning_rate, double beta1, double weight_decay) {
    if (row_end <= row_begin) return;
    launch(
        step_of_rows, unsigned(row_end - row_begin), threads_of_rows, 0, stream,
        MatrixRows{
            gradients_type, gradients, static_cast<const float*>(row_factors), static_cast<const float*>(column_factors),
            row_begin, columns, matrices, matrix_rows},
        MatrixStep{
            learning_rate, beta1, weight_decay, rates, {weights_type, weights, master}, static_cast<float*>(momentum)});
}

}
