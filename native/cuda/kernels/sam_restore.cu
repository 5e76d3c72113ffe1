#include "kernels.h"
#include "perturbation.h"

namespace basin::inline BASIN_ISA {

struct Undo {
    Perturbation by;

    __device__ void operator()(float& w, float g) const {
        if (!by.is_zero()) w = by.undone(w, g * by.gradient_factor);
    }
};

struct MakeUndo {
    MakePerturbation make;

    __device__ Undo operator()() const { return {make()}; }
};

struct TakeSaved {
    __device__ void operator()(float& w, float saved) const { w = saved; }
};

void sam_restore(
    void* stream, int32_t weights_type, void* weights, const void* saved_weights,
    int32_t ascent_gradients_type, const void* ascent_gradients,
    const double* norm, const float* ascent_factor, int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double ascent_scale) {
    if (saved_weights != nullptr) {
        elementwise(stream, begin, end, TakeSaved{}, Write{weights_type, weights}, Read{weights_type, saved_weights});
    } else if (ascent_gradients != nullptr) {
        elementwise_made(
            stream, begin, end, MakeUndo{{rho, norm, ascent_scale, ascent_factor, adaptive != 0, eta}},
            ReadWrite{weights_type, weights}, Read{ascent_gradients_type, ascent_gradients});
    }
}

}

void basin_cuda_sam_restore_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const double* norm, const float* ascent_factor,
    int32_t saved, double rho, int32_t adaptive, double eta, double ascent_scale) {
    using namespace basin;
    const TensorTable tensors{table, rows, blocks};
    if (saved != 0) {
        elementwise_many(stream, tensors, TakeSaved{}, Column<Write>{0, 1}, Column<Read>{0, 2});
    } else {
        elementwise_many_made(
            stream, tensors, MakeUndo{{rho, norm, ascent_scale, ascent_factor, adaptive != 0, eta}}, Column<ReadWrite>{0, 1},
            Column<Read>{3, 4});
    }
}
